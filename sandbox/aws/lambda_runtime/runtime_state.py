"""What one runtime is doing: starting, polling for work, busy, or gone.

Everything the HTTP threads, the process watcher and the invoking thread share
is in ``RuntimeState``, behind one condition.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

__all__ = [
    "Answered",
    "Exited",
    "InitFailed",
    "OutOfTime",
    "Outcome",
    "RuntimeState",
    "Work",
]


@dataclass(frozen=True, slots=True)
class Work:
    """One event on its way to the handler; the deadline is Unix time in seconds."""

    request_id: str
    body: bytes
    deadline: float


@dataclass(frozen=True, slots=True)
class Answered:
    """The runtime posted a response, or an error the handler raised."""

    body: bytes
    is_error: bool


@dataclass(frozen=True, slots=True)
class InitFailed:
    """The runtime could not load the handler and said why."""

    body: bytes


@dataclass(frozen=True, slots=True)
class Exited:
    """The process ended without an answer; negative return codes are signals."""

    return_code: int


@dataclass(frozen=True, slots=True)
class OutOfTime:
    """The time ran out before anything else happened."""


Outcome = Answered | InitFailed | Exited | OutOfTime


class RuntimeState:
    """Hands work to the runtime and its outcome back, across threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._polling = False
        self._work: Work | None = None
        self._request_id: str | None = None
        self._outcome: Outcome | None = None
        self._return_code: int | None = None

    def wait_until_polling(self, timeout_seconds: float) -> Outcome | None:
        """Wait for the runtime to ask for work.

        Returns None when it did, else why it will not: InitFailed, Exited or OutOfTime.
        """
        with self._changed:
            self._changed.wait_for(
                lambda: self._polling or self._ended() is not None, timeout_seconds
            )
            return None if self._polling else (self._ended() or OutOfTime())

    def run(self, work: Work) -> Outcome:
        """Give the runtime work and wait for its outcome, at most until the deadline."""
        with self._changed:
            self._work, self._request_id = work, work.request_id
            self._changed.notify_all()
            self._changed.wait_for(
                lambda: self._ended() is not None, max(0.0, work.deadline - time.time())
            )
            outcome = self._ended() or OutOfTime()
            self._work = self._request_id = self._outcome = None
            return outcome

    def next_work(self) -> Work | None:
        """Block the runtime's poll until there is work; None once the process is gone."""
        with self._changed:
            self._polling = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._work is not None or self._return_code is not None)
            work, self._work = self._work, None
            self._polling = False
            return work

    def answer(self, request_id: str, body: bytes, *, is_error: bool) -> bool:
        """Take the runtime's answer; False when nobody waits for this request id."""
        with self._changed:
            if request_id != self._request_id:
                return False
            self._outcome = Answered(body, is_error)
            self._changed.notify_all()
            return True

    def init_failed(self, body: bytes) -> None:
        """Take the runtime's report that the handler could not be loaded."""
        with self._changed:
            self._outcome = InitFailed(body)
            self._changed.notify_all()

    def exited(self, return_code: int) -> None:
        """Take the end of the process; releases a blocked poll."""
        with self._changed:
            self._return_code = return_code
            self._changed.notify_all()

    def _ended(self) -> Outcome | None:
        # An answer counts even if the process died right after posting it.
        if self._outcome is not None:
            return self._outcome
        return None if self._return_code is None else Exited(self._return_code)
