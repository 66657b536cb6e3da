"""Deliberately broken rules of retention and retirement, for sabotage_with_tasks.py."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from rotation.retirement.commands import Commands, CutOff
from rotation.rules import promotion, staying, tasks
from rotation.rules.promotion import Promotion
from rotation.rules.retention import Retention
from rotation.rules.rollouts import Rollout
from rotation.rules.staying import Decision, Facts, StayingRule, Stays
from rotation.rules.tasks import Task
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


def _grace_the_wrong_way_round(facts: Facts) -> Decision | None:
    """It runs when it is over."""
    ends = facts.grace_ends
    return Stays("sabotage") if ends is None or facts.now >= ends else None


def _instead(name: str, decide: Callable[[Facts], Decision | None]) -> tuple[StayingRule, ...]:
    return tuple(replace(one, decide=decide) if one.name == name else one for one in staying.RULES)


GRACE_THE_WRONG_WAY_ROUND = _instead("its grace runs", _grace_the_wrong_way_round)


def without(name: str) -> tuple[StayingRule, ...]:
    """Return the table of how long an old key stays, one rule short."""
    return tuple(one for one in staying.RULES if one.name != name)


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
