"""What happened at the server, for tests and for the demo's picture.

No JWT and no token is in it. SQL is: a public key in it is public.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.record import Record

if TYPE_CHECKING:
    from sandbox.snowflake.account.users import Slot

SUCCESS = "success"


@dataclass(frozen=True, slots=True)
class LoginEntry:
    """One login that was judged: ``outcome`` is ``success`` or the code of the refusal.

    ``fingerprint`` is the one the JWT claims, None when it could not be read; ``slot`` is the
    one whose key signed it, None after a refusal.
    """

    time: float
    account: str
    login_name: str
    outcome: str
    slot: Slot | None
    fingerprint: str | None


@dataclass(frozen=True, slots=True)
class StatementEntry:
    """One statement that was carried out or refused; a repeat of a requestId is not one.

    ``kind`` is the statement's first words, such as ``ALTER USER``, ``SELECT`` or ``CREATE NETWORK
    RULE``, or ``UNSUPPORTED``. ``role`` is the one in which it ran.
    """

    time: float
    user: str
    role: str
    kind: str
    sql: str
    outcome: str


class SnowflakeRecord(Record):
    """Requests, and of those that were judged the logins and statements."""

    @property
    def logins(self) -> list[LoginEntry]:
        """The logins."""
        return [entry for entry in self.entries if isinstance(entry, LoginEntry)]

    @property
    def statements(self) -> list[StatementEntry]:
        """The statements."""
        return [entry for entry in self.entries if isinstance(entry, StatementEntry)]
