"""A secret with a replica, with nothing kept otherwise: no grace, no clusters."""

from collections.abc import Iterator

import pytest

from sandbox.stack import Stack
from tests.integration.observed import failed_with, fingerprint_of, lines
from tests.integration.retirement_runs import counted, rotated
from tests.shared.hourly import run_retirement
from tests.shared.warm_function import warm_stack

REGION = "eu-central-1"
SETTLED_DAYS = 0.01
A_MONTH = 30


@pytest.fixture
def stack() -> Iterator[Stack]:
    """A moment after a rotation; the replica is not there yet, as its status does not tell."""
    with warm_stack() as stack:
        stack.aws.set_replica(stack.secret_arn, REGION, "InSync")
        yield rotated(stack)


def current_alone(stack: Stack) -> bool:
    return stack.user.slots.count(None) == 1 and fingerprint_of(stack.read_current()) in (
        stack.user.slots
    )


def test_a_rotation_leaves_the_key_that_the_replica_may_serve(stack: Stack) -> None:
    assert all(stack.user.slots)
    assert counted(run_retirement(stack)) == {"SecretsLookedAt": 1, "OldKeysKept": 1}
    assert all(stack.user.slots)


def test_it_goes_when_the_replica_had_time_and_is_in_sync(stack: Stack) -> None:
    stack.aws.grow_older(stack.secret_arn, SETTLED_DAYS)
    assert counted(run_retirement(stack))["OldKeysRetired"] == 1
    assert current_alone(stack)


def test_it_stays_while_the_replica_fails_and_the_log_names_it(stack: Stack) -> None:
    stack.aws.set_replica(stack.secret_arn, REGION, "Failed")
    stack.aws.grow_older(stack.secret_arn, 2)
    told = [line for line in lines(run_retirement(stack)) if "kept_because" in line]
    assert [line["kept_because"] for line in told] == [
        "replicas are not in sync: eu-central-1 (Failed)"
    ]
    assert all(stack.user.slots)


def test_the_next_rotation_is_refused_until_the_replica_is_mended(stack: Stack) -> None:
    stack.aws.set_replica(stack.secret_arn, REGION, "Failed")
    stack.aws.grow_older(stack.secret_arn, A_MONTH)
    slots = stack.user.slots
    message = failed_with(stack, "PreviousKeyInGrace")
    assert "replicas are not in sync: eu-central-1 (Failed)" in message
    assert stack.user.slots == slots
    stack.aws.set_replica(stack.secret_arn, REGION, "InSync")
    stack.aws.retry_rotation(stack.secret_arn)
    assert stack.aws.wait_for_rotation(stack.secret_arn).succeeded
    assert fingerprint_of(stack.read_current()) not in slots


def test_a_person_may_cut_the_replicas_consumers_off(stack: Stack) -> None:
    stack.aws.set_replica(stack.secret_arn, REGION, "Failed")
    assert stack.command("end-grace").function_error is None
    assert current_alone(stack)
