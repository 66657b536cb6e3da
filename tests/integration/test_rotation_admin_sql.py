"""The scripts for a rotation admin and a user's first key, run by an administrator."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives import serialization
from snowflake.connector.errors import ProgrammingError

from sandbox.snowflake.objects import role_id, user_id
from sandbox.stack import USER, Stack, rotation_admin
from sandbox.stack.rotation_admin import (
    ADMIN,
    ADMIN_ROLE,
    ADMIN_SECRET,
    IAM_ROLE,
    MODIFY,
)
from tests.integration.observed import fingerprint_of, forget
from tests.integration.setup_world import SETUP, World, one_line
from tests.shared.warm_function import warm_stack

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.filterwarnings(
    "ignore:enable_server_session_keep_alive_auto_detection was not set:FutureWarning"
)
SCRIPTS = {
    "rotation_admin.sql": rotation_admin.from_secret,
    "rotation_admin_wif.sql": rotation_admin.workload_identity,
}


@pytest.fixture(params=SCRIPTS)
def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A stack that is set up for an admin whom only the script creates."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("SNOWFLAKE_DISABLE_PLATFORM_DETECTION", "true")
    with warm_stack(admin=SCRIPTS[request.param], first_key=True) as stack:
        world = World(stack)
        stack.account.remove(user_id(ADMIN))
        stack.account.remove(role_id(ADMIN_ROLE))
        run(world, request.param)
        yield world


def run(world: World, name: str) -> None:
    """Run a script with its variables replaced, as the Snowflake CLI does it."""
    text = (SETUP / name).read_text(encoding="utf-8").replace("<% role_arn %>", IAM_ROLE)
    if "<% public_key %>" in text:
        text = text.replace("<% public_key %>", admins_public_key(world.stack))
    world.run(text)


def admins_public_key(stack: Stack) -> str:
    answer = stack.aws.client().get_secret_value(SecretId=ADMIN_SECRET)
    pem = json.loads(answer["SecretString"])["privateKey"]
    public = serialization.load_pem_private_key(pem.encode(), None).public_key()
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    return one_line(public.public_bytes(serialization.Encoding.PEM, kind).decode())


def privileges(world: World) -> set[tuple[str, str]]:
    return {(grant[0], str(grant[1])) for grant in world.account.grants if grant[2] == ADMIN_ROLE}


def test_the_admin_gets_a_role_and_nothing_else(world: World) -> None:
    user = world.account.user(ADMIN)
    assert user.user_type == "SERVICE"
    assert user.roles == {"PUBLIC", ADMIN_ROLE}
    assert privileges(world) <= {(MODIFY, ADMIN)}


def test_from_create_user_to_the_first_login_no_key_is_on_a_screen(world: World) -> None:
    run(world, "first_key.sql")
    world.stack.attach(rotate_immediately=False)
    forget(world.stack)

    assert world.stack.rotate().succeeded
    run(world, "after_first_key.sql")

    content = world.stack.read_current()
    assert world.account.user(USER).slots == (fingerprint_of(content), None)
    with world.connect(USER, content["privateKey"]) as connection:
        assert connection.cursor().execute("SELECT CURRENT_USER()").fetchall() == [(USER,)]
    sent = [entry.sql for entry in world.stack.snowflake.record.statements]
    assert not [sql for sql in sent if "PRIVATE" in sql]


def test_afterwards_one_privilege_is_left_and_is_enough(world: World) -> None:
    run(world, "first_key.sql")
    world.stack.attach()
    assert world.stack.rotate().succeeded
    run(world, "after_first_key.sql")
    assert privileges(world) - {(MODIFY, ADMIN)} == {(MODIFY, USER)}
    assert world.stack.rotate().succeeded


def test_a_second_run_of_every_script_changes_no_key(world: World) -> None:
    run(world, "first_key.sql")
    world.stack.attach()
    world.stack.rotate()
    run(world, "after_first_key.sql")
    before = {name: user.slots for name, user in world.account.users.items()}
    run(world, "first_key.sql")
    run(world, "after_first_key.sql")
    assert {name: user.slots for name, user in world.account.users.items()} == before
    assert world.stack.rotate().succeeded


def test_ownership_does_not_move_while_a_grant_would_be_lost_in_silence(world: World) -> None:
    run(world, "first_key.sql")
    with pytest.raises(ProgrammingError, match="Dependent grant"):
        world.run("GRANT OWNERSHIP ON USER svc_pipeline TO ROLE USERADMIN", "SECURITYADMIN")
    world.run(
        "GRANT OWNERSHIP ON USER svc_pipeline TO ROLE USERADMIN REVOKE CURRENT GRANTS",
        "SECURITYADMIN",
    )
    assert privileges(world) <= {(MODIFY, ADMIN)}
