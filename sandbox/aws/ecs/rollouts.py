"""What begins, ends and rolls back a deployment.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
"""

from __future__ import annotations

import secrets
import uuid
from typing import TYPE_CHECKING

from sandbox.aws.ecs.service_records import Deployment, ServiceDeployment
from sandbox.aws.ecs.state import long_number

if TYPE_CHECKING:
    from sandbox.aws.ecs.records import TaskDefinition
    from sandbox.aws.ecs.service_records import Service
    from sandbox.aws.ecs.state import State

__all__ = ["begin", "complete", "give_up", "tell"]


def begin(state: State, service: Service, definition: TaskDefinition) -> None:
    """Begin a deployment; one that is under way is replaced, and its entry says STOPPED.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
    """
    for old in service.service_deployments:
        if not old.is_finished:
            old.become("STOPPED", "The service deployment was replaced by a newer one.")
    path = f"{service.cluster.name}/{service.name}"
    entry = ServiceDeployment(
        state.arn(f"service-deployment/{path}/{secrets.token_urlsafe(15)}"),
        state.arn(f"service-revision/{path}/{long_number()}"),
    )
    service.service_deployments.insert(0, entry)
    _put_first(service, Deployment(f"ecs-svc/{long_number()}", definition, entry))


def complete(service: Service) -> None:
    """End the primary deployment well: the service is in a steady state."""
    deployment = service.primary
    deployment.become("COMPLETED", f"ECS deployment {deployment.id} completed.")
    ended = "ROLLBACK_SUCCESSFUL" if deployment.is_rollback else "SUCCESSFUL"
    entry = deployment.service_deployment
    entry.become(ended, entry.status_reason)
    service.completed = deployment
    tell(service, f"(deployment {deployment.id}) deployment completed.")
    tell(service, "has reached a steady state.")


def give_up(service: Service) -> None:
    """End the primary deployment badly, because of its failed tasks.

    "A deployment in FAILED state doesn't launch any new tasks" (Deployment reference). With
    rollback, a new deployment goes back to the last one that completed; without one, and when
    the rollback itself fails, the service stays as it is. ECS has no status FAILED for service
    deployments. That one without rollback ends as STOPPED is not documented in words: of the
    statuses that the page above calls completed, it is the one that fits.
    """
    deployment = service.primary
    reason = "ECS deployment circuit breaker: tasks failed to start."
    deployment.become("FAILED", reason)
    tell(service, f"(deployment {deployment.id}) deployment failed: tasks failed to start.")
    entry, back_to = deployment.service_deployment, service.completed
    if not service.configuration["deploymentCircuitBreaker"]["rollback"]:
        entry.become("STOPPED", reason)
    elif deployment.is_rollback or back_to is None:
        entry.become("ROLLBACK_FAILED", reason)
    else:
        entry.become("ROLLBACK_IN_PROGRESS", reason)
        _roll_back(service, back_to)


def tell(service: Service, message: str) -> None:
    """Add an event to the service."""
    service.add_event(str(uuid.uuid4()), message)


def _roll_back(service: Service, back_to: Deployment) -> None:
    text = f"rolling back to deploymentId {back_to.id}."
    entry = service.primary.service_deployment
    deployment = Deployment(f"ecs-svc/{long_number()}", back_to.definition, entry, is_rollback=True)
    deployment.reason = f"ECS deployment circuit breaker: {text}"
    _put_first(service, deployment)
    tell(service, text)


def _put_first(service: Service, deployment: Deployment) -> None:
    for old in service.deployments:
        old.status = "ACTIVE"
    deployment.reason = deployment.reason or f"ECS deployment {deployment.id} in progress."
    service.deployments.insert(0, deployment)
    service.definition = deployment.definition
