"""What clients asked of a server, in the order in which it arrived, without any value."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CONNECTION_CUT", "Call", "Record"]

CONNECTION_CUT = "ConnectionCut"


@dataclass(frozen=True, slots=True)
class Call:
    """One request, a client's retry counting for itself.

    ``time`` is Unix time in seconds. ``operation`` is the service's name for it. ``subject`` is
    what it is about: the secret as the caller wrote it (name or ARN), or a statement's SQL.
    ``faults`` names the effects that hit it. ``error_code`` is the service's own, or
    CONNECTION_CUT for a call that never got its answer; it is None while the call is under way.
    """

    time: float
    operation: str
    subject: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    error_code: str | None = None


class Record:
    """A list that several threads append to; each list that it gives is a copy."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: dict[int, object] = {}
        self._next_key = 0

    @property
    def entries(self) -> list[object]:
        """Everything since the start or the last clear, oldest first, as it stands now."""
        with self._lock:
            return list(self._entries.values())

    @property
    def calls(self) -> list[Call]:
        """The requests."""
        return [entry for entry in self.entries if isinstance(entry, Call)]

    def clear(self) -> None:
        """Forget everything; a call under way stays forgotten when it ends."""
        with self._lock:
            self._entries.clear()

    def add(self, entry: object) -> int:
        """Append an entry; returns the key to finish it with, if it is a call."""
        with self._lock:
            self._next_key += 1
            self._entries[self._next_key] = entry
            return self._next_key

    def finish(self, key: int, error_code: str | None) -> None:
        """Note how a call ended."""
        with self._lock:
            call = self._entries.get(key)
            if isinstance(call, Call):
                self._entries[key] = replace(call, error_code=error_code)
