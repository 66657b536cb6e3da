"""Which calls a fault hits."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.faults.effects import (
    Answer,
    Callback,
    ConnectionCutError,
    Cut,
    Delay,
    Effect,
    Hang,
    When,
)

if TYPE_CHECKING:
    from sandbox.http import HttpReply
    from sandbox.record import Call

__all__ = ["ANY", "Faults", "Strikes"]

ANY = "any"
"""Instead of an operation: every one."""


@dataclass
class _Fault:
    operation: str
    effect: Effect
    when: When
    skip: int
    times: int | None
    about: str | None

    def hits(self, operation: str, subject: str | None) -> bool:
        """Count a call; tell whether the fault hits it."""
        if self.operation not in (ANY, operation):
            return False
        if self.about and not re.search(self.about, subject or "", re.IGNORECASE):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass(frozen=True, slots=True)
class Strikes:
    """The faults that hit one call, in the order they were added."""

    due: tuple[tuple[When, Effect], ...]
    released: threading.Event

    @property
    def names(self) -> tuple[str, ...]:
        """The effects' names, for the record."""
        return tuple(type(effect).__name__ for _, effect in self.due)

    def strike(self, when: When, call: Call) -> HttpReply | None:
        """Let those of one side act. Returns what is answered instead, or None to go on.

        Raises ConnectionCutError when there is to be no answer.
        """
        for side, effect in self.due:
            reply = self._act(effect, call) if side is when else None
            if reply is not None:
                return reply
        return None

    def _act(self, effect: Effect, call: Call) -> HttpReply | None:
        match effect:
            case Delay(seconds):
                self.released.wait(seconds)
            case Callback(function):
                function(call)
            case Hang(seconds):
                self.released.wait(seconds)
                raise ConnectionCutError
            case Cut():
                raise ConnectionCutError
            case Answer():
                return effect.reply(call.operation)
        return None


class Faults:
    """The faults of one server. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[_Fault] = []
        self._released = threading.Event()

    def add(
        self,
        operation: str,
        effect: Effect,
        *,
        when: When = When.BEFORE,
        skip: int = 0,
        times: int | None = 1,
        about: str | None = None,
    ) -> None:
        """Let the next ``times`` calls of ``operation`` (None: all) meet it, after ``skip`` others.

        With ``about`` only those count whose subject it is found in: a regular expression, without
        regard to case. Several faults that hit one call act in the order they were added.
        """
        with self._lock:
            self._faults.append(_Fault(operation, effect, when, skip, times, about))

    def clear(self) -> None:
        """Take all faults away, and release the calls that hang or are delayed."""
        with self._lock:
            self._faults.clear()
            self._released.set()
            self._released = threading.Event()

    def take(self, operation: str, subject: str | None) -> Strikes:
        """Count a call and return what hits it."""
        with self._lock:
            hits = [fault for fault in self._faults if fault.hits(operation, subject)]
            self._faults = [fault for fault in self._faults if fault.times != 0]
            return Strikes(tuple((one.when, one.effect) for one in hits), self._released)
