"""Clusters, task definitions and tasks as ECS shows them.

Fields that are not there yet (a date, an exit code) are left out, as in ECS's answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sandbox.aws.ecs.records import STARTING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sandbox.aws.ecs.records import (
        Cluster,
        Container,
        Task,
        TaskDefinition,
    )
    from sandbox.aws.ecs.state import State
    from sandbox.aws.json.shapes import Json

__all__ = ["PLATFORM", "cluster", "described", "task", "task_definition", "without_none"]

Record = TypeVar("Record")
PLATFORM = {"launchType": "FARGATE", "platformVersion": "1.4.0", "platformFamily": "Linux"}
DROPPED = frozenset({"tags"})


def without_none(answer: Json) -> Json:
    """Return the fields that have a value."""
    return {name: value for name, value in answer.items() if value is not None}


def described(
    key: str,
    given: Iterable[str],
    find: Callable[[str], Record | None],
    arn_of: Callable[[str], str],
    show: Callable[[Record], Json],
) -> Json:
    """Return a Describe answer: what was found, and a failure for each that was not.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html
    """
    found = {name: find(name) for name in given}
    missing = [name for name, record in found.items() if record is None]
    return {
        key: [show(record) for record in found.values() if record is not None],
        "failures": [
            {"arn": name if name.startswith("arn:") else arn_of(name), "reason": "MISSING"}
            for name in missing
        ],
    }


def cluster(record: Cluster, state: State) -> Json:
    """Return a Cluster."""
    tasks = [one for one in state.tasks.values() if one.cluster is record]
    services = [one for one in state.services.values() if one.cluster is record]
    return {
        "clusterArn": record.arn,
        "clusterName": record.name,
        "status": "ACTIVE",
        "registeredContainerInstancesCount": 0,
        "runningTasksCount": sum(one.last_status == "RUNNING" for one in tasks),
        "pendingTasksCount": sum(one.last_status in STARTING for one in tasks),
        "activeServicesCount": sum(one.status == "ACTIVE" for one in services),
        "statistics": [],
        "tags": record.tags,
        "settings": [],
        "capacityProviders": [],
        "defaultCapacityProviderStrategy": [],
    }


def task_definition(record: TaskDefinition) -> Json:
    """Return a TaskDefinition."""
    given = {name: value for name, value in record.given.items() if name not in DROPPED}
    return without_none(
        {
            "volumes": [],
            "placementConstraints": [],
            "compatibilities": ["EC2", "FARGATE"],
            **given,
            "containerDefinitions": [_container_definition(one) for one in record.containers],
            "taskDefinitionArn": record.arn,
            "revision": record.revision,
            "status": "ACTIVE" if record.is_active else "INACTIVE",
            "registeredAt": record.registered_at,
            "deregisteredAt": record.deregistered_at,
        }
    )


def _container_definition(given: Json) -> Json:
    defaults = {"cpu": 0, "portMappings": [], "essential": True, "environment": []}
    return {**defaults, "mountPoints": [], "volumesFrom": [], **given}


def task(record: Task) -> Json:
    """Return a Task."""
    return without_none(
        {
            "taskArn": record.arn,
            "clusterArn": record.cluster.arn,
            "taskDefinitionArn": record.definition.arn,
            "group": record.group,
            "startedBy": record.started_by,
            "lastStatus": record.last_status,
            "desiredStatus": record.desired_status,
            "healthStatus": record.health_status,
            "createdAt": record.created_at,
            "startedAt": record.started_at,
            "stoppingAt": record.stopping_at,
            "executionStoppedAt": record.execution_stopped_at,
            "stoppedAt": record.stopped_at,
            "stopCode": record.stop_code,
            "stoppedReason": record.stopped_reason,
            "containers": [_container(one, record) for one in record.containers],
            "cpu": record.definition.given.get("cpu", "256"),
            "memory": record.definition.given.get("memory", "512"),
            "overrides": {"containerOverrides": [], **record.overrides},
            "attachments": [],
            "availabilityZone": "eu-west-1a",
            "version": 1,
            **PLATFORM,
        }
    )


def _container(record: Container, owner: Task) -> Json:
    ended = record.exit_code is not None or owner.last_status == "STOPPED"
    health = "UNKNOWN" if record.health is None else record.health.status
    running = "RUNNING" if owner.started_at is not None else "PENDING"
    return without_none(
        {
            "containerArn": record.arn,
            "taskArn": owner.arn,
            "name": record.definition["name"],
            "image": record.definition["image"],
            "lastStatus": "STOPPED" if ended else running,
            "exitCode": record.exit_code,
            "healthStatus": health,
            "networkInterfaces": [],
        }
    )
