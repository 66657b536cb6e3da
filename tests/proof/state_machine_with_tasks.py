"""The tables of docs/state-machine.md that speak of time and tasks, asked from the code.

Each cell of the retirement's is a run of the retirement function in a world.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

from rotation.retirement.reconcile import Reconciled
from rotation.rules import rollouts as rollout_rules
from rotation.rules import staying
from rotation.rules.retention import Retention
from rotation.rules.rollouts import Deployment, Rollout
from rotation.rules.staying import Facts
from rotation.rules.words import SecretLabels, Stage
from tests.proof import ecs, retiring, service
from tests.proof import rollouts as moves
from tests.proof.effects import advance
from tests.proof.invocation import Done
from tests.proof.secret import BEGINNING
from tests.proof.world_with_tasks import WorldWithTasks, new_world_with_tasks

_DAY = timedelta(days=1)
_CLUSTERS = (ecs.CLUSTER,)
RETENTIONS = {
    "neither": Retention(),
    "24 hours of grace": Retention(_DAY),
    "clusters": Retention(clusters=_CLUSTERS),
    "both": Retention(_DAY, _CLUSTERS),
}
_AGES = {
    "5 minutes": timedelta(minutes=5),
    "an hour": timedelta(hours=1),
    "25 hours": timedelta(hours=25),
}
_OLD, _ABANDONED, _GONE = "old", "abandoned", "gone"
_MADE = {
    _GONE: BEGINNING - 60 * _DAY,
    _OLD: BEGINNING - 30 * _DAY,
    "current": BEGINNING,
    _ABANDONED: BEGINNING + timedelta(seconds=30),
}
_WHOSE = {
    "AWSPREVIOUS's": _OLD,
    "an older version's, without a label": _GONE,
    "an abandoned rotation's": _ABANDONED,
}


def _labels() -> SecretLabels:
    moved = BEGINNING + timedelta(seconds=10, milliseconds=1)
    stages = {"current": frozenset({str(Stage.CURRENT)}), _OLD: frozenset({str(Stage.PREVIOUS)})}
    return SecretLabels(True, stages, moved, moved)  # noqa: FBT003 (rotation is on)


def _replaces(kept: Retention, version_id: str, age: timedelta) -> str:
    now = BEGINNING + timedelta(seconds=11) + age
    facts = Facts(_labels(), _MADE, kept, now, version_id)
    refusal = staying.check_replaceable(facts)
    return refusal.reason if refusal else "**yes**"


def _table(head: str, rows: Iterator[tuple[str, Callable[[timedelta], str]]]) -> str:
    lines = [f"| {head} | {' | '.join(_AGES)} |", "|---" * (len(_AGES) + 1) + "|"]
    lines += [f"| {name} | {' | '.join(map(cell, _AGES.values()))} |" for name, cell in rows]
    return "\n".join(lines)


def replaceable() -> str:
    """Return what setSecret may replace, for every retention."""

    def rows() -> Iterator[tuple[str, Callable[[timedelta], str]]]:
        for name, kept in RETENTIONS.items():
            for whose, version_id in _WHOSE.items():
                yield (
                    f"{name}; {whose}",
                    lambda age, k=kept, v=version_id: _replaces(k, v, age),  # type: ignore[misc]
                )

    return _table("retention; the key", rows())


def retired() -> str:
    """Return what a scheduled run does."""

    def rows() -> Iterator[tuple[str, Callable[[timedelta], str]]]:
        for name, kept in RETENTIONS.items():
            if kept.keeps:
                for held in (False, True) if kept.clusters else (False,):
                    told = f"{name}; {'held' if held else 'not held'}"
                    yield told, lambda age, k=kept, h=held: _looked(k, age, held=h)  # type: ignore[misc]

    return _table("retention; the key", rows())


def _looked(kept: Retention, age: timedelta, *, held: bool) -> str:
    world = new_world_with_tasks(kept)
    if held:
        moves.create_service(world, ecs.Service("web", ecs.PLAIN, wanted=1))
        world.passes(_DAY)
    service.attempt(world, service.rotate(world) or "")
    world.passes(age + timedelta(minutes=1))
    return _in_words(world)


def _in_words(world: WorldWithTasks) -> str:
    before = world.rolls_begun
    done = advance(world, retiring.begin(world, "scheduled run")).outcome
    found = done.result[0] if isinstance(done, Done) and isinstance(done.result, tuple) else None
    if not isinstance(found, Reconciled) or found.keys is None:
        return "not looked at"
    rolled = ", services rolled" if world.rolls_begun > before else ""
    return "**unset**" if found.keys.retired else f"kept{rolled}"


def rollouts() -> str:
    """Return how a rollout stands for a service's deployments."""
    now = BEGINNING
    found: dict[str, list[Deployment]] = {"none": []}
    for status in (*ecs.Status, "ROLLBACK_FAILED"):
        found[f"one, {status}"] = [Deployment(now - timedelta(hours=1), str(status))]
    found["one, IN_PROGRESS for three hours"] = [
        Deployment(now - timedelta(hours=3), ecs.Status.IN_PROGRESS)
    ]
    return "\n".join(
        f"| {name} | {_rollout(rollout_rules.rollout_of(since, now))} |"
        for name, since in found.items()
    )


def _rollout(found: Rollout) -> str:
    return "**rolled**" if found is Rollout.DUE else str(found)
