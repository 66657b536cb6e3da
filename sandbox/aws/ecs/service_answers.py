"""Services, deployments and service deployments as ECS shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.aws.ecs.answers import PLATFORM, without_none
from sandbox.aws.ecs.records import STARTING

if TYPE_CHECKING:
    from sandbox.aws.ecs.records import Task
    from sandbox.aws.ecs.service_records import Deployment, Service, ServiceDeployment
    from sandbox.aws.ecs.state import State
    from sandbox.aws.json.shapes import Json

__all__ = ["service", "service_deployment"]

SHOWN = ("networkConfiguration", "healthCheckGracePeriodSeconds")
"""Shown as they were given."""

EMPTY = ("loadBalancers", "serviceRegistries", "placementConstraints", "placementStrategy")


def service(record: Service, state: State, *, with_tags: bool = False) -> Json:
    """Return a Service.

    Deployments are those of the rolling update alone: CodeDeploy and external controllers have
    task sets instead, which this sandbox does not show.
    """
    tasks = state.tasks_of(record)
    by_ecs = record.controller == "ECS"
    newest = record.service_deployments[0].arn if record.service_deployments else None
    return without_none(
        {
            "serviceArn": record.arn,
            "serviceName": record.name,
            "clusterArn": record.cluster.arn,
            "status": record.status,
            "desiredCount": record.desired_count,
            **_counts(tasks),
            **PLATFORM,
            "taskDefinition": record.definition.arn if record.definition else None,
            "deploymentConfiguration": record.configuration,
            "deploymentController": {"type": record.controller},
            "deployments": _deployments(record, tasks) if by_ecs else [],
            "currentServiceDeployment": newest if by_ecs else None,
            "events": record.events,
            "createdAt": record.created_at,
            "schedulingStrategy": "REPLICA",
            "tags": record.given.get("tags", []) if with_tags else None,
            **{name: [] for name in EMPTY},
            **{name: record.given.get(name) for name in SHOWN},
        }
    )


def service_deployment(record: ServiceDeployment, owner: Service) -> Json:
    """Return a ServiceDeploymentBrief."""
    return without_none(
        {
            "serviceDeploymentArn": record.arn,
            "serviceArn": owner.arn,
            "clusterArn": owner.cluster.arn,
            "targetServiceRevisionArn": record.revision_arn,
            "status": record.status,
            "statusReason": record.status_reason,
            "createdAt": record.created_at,
            "startedAt": record.started_at,
            "finishedAt": record.finished_at,
        }
    )


def _deployments(record: Service, tasks: list[Task]) -> list[Json]:
    return [_deployment(one, record, tasks) for one in record.deployments]


def _deployment(record: Deployment, owner: Service, tasks: list[Task]) -> Json:
    mine = [one for one in tasks if one.started_by == record.id]
    is_primary = record.status == "PRIMARY"
    return {
        "id": record.id,
        "status": record.status,
        "taskDefinition": record.definition.arn,
        "desiredCount": owner.desired_count if is_primary else sum(t.is_wanted for t in mine),
        **_counts(mine),
        "failedTasks": record.failed_tasks,
        "createdAt": record.created_at,
        "updatedAt": record.updated_at,
        "rolloutState": record.rollout_state,
        "rolloutStateReason": record.reason,
        **PLATFORM,
    }


def _counts(tasks: list[Task]) -> Json:
    return {
        "runningCount": sum(one.last_status == "RUNNING" for one in tasks),
        "pendingCount": sum(one.last_status in STARTING for one in tasks),
    }
