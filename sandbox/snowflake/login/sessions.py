"""Sessions and the two tokens of each. A session uses no key again once it is open.

Token lives are second-hand ([2nd]): 3600 seconds, and 14400
for the master token, which counts from the session's last use.
"""

from __future__ import annotations

import itertools
import re
import secrets
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.snowflake.answers import refusals
from sandbox.snowflake.answers.refusals import SnowflakeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.snowflake.account.users import User

_AUTHORIZATION = re.compile(r'Snowflake Token="([^"]*)"')


def token_in(authorization: str) -> str:
    """Return the token of an Authorization header, '' if it has another form."""
    match = _AUTHORIZATION.fullmatch(authorization)
    return match[1] if match else ""


@dataclass(slots=True)
class Session:
    """An open session; ``replies`` holds the replies already given, by requestId."""

    number: int
    user: User
    role: str
    parameters: dict[str, Any]
    token: str = field(repr=False)
    master_token: str = field(repr=False)
    token_expires: float
    master_expires: float
    closed: bool = False
    replies: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)


class Sessions:
    """All sessions of one server. Thread-safe."""

    def __init__(
        self, clock: Callable[[], float], validity_seconds: float, master_validity_seconds: float
    ) -> None:
        self.validity_seconds = validity_seconds
        self.master_validity_seconds = master_validity_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._numbers = itertools.count(1_000_001)
        self._by_token: dict[str, Session] = {}
        self._by_master_token: dict[str, Session] = {}

    def open(self, user: User, role: str, parameters: dict[str, Any]) -> Session:
        """Open a session for a user who has just logged in."""
        now = self._clock()
        with self._lock:
            session = Session(
                number=next(self._numbers),
                user=user,
                role=role,
                parameters=parameters,
                token=_new_token(),
                master_token=_new_token(),
                token_expires=now + self.validity_seconds,
                master_expires=now + self.master_validity_seconds,
            )
            self._by_token[session.token] = session
            self._by_master_token[session.master_token] = session
        return session

    def with_token(self, token: str) -> Session:
        """Return the session a token belongs to.

        Raises:
            SnowflakeError: 390104 no such token, 390111 closed, 390112 to be renewed.

        """
        now = self._clock()
        with self._lock:
            session = self._by_token.get(token)
            if session is None:
                raise SnowflakeError(refusals.NO_SUCH_SESSION)
            if session.closed:
                raise SnowflakeError(refusals.SESSION_GONE)
            # a token that was renewed away has expired too: its holder may renew again
            if token != session.token or now >= session.token_expires:
                raise SnowflakeError(refusals.SESSION_EXPIRED)
            session.master_expires = now + self.master_validity_seconds
            return session

    def renew(self, master_token: str) -> Session:
        """Give the session new tokens. Earlier master tokens of it stay good.

        Raises:
            SnowflakeError: 390113 no such master token, 390114 too old, 390111 closed.

        """
        now = self._clock()
        with self._lock:
            session = self._by_master_token.get(master_token)
            if session is None:
                raise SnowflakeError(refusals.MASTER_NOT_FOUND)
            if session.closed:
                raise SnowflakeError(refusals.SESSION_GONE)
            if now >= session.master_expires:
                raise SnowflakeError(refusals.MASTER_EXPIRED)
            session.token, session.master_token = _new_token(), _new_token()
            session.token_expires = now + self.validity_seconds
            session.master_expires = now + self.master_validity_seconds
            self._by_token[session.token] = session
            self._by_master_token[session.master_token] = session
            return session

    def close(self, token: str) -> None:
        """End a session. One whose token has expired can be closed without renewing it.

        Raises:
            SnowflakeError: 390104 no such token, 390111 closed before.

        """
        with self._lock:
            session = self._by_token.get(token)
            if session is None:
                raise SnowflakeError(refusals.NO_SUCH_SESSION)
            if session.closed:
                raise SnowflakeError(refusals.SESSION_GONE)
            session.closed = True

    def clear(self) -> None:
        """Forget every session: its tokens are unknown from now on."""
        with self._lock:
            self._by_token.clear()
            self._by_master_token.clear()

    def expire_tokens(self) -> None:
        """Let every session token run out now; the master tokens stay good."""
        with self._lock:
            for session in self._by_token.values():
                session.token_expires = self._clock()


def _new_token() -> str:
    return f"sandbox-{secrets.token_urlsafe(24)}"
