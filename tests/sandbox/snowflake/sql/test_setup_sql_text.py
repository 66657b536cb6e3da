"""SQL text of set-up scripts to statements."""

from __future__ import annotations

import pytest

from sandbox.snowflake import SnowflakeError
from sandbox.snowflake.objects import Kind, ObjectId, user_id
from sandbox.snowflake.sql.parser import parse
from sandbox.snowflake.sql.setup_statements import (
    ChangeGrants,
    ChangeRoleOfUser,
    CreateObject,
    DropObject,
    SetAuthenticationPolicy,
    SetNetworkPolicy,
    UnsetAuthenticationPolicy,
    UnsetNetworkPolicy,
)
from sandbox.snowflake.sql.statements import (
    AlterUser,
    Change,
    SetDisabled,
    Statement,
    UnsetKey,
)
from tests.sandbox.snowflake.helpers import MODIFY

RULE = ObjectId(Kind.NETWORK_RULE, ("D", "S", "R"))
POLICY = ObjectId(Kind.AUTHENTICATION_POLICY, ("D", "s", "P"))
SCHEMA = ObjectId(Kind.SCHEMA, ("D", "S"))


@pytest.mark.parametrize(
    ("sql", "statement"),
    [
        (
            "CREATE ROLE r COMMENT = 'c'",
            CreateObject(ObjectId(Kind.ROLE, ("R",)), properties={"COMMENT": "c"}),
        ),
        ("create schema if not exists d.s", CreateObject(SCHEMA, if_not_exists=True)),
        (
            "CREATE USER u TYPE = service RSA_PUBLIC_KEY = 'k' DEFAULT_SECONDARY_ROLES = ( )",
            CreateObject(
                user_id("U"),
                properties={
                    "TYPE": "SERVICE",
                    "RSA_PUBLIC_KEY": "k",
                    "DEFAULT_SECONDARY_ROLES": (),
                },
            ),
        ),
        (
            "CREATE OR ALTER NETWORK RULE d.s.r VALUE_LIST = ('a', 'b') TYPE = IPV4;",
            CreateObject(
                RULE, or_alter=True, properties={"VALUE_LIST": ("a", "b"), "TYPE": "IPV4"}
            ),
        ),
        ('DROP AUTHENTICATION POLICY IF EXISTS d."s".p', DropObject(POLICY, if_exists=True)),
        ("DROP USER u", DropObject(user_id("U"))),
        (
            f"GRANT {MODIFY} ON USER u TO ROLE r",
            ChangeGrants((MODIFY,), user_id("U"), "R"),
        ),
        (
            "REVOKE USAGE, CREATE NETWORK RULE ON SCHEMA d.s FROM ROLE r",
            ChangeGrants(("USAGE", "CREATE NETWORK RULE"), SCHEMA, "R", revoke=True),
        ),
        ("GRANT ROLE r TO USER u", ChangeRoleOfUser("R", "U")),
        ("REVOKE ROLE r FROM USER u", ChangeRoleOfUser("R", "U", revoke=True)),
    ],
)
def test_statement(sql: str, statement: Statement) -> None:
    assert parse(sql) == statement


@pytest.mark.parametrize(
    ("sql", "changes"),
    [
        ('SET AUTHENTICATION POLICY d."s".p', (SetAuthenticationPolicy(POLICY),)),
        ('SET AUTHENTICATION POLICY d."s".p FORCE', (SetAuthenticationPolicy(POLICY, force=True),)),
        ("UNSET AUTHENTICATION POLICY", (UnsetAuthenticationPolicy(),)),
        (
            "SET NETWORK_POLICY = n DISABLED = TRUE",
            (
                SetNetworkPolicy(ObjectId(Kind.NETWORK_POLICY, ("N",))),
                SetDisabled(disabled=True),
            ),
        ),
        ("UNSET NETWORK_POLICY, RSA_PUBLIC_KEY", (UnsetNetworkPolicy(), UnsetKey(1))),
    ],
)
def test_policies_of_a_user(sql: str, changes: tuple[Change, ...]) -> None:
    assert parse(f"ALTER USER u {sql}") == AlterUser("U", if_exists=False, changes=changes)


@pytest.mark.parametrize(
    ("sql", "unexpected"),
    [
        ("CREATE OR REPLACE USER u", "OR"),
        ("CREATE OR ALTER USER u", "USER"),
        ("CREATE NETWORK RULE IF NOT EXISTS d.s.r", "NOT"),
        ("CREATE USER u PASSWORD = 'p'", "PASSWORD"),
        ("CREATE USER u TYPE = SERVICE TYPE = PERSON", "TYPE"),
        ("CREATE USER u RSA_PUBLIC_KEY = k", "k"),
        ("CREATE WAREHOUSE w", "WAREHOUSE"),
        ("CREATE NETWORK RULE d.s.r VALUE_LIST = (<% addresses %>)", "<"),
        ("DROP SCHEMA d.s CASCADE", "CASCADE"),
        (f"GRANT {MODIFY} ON SCHEMA d.s TO ROLE r", "MODIFY"),
        ("GRANT OWNERSHIP ON ROLE u TO ROLE r", "OWNERSHIP"),
        ("REVOKE OWNERSHIP ON USER u FROM ROLE r", "OWNERSHIP"),
        ("CREATE USER u WORKLOAD_IDENTITY = (ARN = 'x')", "ARN"),
        ("GRANT USAGE ON DATABASE d TO USER u", "TO"),
        ("GRANT ROLE r TO ROLE s", "TO"),
        ("REVOKE ROLE r TO USER u", "TO"),
        ("ALTER USER u SET AUTHENTICATION POLICY p NOW", "NOW"),
        ("ALTER USER u SET NETWORK_POLICY n", "n"),
    ],
)
def test_anything_else_is_a_syntax_error(sql: str, unexpected: str) -> None:
    with pytest.raises(SnowflakeError) as caught:
        parse(sql)

    assert caught.value.refusal.code == "001003"
    assert f"unexpected '{unexpected}'" in caught.value.refusal.message


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("CREATE NETWORK POLICY n", "CREATE NETWORK POLICY"),
        ("DROP ROLE r", "DROP ROLE"),
        ("GRANT USAGE ON DATABASE d TO ROLE r", "GRANT"),
        ("REVOKE USAGE ON DATABASE d FROM ROLE r", "REVOKE"),
        ("GRANT ROLE r TO USER u", "GRANT ROLE"),
        ("REVOKE ROLE r FROM USER u", "REVOKE ROLE"),
    ],
)
def test_the_record_calls_a_statement_by_its_first_words(sql: str, kind: str) -> None:
    assert parse(sql).kind == kind
