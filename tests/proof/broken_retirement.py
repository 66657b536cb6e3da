"""Deliberately broken rules of retention and retirement, for sabotage_with_tasks.py."""

from collections.abc import Mapping
from datetime import datetime

from rotation.retirement.commands import Commands, CutOff
from rotation.rules import promotion, staying, tasks
from rotation.rules.promotion import Promotion
from rotation.rules.staying import Held, Retention
from rotation.rules.tasks import Rollout, Task
from rotation.rules.words import SecretLabels, Stage
from tests.proof import ecs
from tests.proof.ecs_ports import ListedClusters

_promotion, _tasks, _end_grace = promotion.find_promotion, ListedClusters.tasks, Commands.end_grace
Dates = Mapping[str, datetime]


def made_is_promoted(labels: SecretLabels, created: Dates) -> Promotion | None:
    """AWSCURRENT is taken to have moved when its version was made."""
    promoted = _promotion(labels, created)
    current = created.get(labels.version_with(Stage.CURRENT) or "")
    if promoted is None or current is None:
        return promoted
    return Promotion(promoted.earliest, current, promoted.by_rotation)


def always_by_rotation(labels: SecretLabels, created: Dates) -> Promotion | None:
    """Whoever moved the label: LastRotatedDate is taken."""
    promoted = _promotion(labels, created)
    if promoted is None or labels.last_rotated is None:
        return promoted
    return Promotion(promoted.earliest, labels.last_rotated, by_rotation=True)


def grace_the_wrong_way_round(
    kept: Retention, labels: SecretLabels, created: Dates, now: datetime
) -> Held | None:
    """It runs when it is over."""
    ends = staying.grace_ends(kept, labels, created)
    return Held("sabotage", ends) if ends is None or now >= ends else None


def no_grace(*_: object) -> None:
    """Keep nothing."""


def of_any_secret(kept: Retention, _: SecretLabels) -> Retention:
    """Take a secret with replicas for any other."""
    return kept


def never_current(*_: object) -> bool:
    """Take every older version for an abandoned rotation's."""
    return False


def running_only(self: ListedClusters) -> list[Task]:
    """Leave out tasks that start: some of them have fetched their secret."""
    found = {one.arn: one.state for one in self.world.tasks.values()}
    early = {ecs.State.PROVISIONING, ecs.State.PENDING, ecs.State.FETCHED}
    return [one for one in _tasks(self) if found[one.arn] not in early]


def without_stopping(self: ListedClusters) -> list[Task]:
    """Leave out tasks that are being stopped."""
    found = {one.arn: one.state for one in self.world.tasks.values()}
    return [one for one in _tasks(self) if found[one.arn] is not ecs.State.STOPPING]


def services_only(*args: object) -> tuple[Task, ...]:
    """Leave out standalone tasks."""
    return tuple(one for one in _holders(*args) if one.group.startswith("service:"))  # type: ignore[arg-type]


_holders = tasks.holders


def always_due(*_: object, **__: object) -> Rollout:
    """Roll on every run."""
    return Rollout.DUE


def names_nobody(self: Commands, name: str) -> CutOff:
    """Do not tell whom it cut off."""
    return CutOff(_end_grace(self, name).retired, ())
