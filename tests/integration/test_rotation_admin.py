"""Whole rotations in which a rotation admin alters the service user, by either identity."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from sandbox.snowflake import Kind, missing_privilege
from sandbox.stack import USER, Stack, rotation_admin
from sandbox.stack.rotation_admin import (
    ADMIN,
    ADMIN_ROLE,
    ADMIN_SECRET,
    MODIFY,
)
from tests.integration.observed import failed_with, fingerprint_of, forget, lines
from tests.shared.warm_function import warm_stack

IDENTITIES = {
    "secret": rotation_admin.from_secret,
    "workload identity": rotation_admin.workload_identity,
}


@pytest.fixture(params=IDENTITIES)
def stack(request: pytest.FixtureRequest) -> Iterator[Stack]:
    with warm_stack(admin=IDENTITIES[request.param]) as stack:
        stack.attach()
        forget(stack)
        yield stack


@pytest.fixture
def with_secret() -> Iterator[Stack]:
    with warm_stack(admin=rotation_admin.from_secret) as stack:
        stack.attach()
        forget(stack)
        yield stack


def admin_secret(stack: Stack) -> str:
    return stack.aws.client().describe_secret(SecretId=ADMIN_SECRET)["ARN"]


class TestARotation:
    def test_reads_as_the_service_user_and_alters_as_the_admin(self, stack: Stack) -> None:
        assert stack.rotate().succeeded
        sent = [(one.user, one.role, one.kind) for one in stack.snowflake.record.statements]
        reads, alters = (USER, "PUBLIC", "DESC USER"), (ADMIN, ADMIN_ROLE, "ALTER USER")
        assert sent == [
            *(reads, reads, alters, reads),
            *((USER, "PUBLIC", "SELECT"), reads),
            *(reads, reads, alters),
        ]
        assert stack.user.slots == (None, fingerprint_of(stack.read_current()))

    def test_costs_two_more_logins_and_looks_again_before_each_change(self, stack: Stack) -> None:
        assert stack.rotate().succeeded
        kinds = Counter(request.operation for request in stack.snowflake.record.calls)
        assert kinds == {Kind.LOGIN: 5, Kind.STATEMENT: 9, Kind.CLOSE: 5}
        calls = Counter(call.operation for call in stack.aws.record.calls)
        calls.pop("RotateSecret")
        from_secret = "ADMIN_SECRET_ARN" in stack.function_environment()
        assert calls == {
            "DescribeSecret": 6,
            "GetSecretValue": 9 if from_secret else 7,
            "PutSecretValue": 1,
            "UpdateSecretVersionStage": 2,
        }

    def test_goes_on_in_the_other_slot(self, stack: Stack) -> None:
        stack.rotate()
        assert stack.rotate().succeeded
        assert stack.user.slots == (fingerprint_of(stack.read_current()), None)

    def test_does_not_depend_on_default_roles(self, stack: Stack) -> None:
        for user in stack.account.users.values():
            user.default_role = "NOT_GRANTED"
        assert stack.rotate().succeeded

    def test_needs_no_ownership_and_no_more_than_the_one_privilege(self, stack: Stack) -> None:
        assert stack.rotate().succeeded
        held = {(g[0], g[1].name) for g in stack.account.grants if g[2] == ADMIN_ROLE}
        assert held - {(MODIFY, ADMIN)} == {(MODIFY, USER)}


class TestARefusal:
    def test_of_the_admins_login(self, stack: Stack) -> None:
        stack.account.user(ADMIN).disabled = True
        before = stack.user.slots
        message = failed_with(stack, "AdminLoginRejected")
        assert message.startswith("As the rotation admin: The login failed")
        assert "No slot was changed." in message
        assert stack.user.slots == before

    def test_of_the_admins_role(self, stack: Stack) -> None:
        stack.account.user(ADMIN).roles.discard(ADMIN_ROLE)
        assert "role" in failed_with(stack, "AdminLoginRejected")

    def test_for_want_of_the_privilege(self, stack: Stack) -> None:
        stack.account.grants = {g for g in stack.account.grants if g[0] != MODIFY}
        message = failed_with(stack, "AdminPrivilegeMissing")
        assert "the admin's role" in message

    def test_after_the_promotion_is_reported_and_not_raised(self, stack: Stack) -> None:
        stack.snowflake.faults.add(Kind.STATEMENT, missing_privilege(USER), about="UNSET")
        outcome = stack.rotate()
        assert outcome.succeeded
        (line,) = lines(stack.invocations[-1])
        assert line["reason"] == "AdminPrivilegeMissing"
        assert stack.user.slots[1] == fingerprint_of(stack.read_current())

    def test_of_a_current_key_that_does_not_prove_itself(self, stack: Stack) -> None:
        """A secret that names another user: the admin could alter it, and nobody asks it to."""
        stack.user.unset_key(1)
        failed_with(stack, "CurrentKeyNotInstalled")
        assert {login.login_name for login in stack.snowflake.record.logins} == {USER}


class TestTheAdminsSecret:
    def test_that_can_not_be_read(self, with_secret: Stack) -> None:
        client = with_secret.aws.client()
        client.put_secret_value(SecretId=ADMIN_SECRET, SecretString='{"user": "ADMIN"}')
        message = failed_with(with_secret, "AdminSecretUnusable")
        assert message.startswith("In the rotation admin's secret: The secret's field account")
        assert with_secret.snowflake.record.logins == []

    @pytest.mark.parametrize("at_once", [True, False])
    def test_that_is_gone(self, with_secret: Stack, at_once: bool) -> None:  # noqa: FBT001
        with_secret.aws.client().delete_secret(
            SecretId=ADMIN_SECRET, ForceDeleteWithoutRecovery=at_once
        )
        failed_with(with_secret, "AdminSecretUnusable")

    def test_that_names_another_account_is_refused_before_any_login(
        self, with_secret: Stack
    ) -> None:
        client = with_secret.aws.client()
        value = client.get_secret_value(SecretId=ADMIN_SECRET)["SecretString"]
        client.put_secret_value(
            SecretId=ADMIN_SECRET, SecretString=value.replace("MYORG-SANDBOX", "MYORG-OTHER")
        )
        message = failed_with(with_secret, "AdminInOtherAccount")
        assert re.match(r"The rotation admin's secret names account 'MYORG-OTHER'", message)
        assert with_secret.snowflake.record.logins == []

    def test_is_rotated_by_the_same_function_by_the_admin_itself(self) -> None:
        environment = {"ALLOWED_USERS": f"SVC_*,{ADMIN}"}
        with warm_stack(admin=rotation_admin.from_secret, environment=environment) as stack:
            arn = admin_secret(stack)
            stack.aws.client().rotate_secret(
                SecretId=arn,
                RotationLambdaARN=stack.function.arn,
                RotationRules={"ScheduleExpression": "rate(30 days)"},
            )
            assert stack.aws.wait_for_rotation(arn).succeeded
            sent = {(one.user, one.role) for one in stack.snowflake.record.statements}
            assert sent == {(ADMIN, ADMIN_ROLE)}
            assert stack.account.user(ADMIN).slots[0] is None
            stack.attach()
            assert stack.rotate().succeeded
