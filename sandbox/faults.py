"""Faults on request: which calls they hit, and what they do to them.

faults.add("PutSecretValue", AwsFailure("ThrottlingException"))
faults.add("UpdateSecretVersionStage", Cut(), when=When.AFTER)
faults.add(Kind.STATEMENT, Hang(), about="ALTER USER", skip=1)

The first call of PutSecretValue is refused, untouched; the label is moved, but the caller never
hears so; the second ALTER USER gets no answer at all. A client's retry is a call of its own: a
fault that hits only once is often never seen.
"""

from __future__ import annotations

import re
import threading
from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from sandbox.http import HttpReply

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.record import Call

__all__ = [
    "ANY",
    "Answer",
    "Callback",
    "ConnectionCutError",
    "Cut",
    "Delay",
    "Effect",
    "Faults",
    "Garbage",
    "Hang",
    "Strikes",
    "Unavailable",
    "When",
]

ANY = "any"
"""Instead of an operation: every one."""


class When(Enum):
    """On which side of the operation's effect the fault strikes."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Delay:
    """Wait, then go on as if nothing had happened."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Hang:
    """Answer nothing, then cut: after ``seconds``, or when faults are cleared or the server stops.

    None waits for the latter.
    """

    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """Cut the connection without an answer."""


@dataclass(frozen=True, slots=True)
class Callback:
    """Run a function of the test's in the server's thread, then go on.

    This is how a test kills the Lambda function at a chosen point. The request has arrived by
    then and takes effect even if its sender is gone; to kill the function without the effect, add
    a Cut after this.
    """

    function: Callable[[Call], object]


class Answer(ABC):
    """Answer with something else; a service's own refusals are such effects."""

    @abstractmethod
    def reply(self, operation: str) -> HttpReply:
        """Return what a call of the operation is answered."""


@dataclass(frozen=True, slots=True)
class Unavailable(Answer):
    """Answer with an HTTP error and nothing else."""

    status: int = 503

    def reply(self, operation: str) -> HttpReply:  # noqa: ARG002 - the same for all
        """Return the error."""
        return HttpReply(self.status, headers={"Content-Type": "text/plain"})


@dataclass(frozen=True, slots=True)
class Garbage(Answer):
    """Answer 200 with something that is not the service's."""

    body: bytes = b"<html><body>Sign in to the guest network</body></html>"
    content_type: str = "text/html"

    def reply(self, operation: str) -> HttpReply:  # noqa: ARG002
        """Return the page."""
        return HttpReply(200, self.body, {"Content-Type": self.content_type})


Effect = Delay | Hang | Cut | Callback | Answer


class ConnectionCutError(Exception):
    """The caller gets no answer."""


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
        if self.operation not in (ANY, operation) or not self._is_about(subject):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True

    def _is_about(self, subject: str | None) -> bool:
        if self.about is None:
            return True
        return subject is not None and re.search(self.about, subject, re.IGNORECASE) is not None


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
