"""What SQLAlchemy says when it connects and gives a connection back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.snowflake import SnowflakeError
from sandbox.snowflake.execution.statements import execute
from sandbox.snowflake.login.sessions import Sessions
from sandbox.snowflake.sql.parser import parse
from sandbox.snowflake.sql.session_statements import EndTransaction, SetAutocommit
from tests.sandbox.snowflake.helpers import IGNORE_CONNECT_WARNING, Run

if TYPE_CHECKING:
    from sandbox.snowflake import Account
    from sandbox.snowflake.sql.statements import Statement

pytestmark = IGNORE_CONNECT_WARNING


@pytest.mark.parametrize(
    ("sql", "statement"),
    [
        ("ALTER SESSION SET autocommit=false", SetAutocommit(on=False)),
        ("ALTER SESSION SET AUTOCOMMIT = TRUE;", SetAutocommit(on=True)),
        ("COMMIT", EndTransaction()),
        ("rollback work", EndTransaction()),
    ],
)
def test_sql_is_read_as_a_statement_about_the_session(sql: str, statement: Statement) -> None:
    assert parse(sql) == statement


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER SESSION SET AUTOCOMMIT = MAYBE",
        "ALTER SESSION SET TIMEZONE = 'UTC'",
        "ALTER SESSION UNSET AUTOCOMMIT",
        "ROLLBACK TO here",
        "BEGIN",
    ],
)
def test_what_is_not_modelled_is_a_syntax_error(sql: str) -> None:
    with pytest.raises(SnowflakeError, match="syntax error"):
        parse(sql)


@pytest.mark.parametrize("sql", ["COMMIT", "ROLLBACK", "ALTER SESSION SET AUTOCOMMIT = FALSE"])
def test_a_client_is_told_that_it_was_done(run: Run, sql: str) -> None:
    assert run(sql) == [("Statement executed successfully.",)]


@pytest.mark.parametrize("on", [True, False])
def test_autocommit_is_a_parameter_of_the_session_from_then_on(
    account: Account, *, on: bool
) -> None:
    sessions = Sessions(account.now, 3600, 14400)
    session = sessions.open(account.user("SVC_APP"), "PUBLIC", {"AUTOCOMMIT": not on})

    execute(SetAutocommit(on=on), account, session)

    assert session.parameters == {"AUTOCOMMIT": on}


def test_no_database_or_schema_is_in_use(run: Run) -> None:
    assert run("SELECT CURRENT_DATABASE(), current_schema()") == [(None, None)]
