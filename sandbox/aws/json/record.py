"""The calls made from outside, in the order they arrived, without any value."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["ApiCall", "ApiRecord"]

SENSITIVE = ("SecretString", "SecretBinary", "RotationToken")
"""Recorded as "***", to show that they were there."""


@dataclass(frozen=True, slots=True)
class ApiCall:
    """One request, a retry of the SDK's counting for itself.

    ``time`` is Unix time in seconds; ``secret_id`` is as the caller wrote it
    (name or ARN); lists in ``parameters`` are joined by commas. ``error_code``
    is AWS's code, or "ConnectionCut" for a call that never got its answer; it
    is None while the call is under way.
    """

    time: float
    operation: str
    secret_id: str | None
    parameters: Mapping[str, str]
    error_code: str | None = None


class ApiRecord:
    """A list that several threads append to; it has the ``shown`` parameters of each call.

    An allow list: a parameter that AWS adds tomorrow stays out of the record.
    """

    def __init__(self, shown: Sequence[str]) -> None:
        self._shown = shown
        self._lock = threading.Lock()
        self._calls: dict[int, ApiCall] = {}
        self._next_key = 0

    @property
    def calls(self) -> list[ApiCall]:
        """All calls since the start or the last clear, as they stand now."""
        with self._lock:
            return list(self._calls.values())

    def clear(self) -> None:
        """Forget all calls; one under way stays forgotten when it ends."""
        with self._lock:
            self._calls.clear()

    def begin(self, operation: str, parameters: Mapping[str, object]) -> tuple[int, ApiCall]:
        """Note the arrival of a call; returns the key to finish it with."""
        secret_id = parameters.get("SecretId", parameters.get("Name"))
        call = ApiCall(
            time.time(),
            operation,
            None if secret_id is None else str(secret_id),
            _without_values(parameters, self._shown),
        )
        with self._lock:
            self._next_key += 1
            self._calls[self._next_key] = call
            return self._next_key, call

    def finish(self, key: int, error_code: str | None) -> None:
        """Note how the call ended."""
        with self._lock:
            if key in self._calls:
                self._calls[key] = replace(self._calls[key], error_code=error_code)


def _without_values(parameters: Mapping[str, object], shown_names: Sequence[str]) -> dict[str, str]:
    shown = {name: _text(parameters[name]) for name in shown_names if name in parameters}
    return shown | {name: "***" for name in SENSITIVE if name in parameters}


def _text(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
