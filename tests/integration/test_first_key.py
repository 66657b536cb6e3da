"""A user's first key: a secret with account and user only, and a rotation admin."""

import json
from collections.abc import Iterator

import pytest

from sandbox.faults import Cut, When
from sandbox.snowflake import Kind
from sandbox.stack import SECRET_NAME, USER, Stack, rotation_admin
from sandbox.stack.rotation_admin import ADMIN, ADMIN_ROLE, IAM_ROLE
from tests.integration.observed import (
    failed_with,
    fingerprint_of,
    forget,
    labels,
    lines,
)
from tests.shared import keys
from tests.shared.warm_function import warm_stack

IDENTITIES = {
    "secret": rotation_admin.from_secret,
    "workload identity": rotation_admin.workload_identity,
}


@pytest.fixture(params=IDENTITIES)
def stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    with warm_stack(admin=IDENTITIES[request.param], first_key=True) as stack:
        stack.attach()
        forget(stack)
        yield stack


@pytest.fixture
def one() -> Iterator[Stack]:
    with warm_stack(admin=rotation_admin.workload_identity, first_key=True) as stack:
        stack.attach()
        forget(stack)
        yield stack


def test_the_first_rotation_makes_installs_and_promotes_the_first_key(stack: Stack) -> None:
    outcome = stack.rotate()
    assert outcome.succeeded
    content = stack.read_current()
    assert stack.user.slots == (fingerprint_of(content), None)
    assert content.keys() == {"account", "user", "warehouse", "privateKey", "publicKey"}
    assert labels(stack)["AWSCURRENT"] == [outcome.version_id]
    assert [login.outcome for login in stack.snowflake.record.logins] == ["success"] * 3


def test_the_next_ones_are_as_any_other_and_need_no_ownership(stack: Stack) -> None:
    stack.rotate()
    stack.account.grant("OWNERSHIP", on_user=USER, to_role="USERADMIN")
    assert stack.rotate().succeeded
    assert stack.user.slots == (None, fingerprint_of(stack.read_current()))
    assert stack.rotate().succeeded


def test_a_lost_answer_does_no_harm(one: Stack) -> None:
    one.snowflake.faults.add(Kind.STATEMENT, Cut(), when=When.AFTER, about="ALTER", times=None)
    failed_with(one, "SnowflakeUnreachable")
    installed = one.user.slots
    one.snowflake.faults.clear()
    one.aws.retry_rotation(one.secret_arn)
    assert one.aws.wait_for_rotation(one.secret_arn).succeeded
    assert one.user.slots == installed == (fingerprint_of(one.read_current()), None)


@pytest.mark.parametrize("slot", [1, 2])
def test_a_key_in_either_slot_is_left_alone(one: Stack, slot: int) -> None:
    one.user.set_key(slot, keys.key_pair("foreign")[1])  # type: ignore[arg-type]
    before = one.user.slots
    message = failed_with(one, "SlotsNotEmpty")
    assert str(before[slot - 1]) in message
    assert one.user.slots == before


def test_without_an_admin_there_is_no_first_key() -> None:
    with warm_stack() as stack:
        stack.attach()
        stack.aws.client().put_secret_value(
            SecretId=SECRET_NAME,
            SecretString=json.dumps({"account": stack.account.name, "user": USER}),
        )
        forget(stack)
        failed_with(stack, "FirstKeyNeedsAdmin")
        assert stack.snowflake.record.calls == []
        assert "PutSecretValue" not in [call.operation for call in stack.aws.record.calls]


def test_a_user_that_the_stack_does_not_allow_gets_none() -> None:
    environment = {"ALLOWED_USERS": "APP_*"}
    with warm_stack(
        admin=rotation_admin.workload_identity, first_key=True, environment=environment
    ) as stack:
        with pytest.raises(RuntimeError, match="IdentityNotAllowed"):
            stack.attach()
        assert stack.snowflake.record.calls == []


def test_a_user_that_the_admin_does_not_own_is_not_guessed_about(one: Stack) -> None:
    one.account.grant("OWNERSHIP", on_user=USER, to_role="USERADMIN")
    message = failed_with(one, "SlotsNotVisible")
    assert "GRANT OWNERSHIP ON USER" in message
    assert one.user.slots == (None, None)


def test_a_user_with_another_login_name_is_not_taken_for_it(one: Stack) -> None:
    one.user.login_name = "SOMEBODY"
    failed_with(one, "WrongUser")
    assert one.user.slots == (None, None)


class TestRotateImmediatelyFalse:
    """Secrets Manager calls testSecret alone, on a copy of the value, which has no key."""

    def test_passes_when_a_first_rotation_can_begin_and_says_so(self) -> None:
        with warm_stack(admin=rotation_admin.workload_identity, first_key=True) as stack:
            stack.attach(rotate_immediately=False)
            (invocation,) = stack.invocations
            (line,) = lines(invocation)
            assert line["decided"].startswith("bootstrap: rotate immediately")
            sent = [(one.user, one.role, one.kind) for one in stack.snowflake.record.statements]
            assert sent == [(ADMIN, ADMIN_ROLE, "DESC USER")]
            assert stack.user.slots == (None, None)

    @pytest.mark.parametrize("reason", ["SlotsNotEmpty", "SlotsNotVisible", "AdminLoginRejected"])
    def test_fails_with_what_the_first_rotation_would_say(self, reason: str) -> None:
        with warm_stack(admin=rotation_admin.workload_identity, first_key=True) as stack:
            match reason:
                case "SlotsNotEmpty":
                    stack.user.set_key(2, keys.key_pair("foreign")[1])
                case "SlotsNotVisible":
                    stack.account.grant("OWNERSHIP", on_user=USER, to_role="USERADMIN")
                case _:
                    stack.account.user(ADMIN).workload_arn = f"{IAM_ROLE}-of-another-stack"
            with pytest.raises(RuntimeError, match=reason):
                stack.attach(rotate_immediately=False)
