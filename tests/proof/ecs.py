"""An ECS cluster in memory: values, and how a task and a rollout go on.

ECS reads a task's secret once, after createdAt and before the container runs; the task holds
that key until it has stopped. createdAt is when it enters PENDING: a task that is being
provisioned has none.
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeploymentBrief.html
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rotation.rules.tasks import SecretReference
from rotation.rules.words import Fingerprint, Stage

SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app-AbCdEf"
CLUSTER = "arn:aws:ecs:eu-west-1:123456789012:cluster/main"
# ECS's lists are eventually consistent: docs/limits.md.
LISTS_LAG = timedelta(minutes=5)
SERVICES_ARN = CLUSTER.replace("cluster", "service")


class State(StrEnum):
    """Where a task is. It may log in from PENDING, when it has fetched, until it has stopped."""

    PROVISIONING = "PROVISIONING"
    PENDING = "PENDING"
    FETCHED = "PENDING, its secret fetched"
    RUNNING = "RUNNING"
    STOPPING = "STOPPING"


NEXT = {
    State.PROVISIONING: State.PENDING,
    State.PENDING: State.FETCHED,
    State.FETCHED: State.RUNNING,
}


class Status(StrEnum):
    """ECS's words for a deployment."""

    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    SUCCESSFUL = "SUCCESSFUL"
    STOPPED = "STOPPED"
    ROLLED_BACK = "ROLLBACK_SUCCESSFUL"


UNDER_WAY = frozenset({Status.PENDING, Status.IN_PROGRESS})


@dataclass(frozen=True)
class Deployment:
    """A deployment of a service; its tasks bear its number."""

    number: int
    created: datetime
    status: Status


@dataclass(frozen=True)
class Service:
    """A service. ``references`` are its task definition's, ``rolls`` as in consumers.Service."""

    name: str
    references: tuple[SecretReference, ...]
    rolls: bool = True
    wanted: int = 2
    deployments: tuple[Deployment, ...] = ()

    @property
    def arn(self) -> str:
        return f"{SERVICES_ARN}/{self.name}"

    @property
    def latest(self) -> Deployment:
        return self.deployments[-1]


@dataclass(frozen=True)
class Task:
    """A task that has not stopped. ``astray``: see WorldWithTasks.move_current."""

    number: int
    group: str
    references: tuple[SecretReference, ...]
    deployment: int = 0
    created: datetime | None = None
    state: State = State.PROVISIONING
    key: Fingerprint | None = None
    astray: bool = False

    @property
    def name(self) -> str:
        return f"task {self.number} of {self.group.removeprefix('service:')}"

    @property
    def arn(self) -> str:
        return f"{CLUSTER}/t{self.number}"

    @property
    def reference(self) -> SecretReference | None:
        """How its definition names the secret, if it does."""
        return next((one for one in self.references if one.secret_arn == SECRET_ARN), None)

    @property
    def has_fetched(self) -> bool:
        return self.state in {State.FETCHED, State.RUNNING, State.STOPPING}


PLAIN = (SecretReference(SECRET_ARN),)
PINNED = (SecretReference(SECRET_ARN, stage=Stage.PREVIOUS),)
NOT_THIS_ONE = (SecretReference("arn:aws:secretsmanager:eu-west-1:1:secret:bee-AbCdEf"),)


def pinned_to(version_id: str) -> tuple[SecretReference, ...]:
    return (SecretReference(SECRET_ARN, version_id=version_id),)
