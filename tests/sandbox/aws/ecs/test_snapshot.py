"""An ECS goes back to its clusters and task definitions; what ran since then has ended."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from sandbox.aws.json.failures import AwsFailure
from tests.sandbox.aws.ecs.definitions import SLEEP, Definitions, container, run, task_of

if TYPE_CHECKING:
    from types_boto3_ecs import ECSClient

    from sandbox.aws.ecs import EcsServer
    from tests.sandbox.aws.ecs.definitions import Services


def test_services_tasks_and_their_processes_are_gone(
    ecs: EcsServer, client: ECSClient, register: Definitions, services: Services
) -> None:
    definition = register()
    saved = ecs.snapshot()
    services.create(definition)
    ecs.wait_until_rolled(services.name)
    task = run(client, register(container(SLEEP)))
    ecs.wait_for(lambda: task_of(client, task)["lastStatus"] == "RUNNING")
    (process,) = ecs.task_processes(task)
    ecs.restore(saved)
    assert client.list_services()["serviceArns"] == []
    assert client.list_tasks()["taskArns"] == []
    assert client.list_tasks(desiredStatus="STOPPED")["taskArns"] == []
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    with pytest.raises(KeyError):
        ecs.task_log(task)


def test_clusters_and_definitions_are_as_they_were(
    ecs: EcsServer, client: ECSClient, register: Definitions
) -> None:
    definition = register()
    before = client.describe_task_definition(taskDefinition=definition)["taskDefinition"]
    saved = ecs.snapshot()
    for _ in range(2):
        client.create_cluster(clusterName="late")
        client.deregister_task_definition(taskDefinition=definition)
        assert register() != definition
        ecs.grow_older(3)
        ecs.restore(saved)
        found = client.describe_task_definition(taskDefinition="app")["taskDefinition"]
        assert found == before
        late = client.describe_clusters(clusters=["default", "late"])
        assert [one["clusterName"] for one in late["clusters"]] == ["default"]


def test_a_service_works_after_it(
    ecs: EcsServer, register: Definitions, services: Services
) -> None:
    definition = register()
    saved = ecs.snapshot()
    for _ in range(2):
        services.create(definition)
        ecs.wait_until_rolled(services.name)
        ecs.restore(saved)


def test_faults_end_and_the_record_is_empty(ecs: EcsServer, client: ECSClient) -> None:
    saved = ecs.snapshot()
    ecs.faults.add("ListTasks", AwsFailure("ServerException"), times=None)
    with pytest.raises(client.exceptions.ServerException):
        client.list_tasks()
    ecs.restore(saved)
    assert ecs.record.calls == []
    assert client.list_tasks()["taskArns"] == []


def test_no_snapshot_is_taken_of_tasks(
    ecs: EcsServer, client: ECSClient, register: Definitions
) -> None:
    run(client, register())
    with pytest.raises(RuntimeError, match="can't be copied"):
        ecs.snapshot()
