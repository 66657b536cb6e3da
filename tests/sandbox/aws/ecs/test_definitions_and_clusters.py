"""Clusters and task definitions: what is kept, found and refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.aws.ecs.definitions import SLEEP, Definitions, container, run, task_of

if TYPE_CHECKING:
    from types_boto3_ecs import ECSClient

    from sandbox.aws.ecs import EcsServer

PREFIX = "arn:aws:ecs:eu-west-1:123456789012"
FARGATE: dict[str, Any] = {
    "requiresCompatibilities": ["FARGATE"],
    "networkMode": "awsvpc",
    "cpu": "256",
    "memory": "512",
}


def test_clusters_are_described_and_missing_ones_named(client: ECSClient) -> None:
    made = client.create_cluster(clusterName="blue")["cluster"]
    again = client.create_cluster(clusterName="blue")["cluster"]
    answer = client.describe_clusters(clusters=["blue", f"{PREFIX}:cluster/default", "red"])

    assert made["clusterArn"] == again["clusterArn"] == f"{PREFIX}:cluster/blue"
    assert [one["clusterName"] for one in answer["clusters"]] == ["blue", "default"]
    assert answer["failures"] == [{"arn": f"{PREFIX}:cluster/red", "reason": "MISSING"}]


def test_clusters_are_listed_by_the_page(client: ECSClient) -> None:
    client.create_cluster(clusterName="blue")
    first = client.list_clusters(maxResults=1)
    second = client.list_clusters(maxResults=1, nextToken=first["nextToken"])

    assert first["clusterArns"] == [f"{PREFIX}:cluster/default"]
    assert second["clusterArns"] == [f"{PREFIX}:cluster/blue"]
    assert "nextToken" not in second


def test_a_cluster_counts_its_services_and_tasks(
    ecs: EcsServer, client: ECSClient, register: Definitions
) -> None:
    client.create_cluster(clusterName="blue")
    arn = run(client, register())
    client.create_service(serviceName="idle", taskDefinition="app", desiredCount=0)
    ecs.wait_for(lambda: task_of(client, arn)["lastStatus"] == "RUNNING")

    both = client.describe_clusters(clusters=["default", "blue"])["clusters"]

    counts = [(one["runningTasksCount"], one["activeServicesCount"]) for one in both]
    assert counts == [(1, 1), (0, 0)]


@pytest.mark.parametrize(
    "cluster", ["red", f"{PREFIX}:cluster/red", f"{PREFIX[:-1]}3:cluster/default"]
)
def test_every_operation_needs_its_cluster(client: ECSClient, cluster: str) -> None:
    calls = [
        lambda: client.list_services(cluster=cluster),
        lambda: client.list_tasks(cluster=cluster),
        lambda: client.describe_services(cluster=cluster, services=["a"]),
        lambda: client.describe_tasks(cluster=cluster, tasks=["a"]),
        lambda: client.list_service_deployments(cluster=cluster, service="a"),
        lambda: client.update_service(cluster=cluster, service="a"),
        lambda: client.delete_service(cluster=cluster, service="a"),
        lambda: client.run_task(cluster=cluster, taskDefinition="a"),
        lambda: client.stop_task(cluster=cluster, task="a"),
        lambda: client.create_service(cluster=cluster, serviceName="a", taskDefinition="a"),
    ]
    for call in calls:
        with pytest.raises(client.exceptions.ClusterNotFoundException, match="Cluster not found"):
            call()  # type: ignore[no-untyped-call]


def test_revisions_count_up_and_the_family_means_the_latest_active(
    client: ECSClient, register: Definitions
) -> None:
    arns = [register(container(SLEEP, image=f"app:{n}")) for n in (1, 2, 3)]
    client.deregister_task_definition(taskDefinition=arns[2])

    latest = client.describe_task_definition(taskDefinition="app")["taskDefinition"]
    gone = client.describe_task_definition(taskDefinition="app:3")["taskDefinition"]

    assert arns == [f"{PREFIX}:task-definition/app:{n}" for n in (1, 2, 3)]
    assert (latest["revision"], latest["status"]) == (2, "ACTIVE")
    assert (gone["revision"], gone["status"]) == (3, "INACTIVE")
    assert gone["deregisteredAt"] >= gone["registeredAt"]


def test_an_inactive_definition_starts_nothing(client: ECSClient, register: Definitions) -> None:
    arn = register()
    client.deregister_task_definition(taskDefinition=arn)

    with pytest.raises(client.exceptions.ClientException, match="inactive"):
        client.run_task(taskDefinition=arn)
    with pytest.raises(client.exceptions.ClientException, match="inactive"):
        client.create_service(serviceName="web", taskDefinition=arn, desiredCount=1)
    with pytest.raises(client.exceptions.ClientException, match="inactive"):
        client.deregister_task_definition(taskDefinition=arn)


@pytest.mark.parametrize("name", ["none", "app:2", f"{PREFIX}:task-definition/app:7"])
def test_an_unknown_definition(client: ECSClient, register: Definitions, name: str) -> None:
    register()
    with pytest.raises(client.exceptions.ClientException, match="Unable to describe"):
        client.describe_task_definition(taskDefinition=name)
    with pytest.raises(client.exceptions.ClientException, match="TaskDefinition not found"):
        client.run_task(taskDefinition=name)


def test_a_definition_is_shown_as_it_was_given(client: ECSClient) -> None:
    arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-123456"
    given = container(SLEEP, secrets=[{"name": "V", "valueFrom": f"{arn}:key::"}])
    client.register_task_definition(
        family="app",
        executionRoleArn="role",
        containerDefinitions=[given],
        tags=[{"key": "a", "value": "b"}],
        **FARGATE,
    )

    plain = client.describe_task_definition(taskDefinition="app")
    tagged = client.describe_task_definition(taskDefinition="app", include=["TAGS"])

    shown = plain["taskDefinition"]
    assert "tags" not in plain
    assert tagged["tags"] == [{"key": "a", "value": "b"}]
    assert shown["containerDefinitions"][0].items() >= given.items()
    assert shown["containerDefinitions"][0]["essential"]
    assert {name: shown[name] for name in FARGATE} == FARGATE


@pytest.mark.parametrize(
    "broken",
    [
        {"family": "a/b"},
        {"containerDefinitions": []},
        {"containerDefinitions": [container(SLEEP, essential=False)]},
        {"containerDefinitions": [container(SLEEP), container(SLEEP)]},
        {"containerDefinitions": [container(SLEEP, image="")]},
        {"containerDefinitions": [container(SLEEP, stopTimeout=121)]},
        {"containerDefinitions": [container(SLEEP, healthCheck={"command": ["true"]})]},
        {
            "containerDefinitions": [
                container(SLEEP, healthCheck={"command": ["CMD", "true"], "interval": 4})
            ]
        },
        {"containerDefinitions": [container(SLEEP, secrets=[{"name": "V", "valueFrom": "p"}])]},
        {**FARGATE, "networkMode": "bridge"},
        {name: value for name, value in FARGATE.items() if name != "cpu"},
    ],
    ids=[
        "family",
        "no container",
        "none essential",
        "same name",
        "no image",
        "stop timeout",
        "health check",
        "interval",
        "secrets without execution role",
        "network mode",
        "no cpu",
    ],
)
def test_a_broken_definition_is_refused(client: ECSClient, broken: dict[str, Any]) -> None:
    whole = {"family": "app", "containerDefinitions": [container(SLEEP)], **broken}

    with pytest.raises(ClientError) as error:
        client.register_task_definition(**whole)

    assert error.value.response["Error"]["Code"] == "ClientException"
    with pytest.raises(client.exceptions.ClientException):
        client.describe_task_definition(taskDefinition="app")
