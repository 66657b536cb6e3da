"""DROP: who may, and what it takes along."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.snowflake.account.grants import SYSTEM_GRANTS, SYSTEM_ROLES
from sandbox.snowflake.objects import Kind, role_id
from tests.sandbox.snowflake.administration import (
    Sql,
    refusal,
    snapshot,
)
from tests.sandbox.snowflake.helpers import MODIFY

if TYPE_CHECKING:
    from sandbox.snowflake import Account


class TestDrop:
    @pytest.mark.parametrize(
        ("role", "text", "code"),
        [
            ("SYSADMIN", "DROP USER u", "003001"),
            ("SYSADMIN", "DROP ROLE r", "003001"),
            ("USERADMIN", "DROP NETWORK POLICY n", "002003"),
            ("SECURITYADMIN", "DROP DATABASE d", "003001"),
            ("SYSADMIN", "DROP NETWORK RULE d.s.r", "003001"),
            ("SECURITYADMIN", "DROP USER nobody", "002003"),
            ("SECURITYADMIN", "DROP NETWORK POLICY n", "001492"),
            ("SECURITYADMIN", "DROP NETWORK RULE d.s.r", "098507"),
            ("SECURITYADMIN", "DROP AUTHENTICATION POLICY d.s.a", "003531"),
            ("SYSADMIN", "DROP SCHEMA d.s", "003531"),
            ("SYSADMIN", "DROP DATABASE d", "003531"),
        ],
    )
    def test_refuses(self, account: Account, sql: Sql, role: str, text: str, code: str) -> None:
        before = snapshot(account)
        assert refusal(sql, role, text)[0] == code
        assert snapshot(account) == before

    def test_of_a_database_is_refused_for_a_rule_in_use(self, account: Account, sql: Sql) -> None:
        account.user("U").authentication_policy = None
        assert refusal(sql, "SYSADMIN", "DROP DATABASE d")[0] == "098507"

    def test_takes_grants_and_contents_along(self, account: Account, sql: Sql) -> None:
        for role, text in (
            ("SECURITYADMIN", "DROP USER u"),
            ("SECURITYADMIN", "DROP ROLE r"),
            ("SECURITYADMIN", "DROP NETWORK POLICY n"),
            ("SYSADMIN", "DROP DATABASE d"),
        ):
            assert str(sql(role, text)).endswith("successfully dropped.")
        assert account.objects == {}
        assert account.grants == SYSTEM_GRANTS
        assert account.roles == SYSTEM_ROLES

    def test_of_a_role_takes_it_from_its_users(self, account: Account, sql: Sql) -> None:
        sql("USERADMIN", f"GRANT {MODIFY} ON USER u TO ROLE r")
        sql("USERADMIN", "DROP ROLE r")
        assert account.user("U").roles == {"PUBLIC"}
        assert not account.exists(role_id("R"))
        assert "R" not in {grant[2] for grant in account.grants}

    def test_if_exists_accepts_that_there_is_nothing(self, account: Account, sql: Sql) -> None:
        before = snapshot(account)
        for kind in Kind:
            if kind is not Kind.ACCOUNT:
                name = ".".join("xyz"[: kind.depth])
                assert "already dropped" in str(
                    sql("PUBLIC", f"DROP {kind.value} IF EXISTS {name}")
                )
        assert snapshot(account) == before
