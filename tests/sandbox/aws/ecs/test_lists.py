"""ListTasks, ListServices and DescribeTasks: filters, pages, limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sandbox.aws.ecs import EcsServer
from tests.sandbox.aws.ecs.definitions import Definitions, container, run, wait_for_status

if TYPE_CHECKING:
    from types_boto3_ecs import ECSClient

    from sandbox.aws.secrets_manager import SecretsManagerServer
    from tests.sandbox.aws.ecs.definitions import Services

# A container without a command has no process here: enough where only records matter.
IDLE = container([])


def test_a_task_is_listed_by_its_desired_status(
    aws: SecretsManagerServer, client: ECSClient, register: Definitions, ecs: EcsServer
) -> None:
    deaf = container(["sh", "-c", "trap '' TERM; echo up; sleep 600"], stopTimeout=120)
    arn = run(client, register(deaf))
    assert client.list_tasks()["taskArns"] == [arn]  # PROVISIONING or PENDING by now
    ecs.wait_for(lambda: ecs.task_log(arn) == "up\n")
    client.stop_task(task=arn)
    wait_for_status(ecs, client, arn, "STOPPING")

    assert client.list_tasks(desiredStatus="STOPPED")["taskArns"] == [arn]
    assert client.list_tasks(desiredStatus="RUNNING")["taskArns"] == []
    assert client.list_tasks(desiredStatus="PENDING")["taskArns"] == []
    assert aws.record.calls == []


def test_filters_of_tasks(client: ECSClient, register: Definitions, services: Services) -> None:
    services.create_stable(register(IDLE))
    other = run(client, register(IDLE, family="other"))
    mine = client.run_task(taskDefinition="app", startedBy="me")["tasks"][0]["taskArn"]
    of_service = client.list_tasks(serviceName="web")["taskArns"]

    def listed(**asked: Any) -> set[str]:  # noqa: ANN401 - a request's parameters
        return set(client.list_tasks(**asked)["taskArns"])

    assert len(of_service) == 1
    assert listed() == {*of_service, other, mine}
    assert listed(family="other") == {other}
    assert listed(family="app") == {*of_service, mine}
    assert listed(startedBy="me") == {mine}
    assert listed(startedBy=services.deployments()[0]["id"]) == {*of_service}
    assert listed(launchType="EC2") == set()
    assert listed(serviceName=services.show()["serviceArn"]) == {*of_service}


@pytest.mark.parametrize(
    "asked",
    [
        {"startedBy": "me", "family": "app"},
        {"serviceName": "web", "family": "app"},
        {"maxResults": 0},
        {"maxResults": 101},
        {"nextToken": "?"},
        {"nextToken": "YWJj"},
    ],
)
def test_lists_that_are_refused(client: ECSClient, asked: dict[str, Any]) -> None:
    with pytest.raises(client.exceptions.InvalidParameterException):
        client.list_tasks(**asked)


def test_tasks_of_an_unknown_service(client: ECSClient) -> None:
    with pytest.raises(client.exceptions.ServiceNotFoundException):
        client.list_tasks(serviceName="none")


def test_a_hundred_tasks_can_be_described_and_no_more(
    client: ECSClient, register: Definitions
) -> None:
    register(IDLE)
    arns = [
        task["taskArn"]
        for _ in range(10)
        for task in client.run_task(taskDefinition="app", count=10)["tasks"]
    ]

    assert len(client.describe_tasks(tasks=arns)["tasks"]) == 100
    with pytest.raises(client.exceptions.InvalidParameterException, match="more than 100"):
        client.describe_tasks(tasks=[*arns, "more"])
    with pytest.raises(client.exceptions.InvalidParameterException, match="empty"):
        client.describe_tasks(tasks=[])
    with pytest.raises(client.exceptions.InvalidParameterException, match="between 1 and 10"):
        client.run_task(taskDefinition="app", count=11)


def test_missing_tasks_are_failures(client: ECSClient, register: Definitions) -> None:
    client.create_cluster(clusterName="blue")
    arn = run(client, register(IDLE))
    key = arn.rpartition("/")[2]
    prefix = "arn:aws:ecs:eu-west-1:123456789012:task"

    here = client.describe_tasks(tasks=[key, "none"])
    elsewhere = client.describe_tasks(cluster="blue", tasks=[arn])

    assert [one["taskArn"] for one in here["tasks"]] == [arn]
    assert here["failures"] == [{"arn": f"{prefix}/default/none", "reason": "MISSING"}]
    assert elsewhere["tasks"] == []
    assert elsewhere["failures"] == [{"arn": arn, "reason": "MISSING"}]
    with pytest.raises(client.exceptions.InvalidParameterException, match="not found"):
        client.stop_task(task="none")


def test_pages_of_each_list(aws: SecretsManagerServer) -> None:
    with EcsServer(aws, page_size=4) as ecs:
        client = ecs.client()
        client.create_cluster()
        Definitions(client)(IDLE)
        for n in range(7):
            client.create_service(serviceName=f"s{n}", taskDefinition="app", desiredCount=0)
            client.run_task(taskDefinition="app")
            client.update_service(service="s0", forceNewDeployment=True)

        tasks = list(client.get_paginator("list_tasks").paginate())
        services = list(client.get_paginator("list_services").paginate())
        small = client.list_services(maxResults=2)
        first = client.list_service_deployments(service="s0")
        rest = client.list_service_deployments(service="s0", nextToken=first["nextToken"])

    assert [len(page["taskArns"]) for page in tasks] == [4, 3]
    assert [len(page["serviceArns"]) for page in services] == [4, 3]
    assert "nextToken" not in services[-1]
    assert [arn.rpartition("/")[2] for arn in small["serviceArns"]] == ["s0", "s1"]
    assert len({one for page in tasks for one in page["taskArns"]}) == 7
    both = [*first["serviceDeployments"], *rest["serviceDeployments"]]
    assert len({one["serviceDeploymentArn"] for one in both}) == 8
    assert "nextToken" not in rest  # two full pages


def test_a_page_of_services_has_ten_unless_asked_for_more(
    client: ECSClient, register: Definitions
) -> None:
    register(IDLE)
    for n in range(12):
        client.create_service(serviceName=f"s{n}", taskDefinition="app", desiredCount=0)

    assert len(client.list_services()["serviceArns"]) == 10
    assert len(client.list_services(maxResults=100)["serviceArns"]) == 12
