"""The installed Snowflake connector reads, and is told what is not supported."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.sandbox.snowflake.helpers import (
    IGNORE_CONNECT_WARNING,
    NOW,
    Connect,
    KeyPair,
    Run,
    refusal_of,
)

if TYPE_CHECKING:
    from sandbox.snowflake import Account, SnowflakeServer

pytestmark = IGNORE_CONNECT_WARNING


def test_desc_user_lists_properties(account: Account, run: Run, key: KeyPair) -> None:
    account.clock = lambda: NOW + 0.25
    account.user("SVC_APP").set_key(2, key.pem)
    account.user("SVC_APP").unset_key(1)
    account.clock = time.time

    rows = {row[0]: row[1:] for row in run("DESC USER svc_app")}

    assert rows["NAME"] == ("SVC_APP", "null", "Name")
    values = {name: row[0] for name, row in rows.items()}
    set_time = values.pop("RSA_PUBLIC_KEY_LAST_SET_TIME")
    assert set_time.startswith("20")
    assert values == {
        "NAME": "SVC_APP",
        "DISPLAY_NAME": "SVC_APP",
        "TYPE": "SERVICE",
        "LOGIN_NAME": "SVC_APP",
        "DISABLED": "false",
        "DEFAULT_ROLE": "PUBLIC",
        "RSA_PUBLIC_KEY": "null",
        "RSA_PUBLIC_KEY_FP": "null",
        "RSA_PUBLIC_KEY_2": key.pem,
        "RSA_PUBLIC_KEY_2_FP": key.fingerprint,
        "RSA_PUBLIC_KEY_2_LAST_SET_TIME": "2027-01-15 08:00:00.250",
    }


def test_the_columns_of_desc_user_have_names(connect: Connect) -> None:
    cursor = connect().cursor()
    cursor.execute("DESCRIBE USER SVC_APP")

    names = [column[0] for column in cursor.description or ()]
    assert names == ["property", "value", "default", "description"]


def test_select_returns_text_and_numbers(run: Run) -> None:
    sql = "SELECT CURRENT_USER(), CURRENT_ROLE() AS r, CURRENT_ACCOUNT(), 1, 2.50, 'it''s'"

    assert run(sql) == [("SVC_APP", "PUBLIC", "SANDBOX", 1, Decimal("2.50"), "it's")]


@pytest.mark.parametrize(
    ("role", "other"),
    [
        ("PUBLIC", (None, None, None, None, None)),
        ("ACCOUNTADMIN", ("OTHER", "false", "PUBLIC", "false", "SERVICE")),
    ],
)
def test_show_users_tells_more_to_an_owner(
    account: Account, run: Run, role: str, other: tuple[str | None, ...]
) -> None:
    account.grant_role("ACCOUNTADMIN", to_user="SVC_APP")

    assert run("SHOW USERS LIKE 'oth__'", role) == [("OTHER", *other)]
    assert [row[0] for row in run("SHOW USERS", role)] == ["OTHER", "SVC_APP"]


def test_use_role_changes_the_role(connect: Connect) -> None:
    cursor = connect().cursor()
    cursor.execute("USE ROLE rotation")
    cursor.execute("SELECT CURRENT_ROLE()")

    assert cursor.fetchone() == ("ROTATION",)


@pytest.mark.parametrize(
    ("sql", "errno"), [("USE ROLE ACCOUNTADMIN", 3013), ("USE ROLE no_such_role", 2043)]
)
def test_use_role_of_a_role_not_held(run: Run, sql: str, errno: int) -> None:
    assert refusal_of(run, sql)[0] == errno


def test_a_user_that_does_not_exist(run: Run) -> None:
    for sql in ("DESC USER nobody", "ALTER USER nobody UNSET RSA_PUBLIC_KEY"):
        errno, sqlstate, message = refusal_of(run, sql)
        assert (errno, sqlstate) == (2003, "02000")
        assert "User 'NOBODY' does not exist or not authorized." in message
    executed = [("Statement executed successfully.",)]
    assert run("ALTER USER IF EXISTS nobody UNSET RSA_PUBLIC_KEY") == executed


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE OR REPLACE USER svc_app",
        "CREATE TABLE t",
        "DROP TABLE t",
        "GRANT SELECT ON TABLE t TO ROLE rotation",
        "GRANT ROLE rotation TO ROLE other",
        "ALTER USER svc_app SET PASSWORD='x'",
        "ALTER USER svc_app RENAME TO x",
        "ALTER USER svc_app ROTATE KEY PAIR n PUBLIC_KEY='x'",
        "SELECT 1 FROM t",
        "SELECT COUNT(*)",
        "SHOW TABLES",
        "BEGIN",
        "not sql at all",
    ],
)
def test_what_is_not_supported_fails(server: SnowflakeServer, run: Run, sql: str) -> None:
    errno, sqlstate, message = refusal_of(run, sql)

    assert (errno, sqlstate) == (1003, "42000")
    assert "syntax error line 1 at position" in message
    assert server.record.statements[-1].outcome == "001003"
