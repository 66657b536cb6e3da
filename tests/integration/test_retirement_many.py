"""What a retirement run asks for each further secret: exact counts, for a reader's sums."""

from collections import Counter
from collections.abc import Iterator

import pytest

from sandbox.snowflake import Kind
from sandbox.stack import Stack
from tests.integration.observed import operations
from tests.integration.retirement_runs import (
    GRACE,
    counted,
    forget,
    requests,
)
from tests.integration.retirement_tasks import asked_of_ecs
from tests.shared.attached import AttachedSecrets
from tests.shared.hourly import run_retirement
from tests.shared.warm_function import warm_stack

SECRETS = 3
# An errand may take 87 s, and 10 are kept for reporting (aws_api/rotation_function.py,
# hourly_handler.py).
NEEDED_SECONDS = 97
SETTLED_DAYS = 0.5


def with_many(stack: Stack) -> AttachedSecrets:
    stack.attach()
    secrets = AttachedSecrets(stack)
    secrets.have(SECRETS)
    forget(stack)
    return secrets


@pytest.fixture
def stack() -> Iterator[Stack]:
    with warm_stack(retention=GRACE) as stack:
        yield stack


def test_a_look_is_six_calls_and_three_requests_a_secret(stack: Stack) -> None:
    with_many(stack)
    assert counted(run_retirement(stack)) == {"SecretsLookedAt": SECRETS}
    assert Counter(operations(stack)) == {
        "ListSecrets": 1,
        "DescribeSecret": 2 * SECRETS,
        "ListSecretVersionIds": 2 * SECRETS,
        "GetSecretValue": SECRETS,
    }
    assert len(stack.lambda_api.events) == SECRETS
    assert requests(stack) == dict.fromkeys((Kind.LOGIN, Kind.STATEMENT, Kind.CLOSE), SECRETS)


def test_secrets_at_rest_are_one_call_together_and_one_each_for_their_ages(stack: Stack) -> None:
    with_many(stack).rest()
    forget(stack)
    assert counted(run_retirement(stack)) == {}
    assert operations(stack) == ["ListSecrets"] + ["ListSecretVersionIds"] * SECRETS
    assert (stack.lambda_api.events, stack.snowflake.record.calls) == ([], [])


def test_tasks_are_listed_once_for_all_whose_promotion_is_past() -> None:
    with warm_stack(runs_tasks=True) as stack:
        for arn in with_many(stack).arns:
            stack.aws.grow_older(arn, SETTLED_DAYS)
        stack.aws.wait_for_events()
        stack.ecs.record.clear()
        assert counted(run_retirement(stack)) == {"SecretsLookedAt": SECRETS}
        assert asked_of_ecs(stack) == ["ListTasks", "ListTasks"]


@pytest.mark.parametrize(("seconds_more", "looked_at"), [(-1, 0), (20, SECRETS)])
def test_an_errand_begins_while_there_is_time_for_its_longest(
    stack: Stack, seconds_more: int, looked_at: int
) -> None:
    with_many(stack)
    stack.retirement_function.timeout_seconds = NEEDED_SECONDS + seconds_more
    found = counted(run_retirement(stack))
    assert found.get("SecretsLookedAt", 0) == len(stack.lambda_api.events) == looked_at
    assert found.get("NotReached", 0) == SECRETS - looked_at
