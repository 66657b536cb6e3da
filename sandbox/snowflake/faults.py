"""Faults on request: which requests they hit, and what they do to them."""

from __future__ import annotations

import enum
import re
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.snowflake.answers import refusals

if TYPE_CHECKING:
    from collections.abc import Callable


class Kind(enum.Enum):
    """The kinds of request; ANY matches every one of them."""

    LOGIN = "login"
    STATEMENT = "statement"
    CLOSE = "close"
    TELEMETRY = "telemetry"
    TOKEN_RENEWAL = "token renewal"  # noqa: S105 - no password
    HEARTBEAT = "heartbeat"
    ABORT = "abort"
    UNKNOWN = "unknown"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Delay:
    """Wait, then go on as if nothing were."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Answer with an HTTP error; the request takes no effect."""

    status: int = 503


@dataclass(frozen=True, slots=True)
class Hang:
    """Never answer; the request takes no effect. After ``seconds`` the connection is cut.

    None hangs until the server stops.
    """

    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class CutBefore:
    """Cut the connection before the request takes effect."""


@dataclass(frozen=True, slots=True)
class CutAfter:
    """Let the request take effect, then cut the connection instead of answering."""


@dataclass(frozen=True, slots=True)
class Garbage:
    """Answer 200 with something that is not Snowflake's; the request takes no effect."""

    body: bytes = b"<html><body>Sign in to the guest network</body></html>"
    content_type: str = "text/html"


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer with a Snowflake error; the request takes no effect."""

    code: str
    message: str
    sqlstate: str

    @classmethod
    def with_refusal(cls, refusal: refusals.Refusal) -> Refuse:
        """Return the effect that refuses as Snowflake itself would."""
        return cls(refusal.code, refusal.message, refusal.sqlstate)


class When(enum.Enum):
    """The moment at which a Call happens."""

    BEFORE_EFFECT = "before the effect"
    AFTER_EFFECT = "after the effect, before the reply"


@dataclass(frozen=True, slots=True)
class Call:
    """Call a function in the thread of the request, then go on."""

    function: Callable[[], object]
    when: When = When.AFTER_EFFECT


Effect = Delay | Unavailable | Hang | CutBefore | CutAfter | Garbage | Refuse | Call

# Refusals that tests ask for by name; the client's next request finds Snowflake as it was.
EXPIRED_SESSION = Refuse.with_refusal(refusals.SESSION_EXPIRED)
LOCKED_USER = Refuse.with_refusal(refusals.USER_LOCKED)


def missing_privilege(user: str) -> Refuse:
    """Return the refusal of a statement whose role lost its privilege on this user."""
    return Refuse.with_refusal(refusals.no_privilege_on_user(user))


@dataclass(frozen=True, slots=True)
class Fault:
    """An effect and the requests it hits.

    It hits requests of ``kind`` whose SQL contains ``pattern`` (a regular expression, without
    regard to case), from the ``nth`` such request on, ``times`` times; None is for ever. A
    client's retry is a request of its own: one that hits only once is often never seen.
    """

    kind: Kind
    effect: Effect
    pattern: str | None = None
    nth: int = 1
    times: int | None = 1

    def matches(self, kind: Kind, sql: str | None) -> bool:
        """Say whether a request is one that this fault counts."""
        if self.kind not in (Kind.ANY, kind):
            return False
        if self.pattern is None:
            return True
        return sql is not None and re.search(self.pattern, sql, re.IGNORECASE) is not None


class Faults:
    """The faults of one server. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: list[tuple[Fault, int]] = []

    def add(self, fault: Fault) -> None:
        """Add a fault; where several hit one request, all act, in the order of adding."""
        with self._lock:
            self._counted.append((fault, 0))

    def clear(self) -> None:
        """Take all faults away; a request that hangs goes on hanging."""
        with self._lock:
            self._counted.clear()

    def take(self, kind: Kind, sql: str | None) -> list[Effect]:
        """Count a request and return the effects that hit it."""
        effects: list[Effect] = []
        with self._lock:
            for index, (fault, seen) in enumerate(self._counted):
                if not fault.matches(kind, sql):
                    continue
                self._counted[index] = (fault, seen + 1)
                past = seen + 1 - fault.nth
                if past >= 0 and (fault.times is None or past < fault.times):
                    effects.append(fault.effect)
        return effects
