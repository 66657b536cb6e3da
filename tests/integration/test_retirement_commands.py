"""What a person or EventBridge asks of the retirement function, and what it answers."""

from collections.abc import Iterator

import pytest

from sandbox.aws.json.failures import AwsFailure
from sandbox.faults import Callback, When
from sandbox.snowflake import LOCKED_USER, Kind
from sandbox.stack import Stack
from tests.integration.observed import (
    AWS_CALLS_OF_A_ROTATION,
    failed_with,
    fingerprint_of,
    labels,
    lines,
    operations,
)
from tests.integration.retirement_runs import (
    AN_UNSET,
    FINDS_NOTHING_BESIDE,
    GRACE,
    LOOKS_FOR_ONE,
    RETIRES_AT_ONCE,
    failed_logins,
    forget,
    requests,
    returned,
    rotated,
)
from tests.shared.warm_function import warm_stack

NOTHING: dict[str, object] = {"retiredKeys": [], "tasksCutOff": [], "services": {}}


@pytest.fixture
def stack() -> Iterator[Stack]:
    """A secret that was rotated once, a moment ago; the key before it is in slot one."""
    with warm_stack(retention=GRACE) as stack:
        yield rotated(stack)


class TestEndGrace:
    def test_unsets_the_old_key_at_once(self, stack: Stack) -> None:
        old, new = stack.user.slots
        invocation = stack.command("end-grace")
        assert returned(invocation) == NOTHING | {"retiredKeys": [old]}
        assert operations(stack) == [*LOOKS_FOR_ONE, *RETIRES_AT_ONCE]
        assert (requests(stack), failed_logins(stack)) == (AN_UNSET, 0)
        assert stack.user.slots == (None, new)
        (line,) = lines(invocation)
        assert (line["level"], line["message"]) == ("WARNING", "keys cut off by command")
        assert (line["operation"], line["retiredKeys"]) == ("end-grace", [old])

    def test_repeated_it_does_nothing(self, stack: Stack) -> None:
        stack.command("end-grace")
        slots = stack.user.slots
        forget(stack)
        assert returned(stack.command("end-grace")) == NOTHING
        assert operations(stack) == [*LOOKS_FOR_ONE, *FINDS_NOTHING_BESIDE]
        assert stack.user.slots == slots

    def test_takes_an_arn_as_well_as_a_name(self, stack: Stack) -> None:
        event = {"operation": "end-grace", "secretId": stack.secret_arn}
        answer = returned(stack.retirement_function.invoke(event))
        assert isinstance(answer, dict)
        assert len(answer["retiredKeys"]) == 1

    def test_lets_a_rotation_go_on_that_was_refused(self, stack: Stack) -> None:
        failed_with(stack, "PreviousKeyInGrace")
        returned(stack.command("end-grace"))
        stack.aws.retry_rotation(stack.secret_arn)
        assert stack.aws.wait_for_rotation(stack.secret_arn).succeeded
        assert fingerprint_of(stack.read_current()) == stack.user.slots[0]

    def test_never_unsets_the_key_of_a_rotation_that_waits(self, stack: Stack) -> None:
        stack.command("end-grace")
        stack.snowflake.faults.add(Kind.LOGIN, LOCKED_USER, skip=1)
        forget(stack)
        failed_with(stack, "UserLockedOrDisabled")
        slots = stack.user.slots
        assert all(slots)
        assert returned(stack.command("end-grace")) == NOTHING
        assert stack.user.slots == slots

    def test_is_told_what_keeps_it(self, stack: Stack) -> None:
        stack.user.unset_key(2)
        invocation = stack.command("end-grace")
        assert invocation.error_field("errorType") == "RotationFunctionFailed"
        message = invocation.error_field("errorMessage") or ""
        assert message.startswith("The rotation function failed with CurrentKeyNotInstalled: ")
        assert message.endswith("Go on at the heading of that reason in docs/runbook.md.")
        assert stack.user.slots[0] is not None


class TestReplaceLeakedKey:
    def test_leaves_one_new_key_alone(self, stack: Stack) -> None:
        old, leaked = stack.user.slots
        invocation = stack.command("replace-leaked-key")
        assert returned(invocation) == NOTHING | {"retiredKeys": [old, leaked]}
        assert stack.user.slots == (fingerprint_of(stack.read_current()), None)
        assert failed_logins(stack) == 0
        kinds = requests(stack)
        assert kinds == {Kind.LOGIN: 5, Kind.STATEMENT: 12, Kind.CLOSE: 5}
        (line,) = lines(invocation)
        assert line["operation"] == "replace-leaked-key"

    def test_makes_these_calls_and_looks_until_the_label_has_moved(self, stack: Stack) -> None:
        stack.command("replace-leaked-key")
        looks = {"DescribeSecret", "ListSecretVersionIds"}
        expected = [*LOOKS_FOR_ONE, *RETIRES_AT_ONCE, "RotateSecret"]
        expected += [*AWS_CALLS_OF_A_ROTATION, *RETIRES_AT_ONCE]
        assert [one for one in operations(stack) if one not in looks] == [
            one for one in expected if one not in looks
        ]
        assert [event for _, event in stack.lambda_api.events] == [
            {
                "Operation": "retire-old-key",
                "SecretId": stack.secret_arn,
                "VersionId": labels(stack)[label][0],
                "EndGrace": True,
            }
            for label in ("AWSPREVIOUS", "AWSCURRENT")
        ]

    def test_works_where_the_old_key_was_gone(self, stack: Stack) -> None:
        stack.command("end-grace")
        _, leaked = stack.user.slots
        answer = returned(stack.command("replace-leaked-key"))
        assert answer == NOTHING | {"retiredKeys": [leaked]}
        assert stack.user.slots == (fingerprint_of(stack.read_current()), None)

    def test_takes_up_a_rotation_that_was_refused(self, stack: Stack) -> None:
        failed_with(stack, "PreviousKeyInGrace")
        (pending,) = labels(stack)["AWSPENDING"]
        slots = stack.user.slots
        answer = returned(stack.command("replace-leaked-key"))
        assert answer == NOTHING | {"retiredKeys": list(slots)}
        assert labels(stack)["AWSCURRENT"] == [pending]
        assert stack.user.slots == (fingerprint_of(stack.read_current()), None)

    def test_that_was_killed_after_the_promotion_is_finished_by_the_same_command(
        self, stack: Stack
    ) -> None:
        leaked = stack.user.slots[1]
        kill = Callback(lambda _: stack.retirement_function.kill())
        stack.aws.faults.add("UpdateSecretVersionStage", kill, when=When.AFTER)
        invocation = stack.command("replace-leaked-key")
        assert invocation.error_field("errorType") == "Runtime.ExitError"
        assert stack.aws.wait_for_rotation(stack.secret_arn).succeeded
        assert leaked in stack.user.slots
        answer = returned(stack.command("replace-leaked-key"))
        assert isinstance(answer, dict)
        assert answer["retiredKeys"][0] == leaked
        assert stack.user.slots == (None, fingerprint_of(stack.read_current()))

    def test_is_refused_when_the_rotation_is_denied(self, stack: Stack) -> None:
        stack.aws.faults.add("RotateSecret", AwsFailure("AccessDeniedException"))
        invocation = stack.command("replace-leaked-key")
        assert invocation.error_field("errorType") == "SecretsManagerDenied"
        assert "RotateSecret" in (invocation.error_field("errorMessage") or "")
        assert stack.user.slots == (None, fingerprint_of(stack.read_current()))

    def test_switches_rotation_on_again_as_rotate_secret_does(self, stack: Stack) -> None:
        stack.aws.client().cancel_rotate_secret(SecretId=stack.secret_arn)
        invocation = stack.command("replace-leaked-key")
        assert invocation.error_field("errorType") is None
        described = stack.aws.client().describe_secret(SecretId=stack.secret_arn)
        assert described["RotationEnabled"] is True
