"""What the watch function's role allows, against the calls that a run of the watch makes.

Asked in the same way as in test_rotation_role.py. The watch never reads a value and uses no key.
"""

import pytest

from tests.policy.callers import (
    FROM_FUNCTION,
    LOG_AND_TRACE,
    NETWORK,
    has_every_option,
    watch,
)
from tests.policy.checks import (
    WITHOUT_RESOURCE,
    allowed_everywhere,
    log_findings,
    reachable_secrets,
    refused_calls,
)
from tests.policy.deployed import STACK, Deployed
from tests.policy.evaluator import Evaluator
from tests.policy.recording import Recording


def test_a_run_was_recorded(recording: Recording) -> None:
    assert recording.watch > WITHOUT_RESOURCE


def test_every_recorded_call_is_allowed_for_an_attached_secret(
    deployed: Deployed, evaluator: Evaluator, recording: Recording
) -> None:
    assert refused_calls(watch(deployed), evaluator, recording.watch) == set()


def test_no_recorded_call_but_the_list_is_allowed_for_another_secret(
    deployed: Deployed, evaluator: Evaluator, recording: Recording
) -> None:
    one_by_one = recording.watch - WITHOUT_RESOURCE
    assert reachable_secrets(watch(deployed), evaluator, one_by_one) == set()


def test_of_all_actions_of_aws_it_allows_the_recorded_ones_and_lambdas_own(
    deployed: Deployed, evaluator: Evaluator, recording: Recording
) -> None:
    expected = recording.watch | LOG_AND_TRACE
    network = NETWORK if has_every_option(deployed) else set()
    assert allowed_everywhere(watch(deployed), evaluator) == expected | network
    inside = {FROM_FUNCTION: deployed.function_arn(f"{STACK}-watch")}
    assert allowed_everywhere(watch(deployed), evaluator, inside) == expected


@pytest.mark.parametrize("operation", ["GetSecretValue", "PutSecretValue"])
def test_no_value_is_read_or_written(
    deployed: Deployed, evaluator: Evaluator, operation: str
) -> None:
    action = f"secretsmanager:{operation}"
    assert refused_calls(watch(deployed), evaluator, {action}) == {action}


def test_it_writes_to_its_own_log_only(deployed: Deployed, evaluator: Evaluator) -> None:
    assert log_findings(watch(deployed), evaluator) == set()
