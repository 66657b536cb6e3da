"""setup/snowflake run by an administrator with the real connector, and what it makes possible."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from snowflake.connector.errors import DatabaseError, ProgrammingError

from sandbox.snowflake.account.grants import SYSTEM_GRANTS, SYSTEM_ROLES
from sandbox.snowflake.account.policies import AuthenticationPolicy, NetworkPolicy, NetworkRule
from sandbox.snowflake.objects import Kind, ObjectId
from sandbox.stack import ROLE, USER
from tests.integration.setup_world import (
    ADMIN,
    ELSEWHERE,
    HERE,
    REPOSITORY,
    SETUP,
    World,
    one_line,
    script,
)
from tests.shared import keys
from tests.shared.warm_function import warm_stack

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.filterwarnings(
    "ignore:enable_server_session_keep_alive_auto_detection was not set:FutureWarning"
)
MODIFY = "MODIFY PROGRAMMATIC AUTHENTICATION METHODS"
SCHEMA = ("SERVICE_USERS", "POLICIES")
KEY_PAIR_POLICY = ObjectId(Kind.AUTHENTICATION_POLICY, (*SCHEMA, "SVC_PIPELINE_KEY_PAIR"))
ADDRESSES = ObjectId(Kind.NETWORK_RULE, (*SCHEMA, "SVC_PIPELINE_ADDRESSES"))
NETWORK = ObjectId(Kind.NETWORK_POLICY, ("SVC_PIPELINE_NETWORK",))


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("SNOWFLAKE_DISABLE_PLATFORM_DETECTION", "true")
    with warm_stack() as stack:
        yield World(stack)


def privileges_of(world: World, role: str) -> set[tuple[str, str]]:
    return {(grant[0], str(grant[1])) for grant in world.account.grants if grant[2] == role}


class TestServiceUserSql:
    def test_creates_a_user_that_may_change_its_own_keys_and_nothing_else(
        self, world: World
    ) -> None:
        world.set_up()
        user = world.account.user(USER)
        assert user.user_type == "SERVICE"
        assert user.slots[1] is None
        assert user.roles == {"PUBLIC", ROLE}
        assert privileges_of(world, ROLE) == {(MODIFY, USER)}
        assert privileges_of(world, "PUBLIC") == set()

    def test_guards_the_user_with_both_policies(self, world: World) -> None:
        world.set_up(HERE, "198.51.100.0/28")
        user, objects = world.account.user(USER), world.account.objects
        assert user.authentication_policy == KEY_PAIR_POLICY
        assert user.network_policy == NETWORK
        assert objects[KEY_PAIR_POLICY] == AuthenticationPolicy(
            frozenset({"KEYPAIR"}), frozenset({"DRIVERS"})
        )
        assert objects[NETWORK] == NetworkPolicy(allowed=(ADDRESSES,))
        assert objects[ADDRESSES] == NetworkRule("IPV4", (HERE, "198.51.100.0/28"))

    def test_needs_three_roles_and_never_accountadmin(self, world: World) -> None:
        world.set_up()
        used = {entry.role for entry in world.stack.snowflake.record.statements}
        assert used - {"ACCOUNTADMIN"} == {"SYSADMIN", "SECURITYADMIN", "USERADMIN"}
        as_admin = [e for e in world.stack.snowflake.record.statements if e.role == "ACCOUNTADMIN"]
        assert [entry.sql.rstrip(";") for entry in as_admin] == ["USE ROLE SYSADMIN"]

    @pytest.mark.parametrize("missing", ["SYSADMIN", "SECURITYADMIN"])
    def test_stops_where_the_administrator_lacks_a_role(self, world: World, missing: str) -> None:
        (held,) = {"SYSADMIN", "SECURITYADMIN"} - {missing}
        world.account.user(ADMIN).roles = {held}
        with pytest.raises(ProgrammingError, match=f"Requested role '{missing}'"):
            world.run(script(world.public_key, HERE), held)
        assert USER not in world.account.users

    def test_a_mark_that_was_not_replaced_is_refused_by_snowflake(self, world: World) -> None:
        with pytest.raises(ProgrammingError) as caught:
            world.run((SETUP / "service_user.sql").read_text(encoding="utf-8"))
        assert caught.value.errno == 1003
        assert USER not in world.account.users

    def test_the_names_are_those_of_the_readme(self, world: World) -> None:
        readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
        block = re.search(r"```sql\n(CREATE USER.*?)```", readme, re.DOTALL)
        assert block, "the README shows a short form of the script"
        public_key = one_line(world.public_key)
        world.run(re.sub(r"'<[^>]*>'", f"'{public_key}'", block[1]))
        assert world.account.user(USER).roles == {"PUBLIC", ROLE}
        assert (MODIFY, USER) in privileges_of(world, ROLE)


class TestARotationOfThisUser:
    def test_succeeds_with_the_rotation_role(self, world: World) -> None:
        world.rotatable()
        assert world.stack.rotate().succeeded
        statements = world.stack.snowflake.record.statements
        assert len(statements) == 7
        assert {entry.role for entry in statements} == {ROLE}

    def test_survives_a_second_run_of_the_script(self, world: World) -> None:
        world.rotatable()
        world.stack.rotate()
        slots = world.account.user(USER).slots
        grants = world.account.grants

        world.set_up(HERE, ELSEWHERE)

        assert world.account.user(USER).slots == slots
        assert world.account.grants == grants
        assert world.account.objects[ADDRESSES] == NetworkRule("IPV4", (HERE, ELSEWHERE))
        assert world.stack.rotate().succeeded

    def test_stops_with_insufficient_privilege_when_the_grant_is_taken_away(
        self, world: World
    ) -> None:
        world.rotatable()
        slots = world.account.user(USER).slots
        world.run(f"REVOKE {MODIFY} ON USER svc_pipeline FROM ROLE svc_pipeline_rotation")
        assert world.last_error() == "InsufficientPrivilege"
        assert world.account.user(USER).slots == slots

    def test_stops_with_network_policy_blocked_when_the_function_is_elsewhere(
        self, world: World
    ) -> None:
        world.rotatable()
        world.set_up(ELSEWHERE)
        assert world.last_error() == "NetworkPolicyBlocked"

    def test_stops_when_the_authentication_policy_has_no_key_pair(self, world: World) -> None:
        world.rotatable()
        world.account.objects[KEY_PAIR_POLICY] = AuthenticationPolicy(frozenset({"OAUTH"}))
        assert world.last_error() == "AuthenticationPolicyBlocked"


class TestALogin:
    @pytest.mark.parametrize(
        ("change", "errno"),
        [
            ("none", None),
            ("the network rule names another address", 390422),
            ("the authentication policy allows passwords only", 390202),
        ],
    )
    def test_is_judged_by_the_policies(self, world: World, change: str, errno: int | None) -> None:
        world.set_up(ELSEWHERE if change.startswith("the network") else HERE)
        if errno == 390202:
            world.account.objects[KEY_PAIR_POLICY] = AuthenticationPolicy(frozenset({"PASSWORD"}))
        if errno is None:
            world.connect(USER, world.private_key, ROLE).close()
            return
        with pytest.raises(DatabaseError) as caught:
            world.connect(USER, world.private_key, ROLE)
        assert caught.value.errno == errno or str(errno) in str(caught.value)
        assert world.stack.snowflake.record.logins[-1].outcome == str(errno)


class TestRemoveSql:
    @pytest.fixture
    def text(self) -> str:
        return (SETUP / "remove.sql").read_text(encoding="utf-8")

    def test_leaves_nothing(self, world: World, text: str) -> None:
        world.rotatable()
        world.stack.rotate()
        world.run(text)
        assert set(world.account.users) == {ADMIN}
        assert world.account.roles == SYSTEM_ROLES
        assert world.account.objects == {}
        assert world.account.grants == SYSTEM_GRANTS

    def test_keeps_the_database_while_another_user_is_guarded_from_it(
        self, world: World, text: str
    ) -> None:
        world.set_up()
        world.run(script(keys.key_pair("foreign")[1], HERE).replace("svc_pipeline", "svc_other"))
        with pytest.raises(ProgrammingError):
            world.run(text)
        assert set(world.account.users) == {ADMIN, "SVC_OTHER"}
        assert ObjectId(Kind.DATABASE, ("SERVICE_USERS",)) in world.account.objects

    def test_says_so_when_there_is_nothing_left_to_remove(self, world: World, text: str) -> None:
        world.set_up()
        world.run(text)
        world.run(text)
        outcomes = {e.outcome for e in world.stack.snowflake.record.statements}
        assert outcomes == {"success"}
