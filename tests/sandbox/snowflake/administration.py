"""An account that administrators set up, and how tests send it statements without a server."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sandbox.snowflake import Account, SnowflakeError
from sandbox.snowflake.execution.statements import execute
from sandbox.snowflake.login.sessions import Sessions
from sandbox.snowflake.sql.parser import parse

# Runs a statement in a role; returns the text of its one row.
Sql = Callable[[str, str], str | None]
RULE = "CREATE NETWORK RULE d.s.r TYPE = IPV4 VALUE_LIST = ('10.0.0.1')"
NETWORK = "CREATE NETWORK POLICY n ALLOWED_NETWORK_RULE_LIST = ('d.s.r')"
AUTHENTICATION = "CREATE AUTHENTICATION POLICY d.s.a AUTHENTICATION_METHODS = ('KEYPAIR')"
# One of each object, made by the roles that may.
SETUP = (
    ("SYSADMIN", "CREATE DATABASE d"),
    ("SYSADMIN", "CREATE SCHEMA d.s"),
    ("SYSADMIN", "GRANT USAGE ON DATABASE d TO ROLE SECURITYADMIN"),
    ("SYSADMIN", "GRANT USAGE, CREATE NETWORK RULE ON SCHEMA d.s TO ROLE SECURITYADMIN"),
    ("SYSADMIN", "GRANT CREATE AUTHENTICATION POLICY ON SCHEMA d.s TO ROLE SECURITYADMIN"),
    ("SECURITYADMIN", RULE),
    ("SECURITYADMIN", NETWORK),
    ("SECURITYADMIN", AUTHENTICATION),
    ("USERADMIN", "CREATE ROLE r"),
    ("USERADMIN", "CREATE USER u TYPE = SERVICE"),
    ("USERADMIN", "GRANT ROLE r TO USER u"),
    ("SECURITYADMIN", "ALTER USER u SET NETWORK_POLICY = n"),
    ("SECURITYADMIN", "ALTER USER u SET AUTHENTICATION POLICY d.s.a"),
)


def set_up_account() -> Account:
    """Return an account with a user ADMIN and with what SETUP makes."""
    account = Account("A")
    account.create_user("ADMIN")
    sql = runner(account)
    for role, text in SETUP:
        sql(role, text)
    return account


def runner(account: Account) -> Sql:
    """Return what runs statements on the account."""
    sessions = Sessions(account.now, 3600, 3600)

    def sql(role: str, text: str) -> str | None:
        session = sessions.open(account.user("ADMIN"), role, {})
        return execute(parse(text), account, session).rows[0][0]

    return sql


def refusal(sql: Sql, role: str, text: str) -> tuple[str, str]:
    """Expect a refusal and return its code and message."""
    with pytest.raises(SnowflakeError) as caught:
        sql(role, text)
    return caught.value.refusal.code, caught.value.refusal.message


def snapshot(account: Account) -> tuple[object, ...]:
    """Return everything that a refused statement must leave as it was."""
    roles = {user.name: frozenset(user.roles) for user in account.users.values()}
    policies = {
        user.name: (user.network_policy, user.authentication_policy)
        for user in account.users.values()
    }
    return dict(account.objects), roles, policies, set(account.roles), set(account.grants)
