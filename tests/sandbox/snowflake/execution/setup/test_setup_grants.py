"""GRANT, REVOKE and the policies of a user: who may, and what they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.snowflake.account.grants import SYSTEM_ROLES
from sandbox.snowflake.account.privileges import usable_roles
from sandbox.snowflake.objects import Kind, ObjectId, user_id
from tests.sandbox.snowflake.administration import (
    Sql,
    refusal,
    snapshot,
)
from tests.sandbox.snowflake.helpers import MODIFY

if TYPE_CHECKING:
    from sandbox.snowflake import Account


class TestGrant:
    @pytest.mark.parametrize(
        ("role", "code"),
        [("USERADMIN", None), ("SECURITYADMIN", None), ("SYSADMIN", "003001"), ("R", "003001")],
    )
    def test_is_the_owners_and_security_administrators(
        self, account: Account, sql: Sql, role: str, code: str | None
    ) -> None:
        text = f"GRANT {MODIFY} ON USER u TO ROLE r"
        if code:
            assert refusal(sql, role, text)[0] == code
        else:
            sql(role, text)
        assert ((MODIFY, user_id("U"), "R") in account.grants) is (code is None)

    @pytest.mark.parametrize(
        "text",
        [
            f"GRANT {MODIFY} ON USER nobody TO ROLE r",
            f"GRANT {MODIFY} ON USER u TO ROLE nobody",
            "GRANT ROLE nobody TO USER u",
            "GRANT ROLE r TO USER nobody",
            "GRANT USAGE ON DATABASE nowhere TO ROLE r",
        ],
    )
    def test_refuses_what_does_not_exist(self, account: Account, sql: Sql, text: str) -> None:
        before = snapshot(account)
        code, message = refusal(sql, "ACCOUNTADMIN", text)
        assert code == "002003"
        assert "does not exist or not authorized" in message
        assert snapshot(account) == before

    def test_revoke_takes_it_back(self, account: Account, sql: Sql) -> None:
        before = set(account.grants)
        for _ in range(2):
            sql("USERADMIN", f"GRANT {MODIFY} ON USER u TO ROLE r")
        for _ in range(2):
            sql("USERADMIN", f"REVOKE {MODIFY} ON USER u FROM ROLE r")
        sql("USERADMIN", "REVOKE ROLE r FROM USER u")
        assert account.grants == before
        assert account.user("U").roles == {"PUBLIC"}


class TestPoliciesOfAUser:
    @pytest.mark.parametrize(
        ("role", "text", "code"),
        [
            ("USERADMIN", "SET NETWORK_POLICY = n", "002003"),
            ("R", "SET NETWORK_POLICY = n", "003001"),
            ("SECURITYADMIN", "SET NETWORK_POLICY = nothing", "002003"),
            ("USERADMIN", "SET AUTHENTICATION POLICY d.s.a FORCE", "003001"),
            ("SECURITYADMIN", "SET AUTHENTICATION POLICY d.s.nothing FORCE", "002003"),
            ("SECURITYADMIN", "SET AUTHENTICATION POLICY a FORCE", "090105"),
            ("SECURITYADMIN", "SET AUTHENTICATION POLICY d.s.a", "003549"),
        ],
    )
    def test_refusals(self, account: Account, sql: Sql, role: str, text: str, code: str) -> None:
        before = snapshot(account)
        assert refusal(sql, role, f"ALTER USER u {text}")[0] == code
        assert snapshot(account) == before

    def test_the_owner_with_usage_may_set_a_network_policy(
        self, account: Account, sql: Sql
    ) -> None:
        sql("SECURITYADMIN", "ALTER USER u UNSET NETWORK_POLICY")
        sql("SECURITYADMIN", "GRANT USAGE ON NETWORK POLICY n TO ROLE USERADMIN")
        sql("USERADMIN", "ALTER USER u SET NETWORK_POLICY = n")
        assert account.user("U").network_policy == ObjectId(Kind.NETWORK_POLICY, ("N",))

    def test_an_authentication_policy_is_unset_once(self, account: Account, sql: Sql) -> None:
        sql("SECURITYADMIN", "ALTER USER u UNSET AUTHENTICATION POLICY")
        assert account.user("U").authentication_policy is None
        text = "ALTER USER u UNSET AUTHENTICATION POLICY"
        assert refusal(sql, "SECURITYADMIN", text)[0] == "003551"


def test_a_user_may_take_the_roles_that_its_role_inherits(account: Account) -> None:
    user = account.user("ADMIN")
    user.roles = {"SECURITYADMIN"}
    assert usable_roles(user) == {"SECURITYADMIN", "USERADMIN", "PUBLIC"}
    user.roles = {"ACCOUNTADMIN"}
    assert usable_roles(user) == SYSTEM_ROLES
