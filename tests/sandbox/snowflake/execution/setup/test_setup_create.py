"""CREATE: who may, and what it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.snowflake.account.grants import OWNERSHIP
from sandbox.snowflake.account.policies import NetworkRule
from sandbox.snowflake.objects import Kind, ObjectId
from tests.sandbox.snowflake.administration import (
    AUTHENTICATION,
    NETWORK,
    RULE,
    Sql,
    refusal,
    snapshot,
)

if TYPE_CHECKING:
    from sandbox.snowflake import Account
    from tests.sandbox.snowflake.helpers import KeyPair


class TestCreate:
    def test_makes_the_role_the_owner(self, account: Account) -> None:
        owners = {str(g[1]): g[2] for g in account.grants if g[0] == OWNERSHIP}
        assert owners == {
            "D": "SYSADMIN",
            "D.S": "SYSADMIN",
            "D.S.R": "SECURITYADMIN",
            "D.S.A": "SECURITYADMIN",
            "N": "SECURITYADMIN",
            "R": "USERADMIN",
            "U": "USERADMIN",
        }

    @pytest.mark.parametrize(
        ("role", "text", "on"),
        [
            ("SYSADMIN", "CREATE USER x", "account"),
            ("SYSADMIN", "CREATE ROLE x", "account"),
            ("USERADMIN", "CREATE DATABASE x", "account"),
            ("USERADMIN", "CREATE NETWORK POLICY x", "account"),
            ("SECURITYADMIN", "CREATE SCHEMA d.x", "database 'D'"),
            ("R", "CREATE USER IF NOT EXISTS u", "account"),
            ("PUBLIC", "CREATE ROLE x", "account"),
        ],
    )
    def test_needs_the_privilege(
        self, account: Account, sql: Sql, role: str, text: str, on: str
    ) -> None:
        before = snapshot(account)
        code, message = refusal(sql, role, text)
        assert code == "003001"
        assert f"Insufficient privileges to operate on {on}" in message
        assert snapshot(account) == before

    @pytest.mark.parametrize("privilege", ["USAGE", "CREATE NETWORK RULE"])
    def test_of_a_rule_needs_what_was_granted_on_the_schema(
        self, account: Account, sql: Sql, privilege: str
    ) -> None:
        account.grants = {g for g in account.grants if g[1].kind is not Kind.SCHEMA}
        sql("ACCOUNTADMIN", f"GRANT {privilege} ON SCHEMA d.s TO ROLE SECURITYADMIN")
        text = RULE.replace("d.s.r", "d.s.x")
        if privilege == "CREATE NETWORK RULE":
            assert sql("SECURITYADMIN", text) == "Network rule X successfully created."
        else:
            assert refusal(sql, "SECURITYADMIN", text)[0] == "003001"

    def test_of_a_rule_needs_to_see_schema_and_database(self, account: Account, sql: Sql) -> None:
        text = RULE.replace("d.s.r", "d.s.x")
        sql("SYSADMIN", "REVOKE USAGE ON DATABASE d FROM ROLE SECURITYADMIN")
        code, message = refusal(sql, "SECURITYADMIN", text)
        assert (code, "Database 'D' does not exist or not authorized" in message) == (
            "002003",
            True,
        )
        assert ObjectId(Kind.NETWORK_RULE, ("D", "S", "X")) not in account.objects

    @pytest.mark.parametrize(
        ("role", "text"),
        [
            ("SYSADMIN", "CREATE DATABASE d"),
            ("SECURITYADMIN", RULE),
            ("SECURITYADMIN", NETWORK),
            ("SECURITYADMIN", AUTHENTICATION),
            ("USERADMIN", "CREATE ROLE r"),
            ("USERADMIN", "CREATE USER u"),
            ("USERADMIN", 'CREATE USER "u"'),
        ],
    )
    @pytest.mark.usefixtures("account")
    def test_refuses_what_exists(self, sql: Sql, role: str, text: str) -> None:
        code, message = refusal(sql, role, text)
        assert code == "002002"
        assert message.endswith("already exists.")

    def test_if_not_exists_changes_nothing(self, account: Account, sql: Sql, key: KeyPair) -> None:
        text = f"CREATE USER IF NOT EXISTS u RSA_PUBLIC_KEY = '{key.body}'"
        assert sql("USERADMIN", text) == "U already exists, statement succeeded."
        assert account.user("U").slots == (None, None)

    def test_or_alter_replaces_the_list_and_is_the_owners(self, account: Account, sql: Sql) -> None:
        text = RULE.replace("CREATE", "CREATE OR ALTER").replace("10.0.0.1", "10.0.0.2")
        rule = ObjectId(Kind.NETWORK_RULE, ("D", "S", "R"))
        assert refusal(sql, "SYSADMIN", text)[0] == "003001"
        assert sql("SECURITYADMIN", text) == "Network rule R successfully altered."
        assert account.objects[rule] == NetworkRule("IPV4", ("10.0.0.2",))

    @pytest.mark.parametrize(
        ("role", "text", "code"),
        [
            ("USERADMIN", "CREATE USER x RSA_PUBLIC_KEY = 'no key'", "390000"),
            ("USERADMIN", "CREATE USER x TYPE = ROBOT", "001008"),
            ("SYSADMIN", "CREATE SCHEMA s", "090105"),
            ("SYSADMIN", "CREATE SCHEMA nowhere.s", "002003"),
            ("SECURITYADMIN", AUTHENTICATION.replace("d.s.a", "a"), "090105"),
            ("SECURITYADMIN", "CREATE AUTHENTICATION POLICY d.s.x CLIENT_TYPES = ('X')", "001008"),
            ("SECURITYADMIN", AUTHENTICATION.replace("s.a", "s.x").replace("KEY", "K"), "001008"),
            ("SECURITYADMIN", RULE.replace("d.s.r", "d.s.x").replace("10.", "x."), "001008"),
            ("SECURITYADMIN", RULE.replace("d.s.r", "d.s.x").replace("IPV4", "HOST"), "001008"),
            ("SECURITYADMIN", "CREATE NETWORK RULE d.s.x TYPE = IPV4 VALUE_LIST = ()", "001008"),
            ("SECURITYADMIN", NETWORK.replace(" n ", " x ").replace("d.s.r", "d.s.y"), "002003"),
        ],
    )
    def test_refuses_what_makes_no_sense_and_leaves_nothing(
        self, account: Account, sql: Sql, role: str, text: str, code: str
    ) -> None:
        before = snapshot(account)
        assert refusal(sql, role, text)[0] == code
        assert snapshot(account) == before
