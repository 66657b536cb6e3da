"""GRANT OWNERSHIP on a user, what it lets see, and CREATE USER with a workload identity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.snowflake.objects import user_id
from tests.sandbox.snowflake.administration import Sql, refusal, snapshot
from tests.sandbox.snowflake.helpers import MODIFY

if TYPE_CHECKING:
    from sandbox.snowflake import Account

ARN = "arn:aws:iam::123456789012:role/service-role/rotation"
KEY_GRANT = f"GRANT {MODIFY} ON USER u TO ROLE r"
TO_R = "GRANT OWNERSHIP ON USER u TO ROLE r"


class TestGrantOwnership:
    @pytest.mark.parametrize("role", ["USERADMIN", "SECURITYADMIN"])
    def test_moves_it(self, account: Account, sql: Sql, role: str) -> None:
        sql(role, TO_R)
        owners = {g[2] for g in account.grants if g[:2] == ("OWNERSHIP", user_id("U"))}
        assert owners == {"R"}

    @pytest.mark.parametrize("role", ["SYSADMIN", "R"])
    def test_is_not_for_others(self, account: Account, sql: Sql, role: str) -> None:
        before = snapshot(account)
        assert refusal(sql, role, TO_R)[0] == "003001"
        assert snapshot(account) == before

    @pytest.mark.parametrize(
        ("ending", "kept"), [("COPY CURRENT GRANTS", True), ("REVOKE CURRENT GRANTS", False)]
    )
    def test_says_what_becomes_of_the_grants(
        self, account: Account, sql: Sql, ending: str, *, kept: bool
    ) -> None:
        sql("USERADMIN", KEY_GRANT)
        assert refusal(sql, "USERADMIN", TO_R)[0] == "003036"
        sql("USERADMIN", f"{TO_R} {ending}")
        assert ((MODIFY, user_id("U"), "R") in account.grants) is kept

    def test_lets_the_role_describe_the_user_which_the_key_privilege_does_not(
        self, sql: Sql
    ) -> None:
        sql("USERADMIN", KEY_GRANT)
        assert refusal(sql, "R", "DESC USER u")[0] == "003001"
        sql("USERADMIN", f"{TO_R} COPY CURRENT GRANTS")
        assert sql("R", "DESC USER u") == "NAME"


class TestAWorkloadIdentity:
    def test_is_a_service_users(self, account: Account, sql: Sql) -> None:
        identity = f"WORKLOAD_IDENTITY = (TYPE = AWS ARN = '{ARN}')"
        sql("USERADMIN", f"CREATE USER w TYPE = SERVICE {identity}")
        assert account.user("W").workload_arn == ARN
        assert account.user_of_workload(ARN) is account.user("W")
        assert refusal(sql, "USERADMIN", f"CREATE USER x TYPE = PERSON {identity}")[0] == "001008"

    @pytest.mark.parametrize(
        "identity",
        ["(TYPE = GCP ARN = 'a')", "(TYPE = AWS ARN = 'arn:aws:iam::1:user/x')"],
    )
    def test_of_another_kind_is_refused(self, account: Account, sql: Sql, identity: str) -> None:
        text = f"CREATE USER w TYPE = SERVICE WORKLOAD_IDENTITY = {identity}"
        assert refusal(sql, "USERADMIN", text)[0] == "001008"
        assert "W" not in account.users
