"""What the retirement function's role allows, against the calls that its runs make.

Asked in the same way as in test_rotation_role.py. It never reads a value and uses no key.
"""

import re

import pytest

from tests.policy.callers import (
    ATTACHED_TO,
    CLUSTER,
    FROM_FUNCTION,
    INVOKE,
    LOG_AND_TRACE,
    NETWORK,
    favourable,
    has_every_option,
    retirement,
)
from tests.policy.checks import (
    NOT_RECORDED,
    OF_ALL_CLUSTERS,
    WITHOUT_CLUSTER,
    WITHOUT_RESOURCE,
    allowed_everywhere,
    log_findings,
    reachable_clusters,
    reachable_functions,
    reachable_secrets,
    refused_calls,
    refused_in_the_clusters,
)
from tests.policy.deployed import STACK, Deployed
from tests.policy.evaluator import REPOSITORY, Evaluator
from tests.policy.parameters import REQUIRED
from tests.policy.recording import Recording

ROTATE = "secretsmanager:RotateSecret"


def of_secrets(recording: Recording) -> frozenset[str]:
    return recording.retirement - {INVOKE}


def test_runs_were_recorded(recording: Recording) -> None:
    assert {ROTATE, INVOKE} | WITHOUT_RESOURCE <= recording.retirement
    assert "ecs:UpdateService" in recording.rolling


def test_every_operation_of_ecs_in_the_source_was_recorded(recording: Recording) -> None:
    # Methods of the client, and beside them the names that errors tell.
    room = REPOSITORY / "rotation" / "aws_api"
    files = [room / name for name in ("ecs.py", "task_definitions.py")]
    source = "".join(file.read_text(encoding="utf-8") for file in files)
    methods = re.findall(r"self\._(?:client|rolling)\.(\w+)\(", source)
    names = re.findall(r'_aws\.(?:call|pages)\(\s*"(\w+)"', source)
    assert {name.replace("_", "") for name in methods} == {name.lower() for name in names}
    assert {f"ecs:{name}" for name in names} == (recording.rolling | NOT_RECORDED | OF_ALL_CLUSTERS)


def test_every_recorded_call_is_allowed_for_an_attached_secret(
    deployed: Deployed, evaluator: Evaluator, recording: Recording
) -> None:
    assert refused_calls(retirement(deployed), evaluator, of_secrets(recording)) == set()


def test_no_recorded_call_but_the_list_is_allowed_for_another_secret(
    deployed: Deployed, evaluator: Evaluator, recording: Recording
) -> None:
    one_by_one = of_secrets(recording) - WITHOUT_RESOURCE
    assert reachable_secrets(retirement(deployed), evaluator, one_by_one) == set()


def test_it_invokes_the_rotation_function_and_no_other(
    deployed: Deployed, evaluator: Evaluator
) -> None:
    caller = retirement(deployed)
    assert evaluator.allows(caller.request(INVOKE, deployed.function_arn(STACK), {}))
    assert reachable_functions(caller, evaluator) == set()


class TestARotation:
    def test_is_started_without_any_parameter(self, recording: Recording) -> None:
        assert recording.rotate_parameters == set()

    @pytest.mark.parametrize(
        ("asked", "allowed"),
        [
            pytest.param({}, True, id="nothing told"),
            pytest.param({"ModifyRotationRules": "false"}, True, id="the same rules"),
            pytest.param({"ModifyRotationRules": "true"}, False, id="other rules"),
            pytest.param({"RotationLambdaARN": STACK}, True, id="the same function"),
            pytest.param({"RotationLambdaARN": "another"}, False, id="another function"),
        ],
    )
    def test_is_as_the_secret_is_set(
        self, deployed: Deployed, evaluator: Evaluator, asked: dict[str, str], *, allowed: bool
    ) -> None:
        context = {ATTACHED_TO: deployed.function_arn(STACK)}
        for name, value in asked.items():
            arn = name.endswith("ARN")
            context[f"secretsmanager:{name}"] = deployed.function_arn(value) if arn else value
        request = retirement(deployed).request(ROTATE, deployed.secret_arn("app/key"), context)
        assert evaluator.allows(request) is allowed


class TestTheClusters:
    def test_every_recorded_call_is_allowed_in_a_cluster_that_is_named(
        self, with_every_option: Deployed, evaluator: Evaluator, recording: Recording
    ) -> None:
        caller = retirement(with_every_option)
        assert refused_in_the_clusters(caller, evaluator, recording.rolling) == set()

    def test_and_in_the_second_one(self, with_every_option: Deployed, evaluator: Evaluator) -> None:
        service = with_every_option.arn("ecs", "service/reports/x")
        context = {CLUSTER: with_every_option.cluster_arn("reports")}
        caller = retirement(with_every_option)
        assert evaluator.allows(caller.request("ecs:UpdateService", service, context))

    def test_none_is_allowed_in_another_cluster(
        self, deployed: Deployed, evaluator: Evaluator, recording: Recording
    ) -> None:
        bounded = recording.rolling - WITHOUT_CLUSTER
        assert reachable_clusters(retirement(deployed), evaluator, bounded) == set()

    def test_none_is_allowed_when_no_cluster_is_named(
        self, deployed: Deployed, evaluator: Evaluator, recording: Recording
    ) -> None:
        refused = refused_in_the_clusters(retirement(deployed), evaluator, recording.rolling)
        assert refused == (set() if has_every_option(deployed) else recording.rolling)


class TestAllClusters:
    @pytest.fixture
    def of_all(self) -> Deployed:
        return Deployed({**REQUIRED, "ConsumerClusters": "all"})

    def test_are_found(self, of_all: Deployed, evaluator: Evaluator) -> None:
        caller = retirement(of_all)
        assert evaluator.allows(caller.request("ecs:ListClusters", "*", {}))

    def test_every_recorded_call_is_allowed_in_any_of_the_account(
        self, of_all: Deployed, evaluator: Evaluator, recording: Recording
    ) -> None:
        found = reachable_clusters(retirement(of_all), evaluator, recording.rolling)
        bounded = recording.rolling - WITHOUT_CLUSTER
        mine = {"another", "one whose name begins alike"}
        assert {one for one in found if one[0] in bounded} == {
            (action, which) for action in bounded for which in mine
        }


def test_of_all_actions_of_aws_it_allows_the_recorded_ones_and_lambdas_own(
    deployed: Deployed, evaluator: Evaluator, recording: Recording
) -> None:
    options = has_every_option(deployed)
    expected = of_secrets(recording) | LOG_AND_TRACE | {INVOKE}
    expected |= (recording.rolling | NOT_RECORDED) if options else set()
    network = NETWORK if options else set()
    assert allowed_everywhere(retirement(deployed), evaluator) == expected | network
    inside = {FROM_FUNCTION: deployed.function_arn(f"{STACK}-retirement")}
    assert allowed_everywhere(retirement(deployed), evaluator, inside) == expected


@pytest.mark.parametrize(
    "action",
    [
        *(f"secretsmanager:{name}" for name in ("GetSecretValue", "PutSecretValue")),
        *(f"ecs:{name}" for name in ("RunTask", "StopTask", "ExecuteCommand")),
        "iam:PassRole",
    ],
)
def test_no_value_is_read_and_no_task_is_run_or_entered(
    deployed: Deployed, evaluator: Evaluator, action: str
) -> None:
    assert action not in allowed_everywhere(retirement(deployed), evaluator, favourable(deployed))


def test_it_writes_to_its_own_log_only(deployed: Deployed, evaluator: Evaluator) -> None:
    assert log_findings(retirement(deployed), evaluator) == set()
