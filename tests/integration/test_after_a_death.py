"""A rotation goes on where a process died or an answer was lost."""

import re

from sandbox.faults import Callback, Cut, When
from sandbox.snowflake import Kind, missing_privilege
from sandbox.stack import USER, Stack
from tests.integration.observed import (
    event,
    failed_with,
    fingerprint_of,
    forget,
    lines,
    metrics,
)


class TestAfterADeath:
    def test_right_after_alter_user_the_retry_finishes_with_the_same_key(
        self, stack: Stack
    ) -> None:
        stack.snowflake.faults.add(
            Kind.STATEMENT,
            Callback(lambda _: stack.function.kill()),
            when=When.AFTER,
            about=r"ALTER USER .* SET",
        )
        before = stack.read_current()
        outcome = stack.rotate()
        assert outcome.steps[-1].error_type == "Runtime.ExitError"
        one, installed = stack.user.slots
        assert one == fingerprint_of(before), "the current key still logs in"
        stack.aws.retry_rotation(stack.secret_arn)
        assert stack.aws.wait_for_rotation(stack.secret_arn).succeeded
        assert stack.user.slots == (None, installed)
        assert fingerprint_of(stack.read_current()) == installed

    def test_between_promotion_and_retirement_finish_secret_resumes(self, stack: Stack) -> None:
        stack.aws.faults.add(
            "UpdateSecretVersionStage",
            Callback(lambda _: stack.function.kill()),
            when=When.AFTER,
        )
        outcome = stack.rotate()
        assert outcome.steps[-1].error_type == "Runtime.ExitError"
        assert all(stack.user.slots), "the old key is still installed"
        answer = stack.invoke(event("finish-secret", stack, outcome.version_id))
        assert answer.function_error is None
        assert stack.user.slots == (None, fingerprint_of(stack.read_current()))

    def test_a_key_that_lingers_is_replaced_by_the_next_rotation(self, stack: Stack) -> None:
        stack.snowflake.faults.add(Kind.STATEMENT, missing_privilege(USER), about="UNSET")
        assert stack.rotate().succeeded
        (line,) = lines(stack.invocations[-1])
        assert (line["level"], line["reason"]) == ("ERROR", "InsufficientPrivilege")
        assert metrics(stack.invocations[-1])[0]["RetirementUnfinished"] == [1.0]
        assert all(stack.user.slots)
        assert stack.rotate().succeeded
        assert stack.user.slots == (fingerprint_of(stack.read_current()), None)

    def test_a_lost_answer_to_alter_user_is_found_by_the_retry(self, stack: Stack) -> None:
        stack.snowflake.faults.add(
            Kind.STATEMENT, Cut(), when=When.AFTER, about=r"ALTER USER .* SET", times=None
        )
        failed_with(stack, "SnowflakeUnreachable")
        stack.snowflake.faults.clear()
        forget(stack)
        stack.aws.retry_rotation(stack.secret_arn)
        assert stack.aws.wait_for_rotation(stack.secret_arn).succeeded
        assert not [s for s in stack.snowflake.record.statements if re.search("ALTER.* SET", s.sql)]

    def test_a_lost_answer_to_the_promotion_is_repeated_by_boto3(self, stack: Stack) -> None:
        stack.aws.faults.add("UpdateSecretVersionStage", Cut(), when=When.AFTER)
        assert stack.rotate().succeeded
        assert stack.user.slots == (None, fingerprint_of(stack.read_current()))
