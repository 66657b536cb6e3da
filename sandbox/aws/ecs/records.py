"""Clusters, task definitions and tasks as this sandbox keeps them; dates are Unix seconds."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.aws.ecs.health import HealthCheck
    from sandbox.aws.ecs.process import ContainerProcess
    from sandbox.aws.ecs.secret_values import Preparation
    from sandbox.aws.json.shapes import Json

__all__ = ["STARTING", "Cluster", "Container", "Task", "TaskDefinition", "now"]

STARTING = frozenset({"PROVISIONING", "PENDING"})
FAILURES = frozenset({"TaskFailedToStart", "EssentialContainerExited"})


def now() -> float:
    """Return the time in Unix seconds, cut to the millisecond as ECS's dates are."""
    return int(time.time() * 1000) / 1000


@dataclass(eq=False)
class Cluster:
    """A cluster; nothing here deletes one."""

    name: str
    arn: str
    tags: list[Json] = field(default_factory=list)


@dataclass(eq=False)
class TaskDefinition:
    """One revision; ``given`` is what RegisterTaskDefinition brought."""

    arn: str
    family: str
    revision: int
    given: Json
    registered_at: float = field(default_factory=now)
    deregistered_at: float | None = None

    @property
    def is_active(self) -> bool:
        """Whether new services and tasks may name it."""
        return self.deregistered_at is None

    @property
    def containers(self) -> list[Json]:
        """The container definitions."""
        found: list[Json] = self.given["containerDefinitions"]
        return found


@dataclass(eq=False)
class Container:
    """A container of a task; one without a command has no process, and runs until stopped."""

    arn: str
    definition: Json
    process: ContainerProcess | None = None
    health: HealthCheck | None = None
    exit_code: int | None = None

    @property
    def is_essential(self) -> bool:
        """Whether the task stops with it. "By default, a container is assumed to be essential"."""
        return bool(self.definition.get("essential", True))

    @property
    def argv(self) -> list[str]:
        """What is run: ENTRYPOINT and CMD, as the container definition has them."""
        return [*self.definition.get("entryPoint", ()), *self.definition.get("command", ())]


@dataclass(eq=False)
class Task:
    """A task; ``created_at`` is set before anything of it begins."""

    arn: str
    cluster: Cluster
    definition: TaskDefinition
    group: str
    started_by: str | None
    overrides: Json
    containers: list[Container]
    created_at: float = field(default_factory=now)
    last_status: str = "PROVISIONING"
    desired_status: str = "RUNNING"
    started_at: float | None = None
    stopping_at: float | None = None
    execution_stopped_at: float | None = None
    stopped_at: float | None = None
    stop_code: str | None = None
    stopped_reason: str | None = None
    preparation: Preparation | None = None
    running_since: float = 0.0
    kill_at: float = 0.0
    is_counted: bool = False

    @property
    def id(self) -> str:
        """The last part of the ARN."""
        return self.arn.rpartition("/")[2]

    @property
    def is_wanted(self) -> bool:
        """Whether it is meant to run; ListTasks calls that its desired status."""
        return self.desired_status == "RUNNING"

    @property
    def is_failure(self) -> bool:
        """Whether it ended by itself, and not because somebody stopped it."""
        return self.stop_code in FAILURES

    @property
    def health_status(self) -> str:
        """HEALTHY, UNHEALTHY, or UNKNOWN: also where no essential container has a check.

        https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
        """
        checks = [one.health for one in self.containers if one.is_essential and one.health]
        statuses = {check.status for check in checks}
        if "UNHEALTHY" in statuses:
            return "UNHEALTHY"
        return "HEALTHY" if statuses == {"HEALTHY"} else "UNKNOWN"

    def is_ready(self, settle_seconds: float) -> bool:
        """Tell whether it runs and is healthy, or has run so long where nothing checks that."""
        if not (self.is_wanted and self.last_status == "RUNNING"):
            return False
        if any(one.is_essential and one.health for one in self.containers):
            return self.health_status == "HEALTHY"
        return time.monotonic() - self.running_since >= settle_seconds
