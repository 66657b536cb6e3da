"""What is wrong with a role's policies, as sets of findings. Empty is good.

Checks are apart from the tests so that tests/policy/test_weakened.py can ask them of templates
that are wrong on purpose.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.policy.callers import (
    ATTACHED_TO,
    CLUSTER,
    FAR,
    INVOKE,
    OTHER_ACCOUNT,
    favourable,
    key_policy,
    other_secrets,
)
from tests.policy.deployed import STACK

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.policy.callers import Caller
    from tests.policy.evaluator import Evaluator, Policy, Request

WITHOUT_RESOURCE = {"secretsmanager:ListSecrets"}
"""AWS knows no resource for these.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html"""

_KIND_OF_RESOURCE = {
    "ecs:DescribeServices": "service",
    "ecs:DescribeTaskDefinition": "",
    "ecs:DescribeTasks": "task",
    "ecs:ListServiceDeployments": "service",
    "ecs:ListServices": "",
    "ecs:ListTasks": "container-instance",
    "ecs:UpdateService": "service",
}
"""As AWS has it for each action.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_ecs.html"""
NOT_RECORDED = {"ecs:DescribeDaemonTaskDefinition"}
"""Daemons are not part of the sandbox's ECS."""
OF_ALL_CLUSTERS = {"ecs:ListClusters"}
"""Called where ``ConsumerClusters`` is all, which the recorded stack names one of."""
WITHOUT_CLUSTER = {"ecs:DescribeTaskDefinition"}
"""AWS knows no cluster for it, by the same page."""


def refused_calls(caller: Caller, evaluator: Evaluator, actions: Iterable[str]) -> set[str]:
    """Return those actions that aren't allowed, strictly, for a secret attached to us."""
    deployed = caller.deployed
    secret, context = (
        deployed.secret_arn("app/key"),
        {ATTACHED_TO: deployed.function_arn(STACK), "secretsmanager:SecretId": "app/key"},
    )
    return {
        action
        for action in actions
        if not evaluator.allows(
            caller.request(action, "*" if action in WITHOUT_RESOURCE else secret, context)
        )
    }


def reachable_secrets(
    caller: Caller, evaluator: Evaluator, actions: Iterable[str]
) -> set[tuple[str, str]]:
    """Return (action, which secret) where an action is allowed for a secret of somebody else."""
    return {
        (action, secret.name)
        for action in actions
        for secret in other_secrets(caller.deployed)
        if evaluator.allows_leniently(
            caller.request(action, secret.arn, secret.context, secret.account)
        )
    }


def refused_in_the_clusters(
    caller: Caller, evaluator: Evaluator, actions: Iterable[str]
) -> set[str]:
    """Return those actions of ECS that aren't allowed, strictly, in a cluster that is named."""
    return {
        action
        for action in actions
        if not evaluator.allows(_in_cluster(caller, action, caller.deployed.cluster_arn()))
    }


def reachable_clusters(
    caller: Caller, evaluator: Evaluator, actions: Iterable[str]
) -> set[tuple[str, str]]:
    """Return (action, which cluster) where an action is allowed in a cluster not named."""
    deployed = caller.deployed
    clusters = {
        "another": deployed.cluster_arn("other"),
        "one whose name begins alike": deployed.cluster_arn("pipelines-2"),
        "in another Region": deployed.cluster_arn(region=FAR),
        "in another account": deployed.cluster_arn(account=OTHER_ACCOUNT),
        "none told": None,
    }
    return {
        (action, name)
        for action in actions
        for name, cluster in clusters.items()
        if evaluator.allows_leniently(_in_cluster(caller, action, cluster))
    }


def _in_cluster(caller: Caller, action: str, cluster: str | None) -> Request:
    kind = _KIND_OF_RESOURCE[action]
    resource = caller.deployed.arn("ecs", f"{kind}/pipelines/x") if kind else "*"
    context = {CLUSTER: cluster} if cluster and action not in WITHOUT_CLUSTER else {}
    return caller.request(action, resource, context)


def reachable_functions(caller: Caller, evaluator: Evaluator) -> set[str]:
    """Return the functions, other than the rotation function, that the role may invoke."""
    deployed = caller.deployed
    functions = {
        "another": deployed.function_arn("another"),
        "itself": deployed.function_arn(f"{STACK}-retirement"),
        "in another Region": deployed.function_arn(STACK, region=FAR),
        "a version": deployed.function_arn(f"{STACK}:1"),
    }
    return {
        name
        for name, arn in functions.items()
        if evaluator.allows_leniently(caller.request(INVOKE, arn, favourable(deployed)))
    }


def allowed_everywhere(
    caller: Caller, evaluator: Evaluator, context: Mapping[str, str] | None = None
) -> set[str]:
    """Return those of AWS's actions that the role allows on anything, with any help."""
    deployed = caller.deployed
    request = caller.request("", "", {**favourable(deployed), **(context or {})})
    return evaluator.allowed_actions(with_policy(request, key_policy(deployed)))


def log_findings(caller: Caller, evaluator: Evaluator) -> set[str]:
    """Return log groups where writing is not as it should be: the own one yes, others no."""
    deployed, own = caller.deployed, f"/aws/lambda/{caller.function}"
    groups = (own, f"{own}-other", "/aws/lambda/another", f"/aws/lambda/{STACK}x")
    return {
        f"{action} {group}"
        for group in groups
        for action, stream in (("CreateLogStream", "*"), ("PutLogEvents", "log-stream:x"))
        if evaluator.allows_leniently(
            caller.request(
                f"logs:{action}", deployed.arn("logs", f"log-group:{group}:{stream}"), {}
            )
        )
        is not (group == own)
    }


def with_policy(request: Request, policy: Policy) -> Request:
    """Return the request with the resource's own policy."""
    return replace(request, policy=policy)
