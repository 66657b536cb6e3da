"""Faults: Snowflake refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.faults import Answer
from sandbox.snowflake.answers import refusals
from sandbox.snowflake.protocol import wire
from sandbox.snowflake.protocol.requests import Kind

if TYPE_CHECKING:
    from sandbox.http import HttpReply

__all__ = ["EXPIRED_SESSION", "LOCKED_USER", "Refuse", "missing_privilege"]


@dataclass(frozen=True, slots=True)
class Refuse(Answer):
    """Answer with a Snowflake error."""

    code: str
    message: str
    sqlstate: str

    @classmethod
    def with_refusal(cls, refusal: refusals.Refusal) -> Refuse:
        """Return the effect that refuses as Snowflake itself would."""
        return cls(refusal.code, refusal.message, refusal.sqlstate)

    def reply(self, operation: str) -> HttpReply:
        """Return the error; that of a login has fewer fields."""
        refused = wire.login_refused if operation == Kind.LOGIN else wire.refused
        refusal = refusals.Refusal(self.code, self.message, self.sqlstate)
        return wire.http_reply(refused(refusal))


# Refusals that tests ask for by name; the client's next request finds Snowflake as it was.
EXPIRED_SESSION = Refuse.with_refusal(refusals.SESSION_EXPIRED)
LOCKED_USER = Refuse.with_refusal(refusals.USER_LOCKED)


def missing_privilege(user: str) -> Refuse:
    """Return the refusal of a statement whose role lost its privilege on this user."""
    return Refuse.with_refusal(refusals.no_privilege_on_user(user))
