"""What statements about a session and its transactions do.

No transaction holds anything here: a statement that changes something is DDL, which commits
itself ([D] sql-reference/transactions), so COMMIT and ROLLBACK find nothing to end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.snowflake.answers.results import EXECUTED, ResultSet
from sandbox.snowflake.sql.session_statements import SessionStatement, SetAutocommit

if TYPE_CHECKING:
    from sandbox.snowflake.login.sessions import Session


def change_session(statement: SessionStatement, session: Session) -> ResultSet:
    """Carry one out. The parameter goes to the client with every reply from then on."""
    if isinstance(statement, SetAutocommit):
        session.parameters["AUTOCOMMIT"] = statement.on
    return EXECUTED
