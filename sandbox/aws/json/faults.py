"""What can go wrong before or after an operation takes effect.

>>> faults = Faults()
>>> faults.add("PutSecretValue", AwsFailure("ThrottlingException"))
>>> faults.add("UpdateSecretVersionStage", CutConnection(), when=When.AFTER)

The first call of PutSecretValue is refused, untouched; the label is moved,
but the caller never hears so.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from sandbox.aws.json.replies import error_reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.aws.json.record import ApiCall
    from sandbox.http import HttpReply

__all__ = ["AwsFailure", "Callback", "CutConnection", "Delay", "Faults", "Hang", "When"]

SERVER_ERRORS = frozenset({"InternalServiceError", "ServerException"})
"""Secrets Manager's and ECS's; all other errors are 400s."""


class When(Enum):
    """On which side of the operation's effect the fault strikes."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class AwsFailure:
    """Answer with an error of AWS's; InternalServiceError and ServerException are 500s."""

    code: str
    message: str = "injected by the test"


@dataclass(frozen=True, slots=True)
class CutConnection:
    """Close the connection without an answer."""


@dataclass(frozen=True, slots=True)
class Delay:
    """Wait, then go on as if nothing had happened."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Hang:
    """Answer nothing until the faults are cleared or the server stops, then cut."""


@dataclass(frozen=True, slots=True)
class Callback:
    """Run a function of the test's, in the server's thread, then go on.

    This is how a test kills the Lambda function at a chosen point. The request
    has arrived by then and takes effect even if its sender is gone; to kill the
    function without the effect, add a CutConnection after this.
    """

    function: Callable[[ApiCall], object]


Effect = AwsFailure | CutConnection | Delay | Hang | Callback


class ConnectionCutError(Exception):
    """The caller gets no answer."""


@dataclass
class _Fault:
    operation: str
    effect: Effect
    when: When
    skip: int
    times: int | None
    secret_id: str | None

    def fits(self, call: ApiCall, when: When) -> bool:
        about = self.secret_id in {None, call.secret_id}
        return about and (self.operation, self.when) == (call.operation, when)


class Faults:
    """Faults by operation; each strikes ``times`` calls after letting ``skip`` pass."""

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
        secret_id: str | None = None,
    ) -> None:
        """Let the next ``times`` calls of ``operation`` (None: all) meet the effect.

        With ``secret_id`` only those that name the secret so count.
        Several faults due at once act in the order they were added.
        """
        with self._lock:
            self._faults.append(_Fault(operation, effect, when, skip, times, secret_id))

    def clear(self) -> None:
        """Remove all faults and release the calls that hang."""
        with self._lock:
            self._faults.clear()
            self._released.set()
            self._released = threading.Event()

    def strike(self, when: When, call: ApiCall) -> HttpReply | None:
        """Let the faults due act on a call, in the order they were added.

        Returns the error to answer with, or None to go on.
        Raises ConnectionCutError when there is to be no answer.
        """
        for effect, released in self._due(call, when):
            reply = _act(effect, call, released)
            if reply is not None:
                return reply
        return None

    def _due(self, call: ApiCall, when: When) -> list[tuple[Effect, threading.Event]]:
        with self._lock:
            fitting = [fault for fault in self._faults if fault.fits(call, when)]
            due = [fault.effect for fault in fitting if _counts(fault)]
            self._faults = [fault for fault in self._faults if fault.times != 0]
            return [(effect, self._released) for effect in due]


def _counts(fault: _Fault) -> bool:
    if fault.skip > 0:
        fault.skip -= 1
        return False
    if fault.times is not None:
        fault.times -= 1
    return True


def _act(effect: Effect, call: ApiCall, released: threading.Event) -> HttpReply | None:
    match effect:
        case AwsFailure(code, message):
            return error_reply(code, message, 500 if code in SERVER_ERRORS else 400)
        case Delay(seconds):
            time.sleep(seconds)
        case Callback(function):
            function(call)
        case Hang():
            released.wait()
            raise ConnectionCutError
        case CutConnection():
            raise ConnectionCutError
    return None
