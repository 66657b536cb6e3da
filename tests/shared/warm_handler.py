"""The handler of a process that serves one stack after the other; see tests/shared/warm_function.

An event holds the real handler's name, its environment and its event. With another environment
than the last one, the handler's module is loaded anew: its boto3 clients are those of a cold start.

cryptography checks an RSA key each time it reads one, and makes new ones: 40 ms each, most of what
a rotation costs. Here a key is checked once a process, and new ones of 2048 bits come from a pool,
each of them anew after ``_POOLED`` others. Neither depends on anything but its arguments; tests
about keys run functions of their own process.
"""

import importlib
import os
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from itertools import count
from types import ModuleType
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

_POOLED, _POOLED_BITS = 16, 2048
_BEFORE = dict(os.environ)
_drawn = count()
_make = rsa.generate_private_key


@lru_cache(maxsize=_POOLED)
def _pooled(number: int) -> rsa.RSAPrivateKey:  # noqa: ARG001 (the cache's key)
    return _make(65537, _POOLED_BITS)


def _generate(public_exponent: int, key_size: int, backend: object = None) -> rsa.RSAPrivateKey:
    if (public_exponent, key_size) == (65537, _POOLED_BITS):
        return _pooled(next(_drawn) % _POOLED)
    return _make(public_exponent, key_size, backend)


# Before rotation/ is imported, which takes some of these by name.
rsa.generate_private_key = _generate
for _name in ("load_der_private_key", "load_pem_private_key"):
    setattr(serialization, _name, lru_cache(maxsize=256)(getattr(serialization, _name)))


class _Context:
    """Lambda's context with the time-out of the stack's function."""

    def __init__(self, context: Any, timeout_seconds: float) -> None:
        self._context = context
        self._less = context.get_remaining_time_in_millis() - timeout_seconds * 1000

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def get_remaining_time_in_millis(self) -> int:
        return int(self._context.get_remaining_time_in_millis() - self._less)


def lambda_handler(asked: Mapping[str, Any], context: Any) -> Any:
    """Answer as the handler that the event names."""
    module, _, name = asked["handler"].rpartition(".")
    handler: Callable[[Any, Any], Any] = getattr(_loaded(module, asked["environment"]), name)
    return handler(asked["event"], _Context(context, asked["timeout_seconds"]))


def _loaded(name: str, environment: Mapping[str, str]) -> ModuleType:
    wanted = {**_BEFORE, **environment}
    if name in sys.modules and dict(os.environ) == wanted:
        return sys.modules[name]
    os.environ.clear()
    os.environ.update(wanted)
    if name in sys.modules:
        return importlib.reload(sys.modules[name])
    return importlib.import_module(name)
