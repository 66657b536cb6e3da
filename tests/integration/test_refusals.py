"""Rotations that are refused: what is said, and what was left untouched."""

import pytest

from sandbox.aws.json.failures import AwsFailure
from sandbox.faults import Hang
from sandbox.snowflake import LOCKED_USER, Kind
from sandbox.stack import Stack
from tests.integration.observed import (
    edit_secret,
    event,
    failed_with,
    fingerprint_of,
    forget,
    labels,
    lines,
    metrics,
)
from tests.shared import keys
from tests.shared.warm_function import warm_stack


class TestRefusals:
    def test_a_foreign_key_is_named_and_left_and_the_rotation_resumes_when_it_is_gone(
        self, stack: Stack
    ) -> None:
        _, foreign = keys.key_pair("foreign")
        stack.user.set_key(2, foreign)
        slots = stack.user.slots
        message = failed_with(stack, "ForeignKey")
        assert f"RSA_PUBLIC_KEY_2 holds {slots[1]}, set 20" in message
        assert stack.user.slots == slots
        (pending,) = labels(stack)["AWSPENDING"]
        stack.user.unset_key(2)
        stack.aws.retry_rotation(stack.secret_arn)
        assert stack.aws.wait_for_rotation(stack.secret_arn).succeeded
        assert labels(stack)["AWSCURRENT"] == [pending]

    def test_a_key_of_an_abandoned_rotation_is_replaced(self, stack: Stack) -> None:
        stack.snowflake.faults.add(Kind.LOGIN, LOCKED_USER, skip=1)
        abandoned = stack.rotate().version_id
        assert all(stack.user.slots)
        stack.aws.client().update_secret_version_stage(
            SecretId=stack.secret_arn, VersionStage="AWSPENDING", RemoveFromVersionId=abandoned
        )
        assert stack.rotate().succeeded
        assert stack.user.slots == (None, fingerprint_of(stack.read_current()))

    def test_a_current_key_that_is_not_installed_is_refused(self, stack: Stack) -> None:
        stack.user.unset_key(1)
        message = failed_with(stack, "CurrentKeyNotInstalled")
        assert "(code 390144)" in message
        assert "Make sure that account and user" in message
        assert stack.user.slots == (None, None)
        assert len(stack.snowflake.record.logins) == 2

    def test_a_named_key_pair_is_no_lockout_and_stays_when_its_key_is_rotated(
        self, stack: Stack
    ) -> None:
        old = stack.read_current()
        stack.user.key_pairs["MINE"] = stack.user.key_slot(1)
        stack.user.unset_key(1)
        assert stack.rotate().succeeded
        new = fingerprint_of(stack.read_current())
        assert stack.user.slots == (new, None)
        assert stack.user.key_pairs["MINE"].fingerprint == fingerprint_of(old)
        (line,) = lines(stack.invocations[-1])
        assert (line["level"], line["reason"]) == ("ERROR", "NamedKeyPairStays")
        assert stack.rotate().succeeded
        assert fingerprint_of(stack.read_current()) == stack.user.slots[1]

    def test_another_login_name_is_one_of_the_causes_told(self, stack: Stack) -> None:
        stack.user.login_name = "SOMEBODY@EXAMPLE.COM"
        before = stack.user.slots
        message = failed_with(stack, "CurrentKeyNotInstalled")
        for cause in ("in a slot", "LOGIN_NAME", "another form", "clock"):
            assert cause in message
        assert "installs" not in message, "nobody has seen the slots"
        assert stack.user.slots == before

    def test_a_current_key_taken_after_alter_user_is_healed(self, stack: Stack) -> None:
        stack.snowflake.faults.add(Kind.LOGIN, LOCKED_USER, skip=1)
        failed_with(stack, "UserLockedOrDisabled")
        stack.user.unset_key(1)
        stack.aws.retry_rotation(stack.secret_arn)
        assert stack.aws.wait_for_rotation(stack.secret_arn).succeeded
        assert stack.user.slots == (None, fingerprint_of(stack.read_current()))

    def test_a_missing_privilege_is_named(self) -> None:
        with warm_stack(environment={"SNOWFLAKE_ROLE": ""}) as stack:
            stack.attach()
            message = failed_with(stack, "InsufficientPrivilege")
            assert "GRANT MODIFY PROGRAMMATIC AUTHENTICATION METHODS" in message
            assert stack.user.slots[1] is None

    def test_a_role_that_is_not_granted_is_named(self) -> None:
        with (
            warm_stack(environment={"SNOWFLAKE_ROLE": "ACCOUNTADMIN"}) as stack,
            pytest.raises(RuntimeError, match="RoleNotGranted"),
        ):
            stack.attach()

    def test_denied_calls_of_aws_are_named(self, stack: Stack) -> None:
        stack.aws.faults.add("PutSecretValue", AwsFailure("AccessDeniedException"))
        assert "PutSecretValue" in failed_with(stack, "SecretsManagerDenied")

    @pytest.mark.parametrize("edit", [{"user": "ADMIN"}, {"account": "EVIL-ACCOUNT"}])
    def test_an_edited_secret_is_refused_without_a_request_or_a_write(
        self, stack: Stack, edit: dict[str, str]
    ) -> None:
        edit_secret(stack, edit)
        forget(stack)
        message = failed_with(stack, "IdentityNotAllowed")
        assert "In the AWSCURRENT version: " in message
        assert next(iter(edit.values())) in message
        assert stack.snowflake.record.calls == []
        calls = [call.operation for call in stack.aws.record.calls]
        assert calls == ["RotateSecret", "DescribeSecret", *["GetSecretValue"] * 2]
        by_reason, _ = metrics(stack.invocations[-1])
        assert (by_reason["reason"], by_reason["Failure"]) == ("IdentityNotAllowed", [1.0])
        assert by_reason["service"] == "snowflake-key-rotation"

    def test_the_patterns_are_settings(self) -> None:
        allowed = {"ALLOWED_SNOWFLAKE_ACCOUNTS": "myorg-sand?ox", "ALLOWED_USERS": "x,svc_pipe*"}
        with warm_stack(environment=allowed) as stack:
            stack.attach(rotate_immediately=True)

    @pytest.mark.parametrize("name", ["ALLOWED_SNOWFLAKE_ACCOUNTS", "ALLOWED_USERS"])
    def test_without_patterns_nothing_is_done(self, name: str) -> None:
        with warm_stack(environment={name: ""}) as stack:
            forget(stack)
            invocation = stack.invoke(event("create-secret", stack))
            assert invocation.error_field("errorType") == "InvalidSettings"
            assert name in (invocation.error_field("errorMessage") or "")
            assert stack.aws.record.calls == []

    def test_a_user_that_the_stack_allows_keeps_its_keys_all_the_same(self) -> None:
        with warm_stack(environment={"ALLOWED_USERS": "*"}) as stack:
            stack.attach()
            stack.account.create_user("ADMIN", rsa_public_key=keys.key_pair("foreign")[1])
            before = stack.account.user("ADMIN").slots
            edit_secret(stack, {"user": "ADMIN"})
            failed_with(stack, "CurrentKeyNotInstalled")
            assert stack.account.user("ADMIN").slots == before

    @pytest.mark.long
    def test_a_hanging_snowflake_is_reported_before_lambda_kills_the_function(self) -> None:
        with Stack(timeout_seconds=40) as stack:
            stack.attach()
            stack.snowflake.faults.add(Kind.LOGIN, Hang(), times=None)
            message = failed_with(stack, "SnowflakeUnreachable")
            assert "network path" in message
