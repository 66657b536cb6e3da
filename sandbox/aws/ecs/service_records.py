"""Services, their deployments and service deployments; dates are Unix seconds.

A deployment is what DescribeServices shows while it has tasks. A service deployment is the entry
of ListServiceDeployments, and stays. A rollback is a deployment of its own in the former, and a
status of the failed one in the latter.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.aws.ecs.records import now

if TYPE_CHECKING:
    from sandbox.aws.ecs.records import Cluster, TaskDefinition
    from sandbox.aws.json.shapes import Json

__all__ = ["Deployment", "Service", "ServiceDeployment"]

FINISHED = frozenset({"SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"})
EVENTS = 100
SMALLEST_THRESHOLD, LARGEST_THRESHOLD = 3, 200


@dataclass(eq=False)
class ServiceDeployment:
    """An entry of ListServiceDeployments; ``status`` is a ServiceDeploymentStatus."""

    arn: str
    revision_arn: str
    status: str = "PENDING"
    status_reason: str | None = None
    created_at: float = field(default_factory=now)
    started_at: float | None = None
    finished_at: float | None = None

    @property
    def is_finished(self) -> bool:
        """Whether its status is one of the last ones."""
        return self.status in FINISHED

    def become(self, status: str, reason: str | None = None) -> None:
        """Move to a status, with the date that belongs to it."""
        self.status, self.status_reason = status, reason
        if status == "IN_PROGRESS":
            self.started_at = now()
        if self.is_finished:
            self.finished_at = now()


@dataclass(eq=False)
class Deployment:
    """A deployment as DescribeServices shows it."""

    id: str
    definition: TaskDefinition
    service_deployment: ServiceDeployment
    is_rollback: bool = False
    status: str = "PRIMARY"
    rollout_state: str = "IN_PROGRESS"
    reason: str = ""
    failed_tasks: int = 0
    created_at: float = field(default_factory=now)
    updated_at: float = field(default_factory=now)
    next_launch: float = 0.0

    def become(self, rollout_state: str, reason: str) -> None:
        """Move to a rollout state."""
        self.rollout_state, self.reason, self.updated_at = rollout_state, reason, now()


@dataclass(eq=False)
class Service:
    """A service; ``given`` is what CreateService and UpdateService brought."""

    arn: str
    name: str
    cluster: Cluster
    given: Json
    definition: TaskDefinition | None
    desired_count: int
    controller: str = "ECS"
    status: str = "ACTIVE"
    created_at: float = field(default_factory=now)
    deployments: list[Deployment] = field(default_factory=list)
    service_deployments: list[ServiceDeployment] = field(default_factory=list)
    completed: Deployment | None = None
    events: list[Json] = field(default_factory=list)

    @property
    def primary(self) -> Deployment:
        """The most recent deployment."""
        return self.deployments[0]

    @property
    def group(self) -> str:
        """The group of its tasks."""
        return f"service:{self.name}"

    @property
    def configuration(self) -> Json:
        """The deployment configuration with ECS's defaults."""
        breaker = {"enable": False, "rollback": False}
        given = self.given.get("deploymentConfiguration", {})
        defaults = {"maximumPercent": 200, "minimumHealthyPercent": 100}
        return {"deploymentCircuitBreaker": breaker, **defaults, **given}

    @property
    def most_tasks(self) -> int:
        """The upper limit while a deployment goes on, rounded down."""
        return self.desired_count * int(self.configuration["maximumPercent"]) // 100

    @property
    def fewest_healthy(self) -> int:
        """The lower limit while a deployment goes on, rounded up."""
        percent = int(self.configuration["minimumHealthyPercent"])
        return math.ceil(self.desired_count * percent / 100)

    @property
    def failure_threshold(self) -> int:
        """How many failed tasks trip the circuit breaker: half of the desired count, 3 to 200.

        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
        """
        half = math.ceil(self.desired_count / 2)
        return min(max(half, SMALLEST_THRESHOLD), LARGEST_THRESHOLD)

    def add_event(self, event_id: str, message: str) -> None:
        """Note an event; the newest comes first, and a hundred are kept."""
        event = {"id": event_id, "createdAt": now(), "message": f"(service {self.name}) {message}"}
        self.events = [event, *self.events][:EVENTS]
