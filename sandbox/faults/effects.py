"""What a fault does to a call, and on which side of the call's own effect."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from sandbox.http import HttpReply

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.record import Call

__all__ = [
    "Answer",
    "Callback",
    "ConnectionCutError",
    "Cut",
    "Delay",
    "Effect",
    "Garbage",
    "Hang",
    "Unavailable",
    "When",
]


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
