"""Services: creating, changing, describing, deleting, and what is refused."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any, Literal

import pytest

from tests.sandbox.aws.ecs.definitions import Definitions, container, task_of, wait_for_status

if TYPE_CHECKING:
    from types_boto3_ecs import ECSClient

    from sandbox.aws.ecs import EcsServer
    from tests.sandbox.aws.ecs.definitions import Services

PREFIX = "arn:aws:ecs:eu-west-1:123456789012"
IDLE = container([])


def test_a_service_keeps_its_count(
    ecs: EcsServer, client: ECSClient, register: Definitions, services: Services
) -> None:
    tasks = services.create_stable(register(), 2)
    service = services.show()
    deployment = service["deployments"][0]

    assert len(tasks) == 2
    for arn in tasks:
        task = task_of(client, arn)
        assert (task["group"], task["startedBy"]) == ("service:web", deployment["id"])
    assert (service["desiredCount"], service["runningCount"]) == (2, 2)
    assert deployment["id"].startswith("ecs-svc/")
    assert (deployment["status"], deployment["rolloutState"]) == ("PRIMARY", "COMPLETED")
    assert service["events"][0]["message"] == "(service web) has reached a steady state."
    assert service["serviceArn"] == f"{PREFIX}:service/default/web"
    ecs.wait_until_stable(service["serviceArn"], service["clusterArn"])


def test_a_crashed_and_a_stopped_task_are_replaced(
    ecs: EcsServer, client: ECSClient, register: Definitions, services: Services
) -> None:
    first, second = services.create_stable(register(), 2)

    os.kill(ecs.task_processes(first)[0], signal.SIGKILL)
    client.stop_task(task=second)
    crashed = wait_for_status(ecs, client, first, "STOPPED")
    ecs.wait_until_stable("web")

    assert crashed["stopCode"] == "EssentialContainerExited"
    assert services.stopped() == {first, second}
    assert len(services.running() - {first, second}) == 2
    assert services.statuses() == ["SUCCESSFUL"]


def test_another_count_is_no_new_deployment(
    ecs: EcsServer, client: ECSClient, register: Definitions, services: Services
) -> None:
    tasks = services.create_stable(register(IDLE), 1)
    before = services.deployments()[0]["id"]

    client.update_service(service="web", desiredCount=3)
    ecs.wait_until_stable("web")
    more = services.running()
    client.update_service(service="web", desiredCount=1, taskDefinition="app:1")
    ecs.wait_until_stable("web")

    assert len(more) == 3
    assert tasks < more
    assert services.running() == tasks
    assert [one["id"] for one in services.deployments()] == [before]
    assert services.statuses() == ["SUCCESSFUL"]


def test_a_deleted_service_drains_and_stays_describable(
    ecs: EcsServer, client: ECSClient, register: Definitions, services: Services
) -> None:
    services.create_stable(register())
    with pytest.raises(client.exceptions.InvalidParameterException, match="scaled above 0"):
        client.delete_service(service="web")

    deleted = client.delete_service(service="web", force=True)["service"]
    ecs.wait_for(lambda: services.show()["status"] == "INACTIVE")

    assert (deleted["status"], deleted["desiredCount"]) == ("DRAINING", 0)
    assert client.list_services()["serviceArns"] == []
    assert services.deployments() == []
    for call in (client.delete_service, client.list_service_deployments):
        with pytest.raises(client.exceptions.ServiceNotFoundException):
            call(service="web")
    with pytest.raises(client.exceptions.ServiceNotActiveException):
        services.roll()
    services.create_stable(register())


def test_a_draining_service_is_not_listed_and_keeps_its_name(
    ecs: EcsServer, client: ECSClient, register: Definitions, services: Services
) -> None:
    services.create_stable(register(IDLE))
    ecs._scheduler.close()  # nobody ends its tasks
    client.delete_service(service="web", force=True)

    assert services.show()["status"] == "DRAINING"
    assert client.list_services()["serviceArns"] == []
    with pytest.raises(client.exceptions.InvalidParameterException, match="still Draining"):
        services.create("app")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"serviceName": "web"}, "not idempotent"),
        ({"serviceName": "a b"}, "must match"),
        ({"desiredCount": None}, "DesiredCount"),
        ({"taskDefinition": None}, "TaskDefinition"),
        ({"taskDefinition": "vpc"}, "Network Configuration must be provided"),
    ],
)
def test_services_that_are_refused(
    client: ECSClient, register: Definitions, asked: dict[str, Any], words: str
) -> None:
    register(IDLE)
    client.register_task_definition(family="vpc", networkMode="awsvpc", containerDefinitions=[IDLE])
    client.create_service(serviceName="web", taskDefinition="app", desiredCount=0)
    whole = {"serviceName": "other", "taskDefinition": "app", "desiredCount": 0, **asked}

    with pytest.raises(client.exceptions.InvalidParameterException, match=words):
        client.create_service(**{k: v for k, v in whole.items() if v is not None})


@pytest.mark.parametrize("controller", ["CODE_DEPLOY", "EXTERNAL"])
@pytest.mark.parametrize("change", [{"forceNewDeployment": True}, {"taskDefinition": "app"}])
def test_ecs_rolls_no_service_of_another_controller(
    client: ECSClient,
    register: Definitions,
    services: Services,
    controller: Literal["CODE_DEPLOY", "EXTERNAL"],
    change: dict[str, Any],
) -> None:
    register(IDLE)
    client.create_service(
        serviceName="web",
        taskDefinition="app",
        desiredCount=1,
        deploymentController={"type": controller},
    )

    with pytest.raises(client.exceptions.InvalidParameterException, match=controller):
        client.update_service(service="web", **change)

    assert services.show()["deploymentController"] == {"type": controller}
    assert services.deployments() == []
    assert services.statuses() == []
    client.update_service(service="web", desiredCount=2)


def test_a_code_deploy_service_runs_tasks_and_an_external_one_has_none(
    ecs: EcsServer, client: ECSClient, register: Definitions
) -> None:
    register(IDLE)
    client.create_service(
        serviceName="blue-green",
        taskDefinition="app",
        desiredCount=1,
        deploymentController={"type": "CODE_DEPLOY"},
    )
    client.create_service(serviceName="own", deploymentController={"type": "EXTERNAL"})
    ecs.wait_until_stable("blue-green")

    both = client.describe_services(services=["blue-green", "own"])["services"]

    assert [one["runningCount"] for one in both] == [1, 0]
    assert "taskDefinition" not in both[1]
    assert client.list_tasks(serviceName="own")["taskArns"] == []


def test_ten_services_can_be_described_and_no_more(
    client: ECSClient, register: Definitions
) -> None:
    register(IDLE)
    client.create_service(serviceName="web", taskDefinition="app", desiredCount=0)
    names = ["web", *(f"none{n}" for n in range(9))]

    answer = client.describe_services(services=names)

    assert [one["serviceName"] for one in answer["services"]] == ["web"]
    assert len(answer["failures"]) == 9
    missing = {"arn": f"{PREFIX}:service/default/none0", "reason": "MISSING"}
    assert answer["failures"][0] == missing
    with pytest.raises(client.exceptions.InvalidParameterException, match="at most 10 items"):
        client.describe_services(services=[*names, "more"])
    with pytest.raises(client.exceptions.InvalidParameterException, match="empty"):
        client.describe_services(services=[])


def test_tags_are_shown_when_asked_for(client: ECSClient, register: Definitions) -> None:
    register(IDLE)
    tags: Any = [{"key": "a", "value": "b"}]
    client.create_service(serviceName="web", taskDefinition="app", desiredCount=0, tags=tags)

    plain = client.describe_services(services=["web"])["services"][0]
    tagged = client.describe_services(services=["web"], include=["TAGS"])["services"][0]

    assert "tags" not in plain
    assert tagged["tags"] == tags
    with pytest.raises(client.exceptions.ServiceNotFoundException):
        client.update_service(service="none", forceNewDeployment=True)
