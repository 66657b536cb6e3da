"""A rotation that keeps the old key, and the retirement function that has it unset later."""

import re
from collections.abc import Iterator

import pytest

from sandbox.snowflake import LOCKED_USER, Kind
from sandbox.stack import SECRET_NAME, USER, Stack
from tests.integration.observed import (
    AWS_CALLS_OF_A_ROTATION,
    failed_with,
    fingerprint_of,
    labels,
    lines,
    operations,
)
from tests.integration.retirement_runs import (
    A_LOOK,
    AFTER_THE_GRACE_DAYS,
    AN_UNSET,
    FINDS_AN_OLD_KEY,
    FINDS_NOTHING_BESIDE,
    GRACE,
    LOOKS_FOR_SECRETS,
    RETIRES,
    counted,
    failed_logins,
    forget,
    requests,
    returned,
    rotated,
)
from tests.shared.hourly import run_retirement
from tests.shared.warm_function import warm_stack


@pytest.fixture
def stack() -> Iterator[Stack]:
    """A secret that was rotated once, a moment ago; the key before it is in slot one."""
    with warm_stack(retention=GRACE) as stack:
        yield rotated(stack)


def test_a_rotation_keeps_the_old_key_and_makes_one_request_less() -> None:
    with warm_stack(retention=GRACE) as stack:
        stack.attach()
        forget(stack)
        old = fingerprint_of(stack.read_current())
        stack.aws.record.clear()
        assert stack.rotate().succeeded
        assert operations(stack) == ["RotateSecret", *AWS_CALLS_OF_A_ROTATION]
        assert requests(stack) == {Kind.LOGIN: 3, Kind.STATEMENT: 6, Kind.CLOSE: 3}
        assert failed_logins(stack) == 0
        assert "UNSET" not in "".join(s.sql for s in stack.snowflake.record.statements)
        assert stack.user.slots == (old, fingerprint_of(stack.read_current()))
        last = lines(stack.invocations[-1])[-1]
        kept = "the old key stays until its grace is over, and no task or replica needs it"
        assert (last["decided"], last["done"]) == (
            f"promote; {kept}",
            f"AWSCURRENT moved; {kept}",
        )


class TestInItsGrace:
    def test_the_old_key_is_looked_at_with_one_login_and_left(self, stack: Stack) -> None:
        slots = stack.user.slots
        invocation = run_retirement(stack)
        assert returned(invocation) is None
        assert operations(stack) == [*LOOKS_FOR_SECRETS, *FINDS_AN_OLD_KEY]
        assert (requests(stack), failed_logins(stack)) == (A_LOOK, 0)
        assert counted(invocation) == {"SecretsLookedAt": 1, "OldKeysKept": 1}
        assert [line["message"] for line in lines(invocation)] == ["retirement done"]
        assert stack.user.slots == slots
        ((_, event),) = stack.lambda_api.events
        assert event == {
            "Operation": "look-at-keys",
            "SecretId": stack.secret_arn,
            "VersionId": labels(stack)["AWSCURRENT"][0],
            "EndGrace": False,
        }

    def test_the_rotation_function_holds_the_key_by_itself(self, stack: Stack) -> None:
        event = {
            "Operation": "retire-old-key",
            "SecretId": stack.secret_arn,
            "VersionId": labels(stack)["AWSCURRENT"][0],
        }
        answer = stack.function.invoke(event).payload
        assert answer["retired"] is None
        assert re.fullmatch(r"its grace ends at 20\d\d-\d\d-\d\d \d\d:\d\d UTC", answer["because"])
        assert all(stack.user.slots)

    def test_the_next_rotation_is_refused_with_the_end_and_the_command(self, stack: Stack) -> None:
        slots = stack.user.slots
        message = failed_with(stack, "PreviousKeyInGrace")
        found, _, command = message.partition(" To cut off whatever holds the key, now: ")
        assert re.match(
            r"The other slot holds the key that was current before: its grace ends at "
            r"20\d\d-\d\d-\d\d \d\d:\d\d UTC\. Nothing was changed in Snowflake\. "
            r"AWSPENDING waits with its key\. Wait; if a replica failed, mend it\. ",
            found,
        )
        assert command == (
            "AWS_MAX_ATTEMPTS=1 aws lambda invoke "
            "--function-name snowflake-key-rotation-retirement --cli-read-timeout 0 "
            "--cli-binary-format raw-in-base64-out --payload "
            f'\'{{"operation": "end-grace", "secretId": "{stack.secret_arn}"}}\' /dev/stdout'
        )
        assert stack.user.slots == slots
        assert (requests(stack), failed_logins(stack)) == (A_LOOK, 0)
        asked = ["GetSecretValue", "GetSecretValue", "GetSecretValue", "ListSecretVersionIds"]
        assert operations(stack)[-5:] == ["DescribeSecret", *asked]

    def test_a_rotation_that_was_refused_goes_on_when_the_key_is_gone(self, stack: Stack) -> None:
        failed_with(stack, "PreviousKeyInGrace")
        (pending,) = labels(stack)["AWSPENDING"]
        stack.aws.grow_older(stack.secret_arn, AFTER_THE_GRACE_DAYS)
        run_retirement(stack)
        assert stack.user.slots[0] is None
        stack.aws.retry_rotation(stack.secret_arn)
        assert stack.aws.wait_for_rotation(stack.secret_arn).succeeded
        assert labels(stack)["AWSCURRENT"] == [pending]
        assert stack.user.slots[0] == fingerprint_of(stack.read_current())

    def test_an_abandoned_key_is_replaced_at_once(self, stack: Stack) -> None:
        returned(stack.command("end-grace"))
        forget(stack)
        stack.snowflake.faults.add(Kind.LOGIN, LOCKED_USER, skip=1)
        failed_with(stack, "UserLockedOrDisabled")
        (abandoned,) = labels(stack)["AWSPENDING"]
        left = stack.user.slots[0]
        stack.aws.client().update_secret_version_stage(
            SecretId=stack.secret_arn, VersionStage="AWSPENDING", RemoveFromVersionId=abandoned
        )
        assert stack.rotate().succeeded
        assert left not in stack.user.slots


class TestAfterItsGrace:
    def test_the_old_key_is_unset_with_one_login(self, stack: Stack) -> None:
        stack.aws.grow_older(stack.secret_arn, AFTER_THE_GRACE_DAYS)
        old, new = stack.user.slots
        invocation = run_retirement(stack)
        assert operations(stack) == [*LOOKS_FOR_SECRETS, *RETIRES]
        assert (requests(stack), failed_logins(stack)) == (AN_UNSET, 0)
        sent = [statement.sql for statement in stack.snowflake.record.statements]
        desc = f'DESC USER "{USER}"'
        assert sent == [desc, desc, f'ALTER USER "{USER}" UNSET RSA_PUBLIC_KEY']
        assert stack.user.slots == (None, new)
        assert counted(invocation) == {"SecretsLookedAt": 1, "OldKeysRetired": 1}
        told, done = lines(invocation)
        assert (told["message"], told["secret"]) == ("secret reconciled", SECRET_NAME)
        assert told["found"]["retired"] == old
        assert done["message"] == "retirement done"
        (errand,) = stack.key_errands
        (line,) = lines(errand)
        assert (line["message"], line["step"]) == ("old key retired", "retire-old-key")

    def test_a_run_repeated_does_nothing(self, stack: Stack) -> None:
        stack.aws.grow_older(stack.secret_arn, AFTER_THE_GRACE_DAYS)
        run_retirement(stack)
        slots = stack.user.slots
        for _ in range(2):
            forget(stack)
            invocation = run_retirement(stack)
            assert operations(stack) == [*LOOKS_FOR_SECRETS, *FINDS_NOTHING_BESIDE]
            assert (requests(stack), failed_logins(stack)) == (A_LOOK, 0)
            assert counted(invocation) == {"SecretsLookedAt": 1}
            assert stack.user.slots == slots

    def test_the_current_key_stays_through_three_rotations(self, stack: Stack) -> None:
        for _ in range(3):
            stack.aws.grow_older(stack.secret_arn, AFTER_THE_GRACE_DAYS)
            run_retirement(stack)
            assert stack.rotate().succeeded
            assert fingerprint_of(stack.read_current()) in stack.user.slots
        assert all(stack.user.slots)

    def test_a_rotation_may_replace_it_before_the_retirement_comes(self, stack: Stack) -> None:
        stack.aws.grow_older(stack.secret_arn, AFTER_THE_GRACE_DAYS)
        old = stack.user.slots[0]
        assert stack.rotate().succeeded
        assert old not in stack.user.slots
        assert all(stack.user.slots), "and the key before is in its grace now"


def test_a_value_put_by_hand_begins_a_grace_of_its_own(stack: Stack) -> None:
    stack.aws.grow_older(stack.secret_arn, AFTER_THE_GRACE_DAYS)
    value = stack.aws.client().get_secret_value(SecretId=stack.secret_arn)["SecretString"]
    stack.aws.client().put_secret_value(SecretId=stack.secret_arn, SecretString=value + " ")
    invocation = run_retirement(stack)
    assert counted(invocation) == {"SecretsLookedAt": 1, "OldKeysKept": 1}
    assert all(stack.user.slots)


@pytest.mark.parametrize("level", ["DEBUG", pytest.param("INFO", marks=pytest.mark.long)])
def test_no_key_token_or_signature_leaves_either_function(level: str) -> None:
    noisy = {"POWERTOOLS_LOG_LEVEL": level}
    with Stack(retention=GRACE | noisy) as stack:
        rotated(stack)
        contents = [stack.read_current()]
        answers = [run_retirement(stack), stack.command("end-grace")]
        answers.append(stack.command("replace-leaked-key"))
        contents.append(stack.read_current())
        stack.user.unset_key(1)
        stack.user.unset_key(2)
        answers += [run_retirement(stack), stack.command("end-grace")]
        answers += stack.key_errands
        said = "".join(f"{one.log}{one.payload}" for one in answers)
    assert said.count("old key retired") == 2
    assert "CurrentKeyNotInstalled" in said
    for content in contents:
        for line in content["privateKey"].splitlines()[1:-1]:
            assert line not in said
    assert "eyJ" not in said, "a JWT"
    assert "ETMs" not in said, "a session token"
