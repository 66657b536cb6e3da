"""The retirement function when something dies, is denied, or has drifted."""

from collections.abc import Iterator

import pytest

from sandbox.aws.json.failures import AwsFailure
from sandbox.aws.secrets_manager import SecretsManagerServer
from sandbox.faults import Callback, Cut, When
from sandbox.snowflake import Kind, missing_privilege
from sandbox.stack import SECRET_NAME, USER, Stack
from tests.integration.observed import (
    OTHER_FUNCTION,
    add_secret,
    attention,
    fingerprint_of,
    labels,
    lines,
    operations,
)
from tests.integration.retirement_runs import (
    A_LOOK,
    AFTER_THE_GRACE_DAYS,
    FINDS_NOTHING_BESIDE,
    GRACE,
    LOOKS_FOR_SECRETS,
    counted,
    failed_logins,
    forget,
    requests,
    returned,
    rotated,
)
from tests.shared import keys
from tests.shared.hourly import run_retirement
from tests.shared.warm_function import warm_stack


@pytest.fixture
def stack() -> Iterator[Stack]:
    """A secret whose old key is due: its grace has been over for two hours."""
    with warm_stack(retention=GRACE) as stack:
        rotated(stack)
        stack.aws.grow_older(stack.secret_arn, AFTER_THE_GRACE_DAYS)
        yield stack


MOMENTS = [
    ("DescribeSecret", When.AFTER),
    *(
        pytest.param(operation, moment, marks=pytest.mark.long)
        for operation in ("ListSecrets", "DescribeSecret", "ListSecretVersionIds")
        for moment in When
        if (operation, moment) != ("DescribeSecret", When.AFTER)
    ),
]


def current_alone(stack: Stack) -> bool:
    return stack.user.slots == (None, fingerprint_of(stack.read_current()))


class TestADeath:
    @pytest.mark.parametrize(("operation", "moment"), MOMENTS)
    def test_of_the_retirement_function_before_it_asks_leaves_all_to_the_next_run(
        self, stack: Stack, operation: str, moment: When
    ) -> None:
        kill = Callback(lambda _: stack.retirement_function.kill())
        stack.aws.faults.add(operation, kill, when=moment)
        assert run_retirement(stack).error_field("errorType") == "Runtime.ExitError"
        assert all(stack.user.slots)
        assert stack.key_errands == []
        assert counted(run_retirement(stack))["OldKeysRetired"] == 1
        assert current_alone(stack)

    def test_of_the_retirement_function_while_the_key_is_unset_is_made_good(
        self, stack: Stack
    ) -> None:
        kill = Callback(lambda _: stack.retirement_function.kill())
        stack.snowflake.faults.add(Kind.STATEMENT, kill, about="UNSET")
        assert run_retirement(stack).error_field("errorType") == "Runtime.ExitError"
        forget(stack)
        assert counted(run_retirement(stack)) == {"SecretsLookedAt": 1}
        assert operations(stack) == [*LOOKS_FOR_SECRETS, *FINDS_NOTHING_BESIDE]
        assert current_alone(stack)

    def test_of_the_rotation_function_right_after_the_unset_is_told_and_made_good(
        self, stack: Stack
    ) -> None:
        kill = Callback(lambda _: stack.function.kill())
        stack.snowflake.faults.add(Kind.STATEMENT, kill, when=When.AFTER, about="UNSET")
        invocation = run_retirement(stack)
        assert returned(invocation) is None, "the run goes on with the next secret"
        assert counted(invocation) == {"RetirementFailures": 1}
        told = attention(invocation)[SECRET_NAME]
        assert told["reason"] == "RotationFunctionFailed"
        assert "failed with Runtime.ExitError" in told["error"]
        assert counted(run_retirement(stack)) == {"SecretsLookedAt": 1}
        assert current_alone(stack)

    @pytest.mark.parametrize("skipped", [pytest.param(1, marks=pytest.mark.long), 2])
    def test_of_the_rotation_function_before_the_unset_is_made_good_by_the_next_run(
        self, stack: Stack, skipped: int
    ) -> None:
        kill = Callback(lambda _: stack.function.kill())
        stack.aws.faults.add("DescribeSecret", kill, skip=skipped)
        assert counted(run_retirement(stack)) == {"RetirementFailures": 1}
        assert all(stack.user.slots)
        assert counted(run_retirement(stack))["OldKeysRetired"] == 1
        assert current_alone(stack)


class TestAnUnsetWithoutAnAnswer:
    def test_that_took_effect_is_found_done(self, stack: Stack) -> None:
        faults = stack.snowflake.faults
        faults.add(Kind.STATEMENT, Cut(), when=When.AFTER, about="UNSET", times=None)
        told = attention(run_retirement(stack))[SECRET_NAME]
        assert "failed with SnowflakeUnreachable" in told["error"]
        stack.snowflake.faults.clear()
        assert counted(run_retirement(stack)) == {"SecretsLookedAt": 1}
        assert current_alone(stack)

    def test_that_took_none_is_repeated(self, stack: Stack) -> None:
        stack.snowflake.faults.add(Kind.STATEMENT, Cut(), about="UNSET", times=None)
        assert counted(run_retirement(stack)) == {"RetirementFailures": 1}
        stack.snowflake.faults.clear()
        assert counted(run_retirement(stack))["OldKeysRetired"] == 1
        assert current_alone(stack)


class TestDrift:
    def test_a_foreign_key_is_named_and_left(self, stack: Stack) -> None:
        stack.user.set_key(1, keys.key_pair("foreign")[1])
        foreign, current = stack.user.slots
        for _ in range(2):
            forget(stack)
            invocation = run_retirement(stack)
            assert counted(invocation) == {"SecretsLookedAt": 1, "ForeignKeys": 1}
            told = attention(invocation)[SECRET_NAME]["found"]
            assert (told["beside"], told["slot"]) == ("foreign key", "RSA_PUBLIC_KEY")
            assert (told["fingerprint"], told["retired"]) == (foreign, None)
            assert told["setTime"].startswith("20")
            assert (requests(stack), failed_logins(stack)) == (A_LOOK, 0)
        assert stack.user.slots == (foreign, current)

    def test_a_foreign_key_is_left_by_a_person_s_command_too(self, stack: Stack) -> None:
        stack.user.set_key(1, keys.key_pair("foreign")[1])
        before = stack.user.slots
        answer = returned(stack.command("end-grace"))
        assert answer == {"retiredKeys": [], "tasksCutOff": [], "services": {}}
        assert stack.user.slots == before

    def test_a_current_key_that_was_unset_is_told_after_one_login(self, stack: Stack) -> None:
        stack.user.unset_key(2)
        old = stack.user.slots
        invocation = run_retirement(stack)
        assert counted(invocation) == {"CurrentKeysNotInstalled": 1}
        told = attention(invocation)[SECRET_NAME]
        assert told["reason"] == "RotationFunctionFailed"
        assert "failed with CurrentKeyNotInstalled: Snowflake rejects AWSCURRENT's" in told["error"]
        assert [one.outcome != "success" for one in stack.snowflake.record.logins] == [True]
        assert stack.user.slots == old, "the old key is all that is left"

    def test_a_label_moved_back_by_hand_protects_the_newer_key(self, stack: Stack) -> None:
        run_retirement(stack)
        assert stack.rotate().succeeded
        stack.aws.grow_older(stack.secret_arn, AFTER_THE_GRACE_DAYS)
        held = labels(stack)
        stack.aws.client().update_secret_version_stage(
            SecretId=stack.secret_arn,
            VersionStage="AWSCURRENT",
            MoveToVersionId=held["AWSPREVIOUS"][0],
            RemoveFromVersionId=held["AWSCURRENT"][0],
        )
        forget(stack)
        late = {"OldKeyMostDaysLate": pytest.approx(AFTER_THE_GRACE_DAYS - 1, abs=0.01)}
        kept = {"SecretsLookedAt": 1, "OldKeysKept": 1, **late}
        # AWSPENDING stayed on it: what was promoted once is no rotation's any more.
        assert counted(run_retirement(stack)) == kept
        assert all(stack.user.slots)
        stack.aws.client().update_secret_version_stage(
            SecretId=stack.secret_arn,
            VersionStage="AWSPENDING",
            RemoveFromVersionId=held["AWSPENDING"][0],
        )
        assert counted(run_retirement(stack)) == kept
        assert all(stack.user.slots)


class TestWhatIsDenied:
    def test_a_missing_privilege_is_told(self, stack: Stack) -> None:
        stack.snowflake.faults.add(Kind.STATEMENT, missing_privilege(USER), about="UNSET")
        invocation = run_retirement(stack)
        assert counted(invocation) == {"RetirementFailures": 1}
        told = attention(invocation)[SECRET_NAME]["error"]
        assert "failed with InsufficientPrivilege" in told
        assert "GRANT MODIFY PROGRAMMATIC AUTHENTICATION METHODS" in told

    def test_one_secret_that_is_denied_hides_no_other(self, stack: Stack) -> None:
        add_secret(stack, "z/second")
        forget(stack)
        denied = AwsFailure("AccessDeniedException")
        stack.aws.faults.add("DescribeSecret", denied, about=stack.secret_arn)
        invocation = run_retirement(stack)
        told = attention(invocation)
        assert told[SECRET_NAME]["reason"] == "SecretsManagerDenied"
        assert told["z/second"]["found"]["beside"] == "foreign key", "it has the same user"
        expected = {"RetirementFailures": 1, "SecretsLookedAt": 1, "ForeignKeys": 1}
        assert counted(invocation) == expected
        assert len(stack.key_errands) == 1

    def test_a_list_that_breaks_off_fails_the_run_and_gives_no_totals(self) -> None:
        aws = SecretsManagerServer(list_page_size=1)
        with warm_stack(retention=GRACE, aws=aws) as stack:
            rotated(stack)
            add_secret(stack, "z/second")
            forget(stack)
            stack.aws.faults.add("ListSecrets", AwsFailure("AccessDeniedException"), skip=1)
            invocation = run_retirement(stack)
            assert invocation.error_field("errorType") == "SecretsManagerDenied"
            assert counted(invocation) == {}
            assert lines(invocation)[-1]["message"] == "retirement failed"
            assert stack.key_errands == [], "Lambda repeats it: each look may be a failed login"

    def test_a_throttled_call_is_repeated(self, stack: Stack) -> None:
        stack.aws.faults.add("DescribeSecret", AwsFailure("ThrottlingException"))
        assert counted(run_retirement(stack))["OldKeysRetired"] == 1


def test_secrets_of_other_functions_are_left_alone(stack: Stack) -> None:
    stack.aws.register_function(OTHER_FUNCTION, stack.invoke)
    add_secret(stack, "an/others", function_arn=OTHER_FUNCTION)
    forget(stack)
    assert counted(run_retirement(stack))["SecretsLookedAt"] == 1
    asked = {call.subject for call in stack.aws.record.calls} - {None}
    assert asked == {stack.secret_arn}


def test_a_schedule_that_comes_within_the_grace_is_told() -> None:
    with warm_stack(retention={"GRACE_PERIOD_HOURS": "720"}) as stack:
        stack.attach()
        invocation = run_retirement(stack)
        assert counted(invocation) == {"SecretsLookedAt": 1, "GraceTooLong": 1}
        assert attention(invocation)[SECRET_NAME]["grace_too_long"] is True


@pytest.mark.parametrize("name", ["ROTATION_FUNCTION_ARN", "GRACE_PERIOD_HOURS"])
def test_a_bad_setting_is_named_before_anything_is_asked(name: str) -> None:
    with warm_stack(retention={name: "?"}) as stack:
        forget(stack)
        invocation = run_retirement(stack)
        assert invocation.error_field("errorType") == "InvalidSettings"
        assert name in (invocation.error_field("errorMessage") or "")
        assert stack.aws.record.calls == []
