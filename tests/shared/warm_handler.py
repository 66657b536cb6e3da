"""The handler of a process that serves one stack after the other; see tests/shared/warm_function.

An event holds the real handler's name, its environment and its event. With another environment
than the last one, the handler's module is loaded anew: its boto3 clients are those of a cold start.

New RSA keys of 2048 bits come from a pool, in turn: each is drawn anew after ``_POOLED`` others.
Tests about keys run a function in a process of its own.
"""

import importlib
import os
import sys
from collections.abc import Callable, Mapping
from functools import cache
from itertools import count
from types import ModuleType
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import rsa

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_POOLED, _POOLED_BITS = 5, 2048
_BEFORE = dict(os.environ)
_drawn = count()
_make = rsa.generate_private_key


@cache
def _pooled(number: int) -> rsa.RSAPrivateKey:  # noqa: ARG001 (the cache's key)
    return _make(65537, _POOLED_BITS)


def _generate(public_exponent: int, key_size: int) -> rsa.RSAPrivateKey:
    if (public_exponent, key_size) == (65537, _POOLED_BITS):
        return _pooled(next(_drawn) % _POOLED)
    return _make(public_exponent, key_size)


# Before rotation/ is imported, which takes it by name.
setattr(rsa, "generate_private_key", _generate)  # noqa: B010 (its declared type has more)


class _Context:
    """Lambda's context with the time-out of the stack's function."""

    def __init__(self, context: "LambdaContext", timeout_seconds: float) -> None:
        self._context = context
        self._less = context.get_remaining_time_in_millis() - timeout_seconds * 1000

    def __getattr__(self, name: str) -> object:
        return getattr(self._context, name)

    def get_remaining_time_in_millis(self) -> int:
        return int(self._context.get_remaining_time_in_millis() - self._less)


def lambda_handler(asked: Mapping[str, Any], context: "LambdaContext") -> object:
    """Answer as the handler that the event names."""
    module, _, name = asked["handler"].rpartition(".")
    handler: Callable[[Any, object], object] = getattr(_loaded(module, asked["environment"]), name)
    return handler(asked["event"], _Context(context, asked["timeout_seconds"]))


def _loaded(name: str, environment: Mapping[str, str]) -> ModuleType:
    wanted = {**_BEFORE, **environment}
    if name in sys.modules and dict(os.environ) == wanted:
        return sys.modules[name]
    os.environ.clear()
    os.environ.update(wanted)
    if name in sys.modules:
        return importlib.reload(sys.modules[name])
    loaded = importlib.import_module(name)
    if commands := sys.modules.get("rotation.retirement.commands"):
        # How long a command pauses between two looks is not the subject of any test here.
        setattr(commands, "_POLL_SECONDS", 0.1)  # noqa: B010
    return loaded
