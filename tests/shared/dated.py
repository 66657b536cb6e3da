"""A secret, its tasks and services, with dates that are told from one instant, NOW."""

from datetime import UTC, datetime, timedelta

from rotation.rules.retention import Retention
from rotation.rules.rollouts import Deployment, Service
from rotation.rules.tasks import SecretReference, Task
from rotation.rules.words import (
    AttachedSecret,
    SecretLabels,
    SecretState,
    Stage,
)

NOW = datetime(2026, 6, 30, 12, 0, 0, 500_000, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=n) for n in (1, 60, 3600, 86400))
CLUSTER = "arn:aws:ecs:eu-west-1:123456789012:cluster/main"
OTHER_CLUSTER = "arn:aws:ecs:eu-west-1:123456789012:cluster/other"
ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app-AbCdEf"
SECOND_ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:bee-AbCdEf"
IN_GRACE = Retention(timedelta(hours=24))
WITH_CLUSTERS = Retention(timedelta(hours=24), (CLUSTER,))
CLUSTERS_ALONE = Retention(clusters=(CLUSTER,))


def ago(span: timedelta) -> datetime:
    return NOW - span


def stages(**versions: str) -> dict[str, frozenset[str]]:
    """Return labels by version: ``stages(v1="AWSPREVIOUS", v2="AWSCURRENT mine")``."""
    return {version: frozenset(labels.split()) for version, labels in versions.items()}


def labelled(
    rotated: datetime | None = None, changed: datetime | None = None, **versions: str
) -> SecretLabels:
    held = stages(**(versions or {"old": Stage.PREVIOUS, "new": Stage.CURRENT}))
    return SecretLabels(True, held, rotated, changed)  # noqa: FBT003


def rotated_ago(span: timedelta, **versions: str) -> SecretState:
    """Return a secret whose rotation was completed so long ago."""
    when = ago(span)
    created = {"older": when - 60 * DAY, "old": when - 30 * DAY, "new": when - 5 * SECOND}
    return SecretState(labelled(when, when, **versions), created)


def attached(arn: str = ARN, changed: datetime | None = None, **fields: object) -> AttachedSecret:
    name = arn.rpartition(":")[2].rpartition("-")[0]
    return AttachedSecret(arn, name, True, last_changed=changed, **fields)  # type: ignore[arg-type] # noqa: FBT003


def service(name: str = "web", *, cluster: str = CLUSTER, rolls: bool = True, **to: str) -> Service:
    arn = f"{cluster.replace('cluster', 'service')}/{name}"
    reference = SecretReference(to.get("arn", ARN), to.get("stage", ""))
    return Service(arn, name, cluster, rolls, (reference,))


def task(
    name: str = "t1",
    *,
    created: datetime | None = None,
    group: str = "service:web",
    cluster: str = CLUSTER,
    arn: str = ARN,
    stage: str = "",
) -> Task:
    """Return a task of the service ``web``, from before every promotion here by default."""
    made = ago(40 * DAY) if created is None else created
    return Task(f"{cluster}/{name}", cluster, group, made, (SecretReference(arn, stage),))


def deployment(span: timedelta, status: str) -> Deployment:
    return Deployment(ago(span), status)
