"""Which services are to be rolled, and how their rollouts stand: pure rules, no I/O, no clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rotation.rules.promotion import Promotion
from rotation.rules.tasks import ANY_SECRET, SecretReference, Task

# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceDeploymentBrief.html
_UNDER_WAY = frozenset({"PENDING", "IN_PROGRESS"})
_STABLE_WITHIN = timedelta(hours=2)
_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Service:
    """An active service. ``rolls``: ECS itself replaces its tasks (deployment controller ECS)."""

    arn: str
    name: str
    cluster: str
    rolls: bool
    references: tuple[SecretReference, ...]

    def runs(self, task: Task) -> bool:
        """Tell whether the task is one of the service's."""
        return task.cluster == self.cluster and task.group == f"service:{self.name}"

    def starts_with(self, secret_arn: str) -> bool:
        """Tell whether its new tasks get AWSCURRENT of this secret."""
        return any(
            one.names(secret_arn) and one.follows_current and one != ANY_SECRET
            for one in self.references
        )


@dataclass(frozen=True)
class Deployment:
    """A deployment of a service, with ECS's word for how it stands.

    ``created`` is None where ECS does not tell. One that is SUCCESSFUL may still have old tasks,
    with ECS's ``earlySuccessCriteria``: the key stays for them, as for any task.
    """

    created: datetime | None
    status: str


class Rollout(StrEnum):
    """How the rollout of a service after a promotion stands."""

    DUE = "due"
    UNDER_WAY = "under way"
    DONE = "done"
    STUCK = "stuck"
    FAILED = "failed"
    BY_OTHERS = "not ECS's to roll"
    NOT_STARTED = "could not be started"


BAD = frozenset({Rollout.STUCK, Rollout.FAILED, Rollout.BY_OTHERS, Rollout.NOT_STARTED})


def counts_since(
    service: Service, held: Iterable[Task], promotion: Promotion, now: datetime
) -> datetime:
    """Return the time from which on a deployment of the service counts as its rollout.

    One that began after the newest of its tasks that hold an old key replaces them all, whoever
    began it. Where a modification may have been the promotion, each one makes all tasks
    suspect, and a deployment within the last day is enough.
    """
    newest = max(
        (one.created or promotion.earliest for one in held if service.runs(one)),
        default=promotion.earliest,
    )
    return newest if promotion.by_rotation else min(newest, now - _A_DAY)


def rollout_of(deployments: Sequence[Deployment], now: datetime) -> Rollout:
    """Tell how a rollout stands, from the deployments that count.

    Whoever began one, its tasks get the new key: a second one would replace them for nothing.
    So one that failed is not repeated.
    """
    if not deployments:
        return Rollout.DUE
    if any(one.status == "SUCCESSFUL" for one in deployments):
        return Rollout.DONE
    undated = [one for one in deployments if one.created is None]
    latest = undated[0] if undated else max(deployments, key=lambda one: one.created or now)
    if latest.status not in _UNDER_WAY:
        return Rollout.FAILED
    began = latest.created or now
    return Rollout.STUCK if now - began > _STABLE_WITHIN else Rollout.UNDER_WAY


def from_before(held: Iterable[Task], promotion: Promotion) -> tuple[Task, ...]:
    """Return the tasks that a rollout frees: those from before the promotion.

    A task from after it holds an old key because its definition names AWSPREVIOUS or a version,
    and so would the task that replaces it.
    """
    return tuple(one for one in held if one.is_from_before(promotion.latest))


def to_roll(
    services: Iterable[Service], secret_arn: str, held: Sequence[Task]
) -> tuple[Service, ...]:
    """Return the services that have one of these tasks, and would start new ones with AWSCURRENT.

    A service whose tasks were all created after the promotion has nothing to be rolled for. One
    that is not ECS's to roll may name no task definition; it is returned to be told of.
    """
    return tuple(
        one
        for one in services
        if (one.starts_with(secret_arn) or not one.rolls) and any(map(one.runs, held))
    )
