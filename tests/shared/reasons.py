"""Every error of the function by its name, found by looking into each topic of rotation/errors."""

import importlib
import inspect
import pkgutil

from rotation import errors
from rotation.errors.base import RotationError

TOPICS = tuple(one.name for one in pkgutil.iter_modules(errors.__path__, "rotation.errors."))


def every_error() -> dict[str, type[RotationError]]:
    """Return the classes of all topics that show their own name, the bases among them."""
    return {
        name: found
        for topic in TOPICS
        for name, found in inspect.getmembers(importlib.import_module(topic), inspect.isclass)
        if issubclass(found, RotationError) and found.reason == name
    }
