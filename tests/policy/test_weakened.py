"""Templates that are wrong on purpose, to see that each check finds what it is for.

And every policy of the template is one that some test looks at.
"""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.policy.callers import retirement, rotation
from tests.policy.checks import (
    allowed_everywhere,
    log_findings,
    reachable_clusters,
    reachable_functions,
    reachable_secrets,
    refused_calls,
)
from tests.policy.deployed import ACCOUNT, Deployed, translated_template
from tests.policy.evaluator import Evaluator, Request
from tests.policy.parameters import OPTIONS, REQUIRED
from tests.policy.recording import Recording
from tests.policy.service_permissions import permission_policy

LOOKED_AT = {
    "AlarmTopicKey",
    "AlarmTopicPolicy",
    "ConsumerReadPolicy",
    "RetirementRole",
    "RotationRole",
}
PERMISSIONS = {
    "SecretsManagerPermission",
    "RetirementFunctionHourlyPermission",
    "PromotionRulePermission",
}
CAN_ATTACH_POLICIES = {"ManagedPolicyArns", "PermissionsBoundary", "ResourcePolicy"}
ROTATE = "RotateSecretsThatNameThisFunction"

Template = dict[str, Any]
Change = Callable[[Template], None]


def weakened(change: Change) -> Deployed:
    template = copy.deepcopy(dict(translated_template()))
    change(template)
    return Deployed({**REQUIRED, **OPTIONS}, changed=template)


def statements(template: Template, role: str) -> list[dict[str, Any]]:
    (policy,) = template["Resources"][role]["Properties"]["Policies"]
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


def statement(template: Template, sid: str, role: str = "RotationRole") -> dict[str, Any]:
    chosen = [item.get("Fn::If", [None, item])[1] for item in statements(template, role)]
    found: dict[str, Any]
    (found,) = [item for item in chosen if item.get("Sid") == sid]
    return found


def drop_an_action(template: Template) -> None:
    statement(template, ROTATE)["Action"].remove("secretsmanager:PutSecretValue")


def drop_the_condition(template: Template) -> None:
    del statement(template, ROTATE)["Condition"]


def match_names_that_begin_alike(template: Template) -> None:
    condition = statement(template, ROTATE)["Condition"]
    ((key, arn),) = condition.pop("StringEquals").items()
    condition["StringLike"] = {key: {"Fn::Sub": f"{arn['Fn::Sub']}*"}}


def take_any_resource(template: Template) -> None:
    statement(template, ROTATE)["Resource"] = "*"


def add_an_action(template: Template) -> None:
    statement(template, ROTATE)["Action"].append("secretsmanager:DeleteSecret")


def add_a_wildcard(template: Template) -> None:
    statement(template, "SendTraces")["Action"].append("sns:Pub*")


def log_anywhere(template: Template) -> None:
    statement(template, "WriteLog")["Resource"] = {"Fn::Sub": "arn:aws:logs:*:*:log-group:*"}


def let_the_retirement_read(template: Template) -> None:
    sid = "ReadLabelsOfSecretsThatNameTheRotationFunction"
    statement(template, sid, "RetirementRole")["Action"].append("secretsmanager:GetSecretValue")


def drop_the_clusters(template: Template) -> None:
    del statement(template, "RollServicesOfTheClusters", "RetirementRole")["Condition"]


def take_clusters_that_begin_alike(template: Template) -> None:
    found = statement(template, "RollServicesOfTheClusters", "RetirementRole")
    found["Condition"] = {"ArnLike": {"ecs:cluster": "arn:aws:ecs:*:*:cluster/pipelines*"}}


def invoke_any_function(template: Template) -> None:
    found = statement(template, "InvokeTheRotationFunction", "RetirementRole")
    found["Resource"] = {"Fn::Sub": f"{found['Resource']['Fn::Sub']}*"}


def drop_the_source_account(template: Template) -> None:
    del template["Resources"]["SecretsManagerPermission"]["Properties"]["SourceAccount"]


def test_an_action_that_is_missing_is_found(evaluator: Evaluator, recording: Recording) -> None:
    refused = refused_calls(rotation(weakened(drop_an_action)), evaluator, recording.rotation)
    assert refused == {"secretsmanager:PutSecretValue"}


@pytest.mark.parametrize(
    ("change", "reachable"),
    [
        pytest.param(drop_the_condition, {"attached to nothing"}, id="no condition"),
        pytest.param(match_names_that_begin_alike, {"attached to one whose name begins alike"},
                     id="a looser condition"),
        pytest.param(take_any_resource, {"in another account", "in another Region"},
                     id="any resource"),
    ],
)  # fmt: skip
def test_a_secret_within_reach_is_found(
    evaluator: Evaluator, recording: Recording, change: Change, reachable: set[str]
) -> None:
    caller = rotation(weakened(change))
    found = {name for _, name in reachable_secrets(caller, evaluator, recording.rotation)}
    assert reachable <= found


@pytest.mark.parametrize(
    ("change", "surplus"),
    [(add_an_action, {"secretsmanager:DeleteSecret"}), (add_a_wildcard, {"sns:Publish"})],
)
def test_an_action_too_many_is_found(
    evaluator: Evaluator, change: Change, surplus: set[str]
) -> None:
    before = allowed_everywhere(rotation(weakened(lambda _: None)), evaluator)
    assert allowed_everywhere(rotation(weakened(change)), evaluator) - before >= surplus


def test_a_retirement_that_reads_values_is_found(evaluator: Evaluator) -> None:
    caller = retirement(weakened(let_the_retirement_read))
    assert "secretsmanager:GetSecretValue" in allowed_everywhere(caller, evaluator)


@pytest.mark.parametrize(
    ("change", "reachable"),
    [
        (drop_the_clusters, {"another", "none told"}),
        (take_clusters_that_begin_alike, {"one whose name begins alike", "in another account"}),
    ],
)
def test_a_cluster_within_reach_is_found(
    evaluator: Evaluator, change: Change, reachable: set[str]
) -> None:
    caller = retirement(weakened(change))
    found = reachable_clusters(caller, evaluator, {"ecs:UpdateService"})
    assert {name for _, name in found} >= reachable


def test_a_function_within_reach_is_found(evaluator: Evaluator) -> None:
    found = reachable_functions(retirement(weakened(invoke_any_function)), evaluator)
    assert "itself" in found


def test_a_log_that_is_open_is_found(evaluator: Evaluator) -> None:
    assert log_findings(rotation(weakened(log_anywhere)), evaluator)


def test_a_function_that_any_account_invokes_is_found(evaluator: Evaluator) -> None:
    stack = weakened(drop_the_source_account)
    request = Request(
        principal="secretsmanager.amazonaws.com",
        action="lambda:InvokeFunction",
        resource=stack.attribute("RotationFunction", "Arn"),
        account=ACCOUNT,
        policy=permission_policy(stack, "RotationFunction"),
    )
    assert evaluator.allows(request)


def test_every_policy_of_the_template_is_looked_at() -> None:
    resources = translated_template()["Resources"]
    assert {name for name in resources if _holds(resources[name], {"Statement"})} == LOOKED_AT
    assert not [name for name in resources if _holds(resources[name], CAN_ATTACH_POLICIES)]
    kind = "AWS::Lambda::Permission"
    assert {name for name in resources if resources[name]["Type"] == kind} == PERMISSIONS


def _holds(value: object, names: set[str]) -> bool:
    if isinstance(value, list):
        return any(_holds(item, names) for item in value)
    if isinstance(value, dict):
        return not names.isdisjoint(value) or any(_holds(item, names) for item in value.values())
    return False
