"""Every error of the function, found by importing all of rotation/ and asking the base.

Also one that a room keeps for itself: whatever is raised may become a ``reason``.
"""

import importlib
import pkgutil

import rotation
from rotation.errors.base import RotationError

# The doors make their clients when they are imported. They declare nothing, which a test says.
DOORS = frozenset({"rotation.handler", "rotation.hourly_handler"})


def every_class() -> set[type[RotationError]]:
    """Return the base and all that is made from it, anywhere in rotation/."""
    for one in pkgutil.walk_packages(rotation.__path__, "rotation."):
        if one.name not in DOORS:
            importlib.import_module(one.name)
    found = {RotationError}
    while (more := {below for one in found for below in one.__subclasses__()} - found) != set():
        found |= more
    return {one for one in found if one.__module__.startswith("rotation.")}


def every_error() -> dict[str, type[RotationError]]:
    """Return every reason that can be reached, and the class that has its name."""
    by_name = {one.__name__: one for one in every_class()}
    return {reason: by_name[reason] for reason in sorted({one.reason for one in every_class()})}
