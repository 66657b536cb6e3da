"""Both halves of an hourly run together: what fails in the second costs the first nothing."""

from collections.abc import Iterator

import pytest

from sandbox.faults import Callback, Cut
from sandbox.snowflake import Kind
from sandbox.stack import SECRET_NAME, Stack
from tests.integration.observed import operations, values
from tests.integration.retirement_runs import GRACE, counted, rotated
from tests.shared.hourly import in_hour_of_age, run_retirement, run_watch
from tests.shared.warm_function import warm_stack

TOTALS = {
    "SecretsWatched",
    "OldestKeyAgeDays",
    "MostDaysOverdue",
    "RotationsDisabled",
    "WatchFailures",
}
OF_A_SECRET = {"KeyAgeDays"}
EVERY_AGE = {
    *((name, None) for name in TOTALS),
    *((name, SECRET_NAME) for name in OF_A_SECRET),
}


@pytest.fixture
def stack() -> Iterator[Stack]:
    """A secret with an old key in its grace."""
    with warm_stack(retention=GRACE) as stack:
        yield rotated(stack)


def test_ages_are_out_before_the_first_secret_is_reconciled(stack: Stack) -> None:
    kill = Callback(lambda _: stack.retirement_function.kill())
    stack.aws.faults.add("DescribeSecret", kill)
    invocation = run_watch(stack)
    assert invocation.error_field("errorType") == "Runtime.ExitError"
    assert values(invocation).keys() == EVERY_AGE


def test_a_rotation_function_that_fails_costs_no_age(stack: Stack) -> None:
    stack.snowflake.faults.add(Kind.STATEMENT, Cut(), times=None)
    invocation = stack.retirement_function.invoke(in_hour_of_age(stack.secret_arn))
    assert invocation.function_error is None
    assert values(invocation).keys() > EVERY_AGE
    assert counted(invocation)["RetirementFailures"] == 1


def test_ages_take_a_third_of_the_time_and_leave_the_rest_to_retirement(stack: Stack) -> None:
    # A third is too short for one call at its longest; what is left is enough for an errand.
    stack.retirement_function.timeout_seconds = 150
    assert counted(run_retirement(stack))["SecretsLookedAt"] == 1
    found = values(run_watch(stack))
    assert (found["SecretsWatched", None], found["WatchFailures", None]) == (1, 1)
    assert ("KeyAgeDays", SECRET_NAME) not in found


def test_one_list_serves_both_halves(stack: Stack) -> None:
    stack.run_hourly()
    assert operations(stack).count("ListSecrets") == 1


@pytest.mark.parametrize("operation", ["end-grace", "replace-leaked-key"])
def test_a_command_reports_no_ages(stack: Stack, operation: str) -> None:
    invocation = stack.command(operation)  # type: ignore[arg-type]
    assert invocation.function_error is None
    assert values(invocation) == {}
