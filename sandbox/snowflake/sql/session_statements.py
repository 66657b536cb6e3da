"""What drivers say about a session and its transactions.

SQLAlchemy switches autocommit off when it connects, and rolls back before it gives a connection
back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from sandbox.snowflake.sql.token_cursor import TokenCursor


@dataclass(frozen=True, slots=True)
class SetAutocommit:
    """``ALTER SESSION SET AUTOCOMMIT = TRUE | FALSE``; no other parameter is taken."""

    kind: ClassVar[str] = "ALTER SESSION"
    on: bool


@dataclass(frozen=True, slots=True)
class EndTransaction:
    """``COMMIT`` or ``ROLLBACK``, with or without ``WORK``."""

    kind: ClassVar[str] = "END TRANSACTION"


SessionStatement = SetAutocommit | EndTransaction


def parse(cursor: TokenCursor) -> SessionStatement | None:
    """Read one of these statements; None, and nothing taken, if another comes next."""
    if cursor.take_words("COMMIT") or cursor.take_words("ROLLBACK"):
        cursor.take_words("WORK")
        return EndTransaction()
    if cursor.take_words("ALTER", "SESSION", "SET", "AUTOCOMMIT"):
        cursor.expect_symbol("=")
        on = cursor.take_words("TRUE")
        if not on:
            cursor.expect_words("FALSE")
        return SetAutocommit(on)
    return None
