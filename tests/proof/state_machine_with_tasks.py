"""The tables of docs/state-machine.md that speak of time and tasks, asked from the code.

Each cell of the retirement's is a run of the retirement function in a world.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

from rotation.retirement.reconcile import Reconciled
from rotation.rules import rollouts as rollout_rules
from rotation.rules.retention import Retention
from rotation.rules.rollouts import Deployment, Rollout
from rotation.rules.staying import Asker, Facts, Goes
from tests.proof import ecs, retiring, service
from tests.proof import rollouts as moves
from tests.proof.ecs_ports import ListedSecrets
from tests.proof.effects import advance
from tests.proof.invocation import Done
from tests.proof.secret import BEGINNING
from tests.proof.state_machine_of_staying import DAY, RETENTIONS, decided, table
from tests.proof.world_with_tasks import WorldWithTasks, new_world_with_tasks


def retired() -> str:
    """Return what a scheduled run does."""

    def rows() -> Iterator[tuple[str, Callable[[timedelta], str]]]:
        for name, kept in RETENTIONS.items():
            if kept.keeps:
                for held in (False, True) if kept.clusters else (False,):
                    told = f"{name}; {'held' if held else 'not held'}"
                    yield told, lambda age, k=kept, h=held: _looked(k, age, held=h)  # type: ignore[misc]

    return table("retention; the key", rows())


def _looked(kept: Retention, age: timedelta, *, held: bool) -> str:
    world = new_world_with_tasks(kept)
    if held:
        moves.create_service(world, ecs.Service("web", ecs.PLAIN, wanted=1))
        world.passes(DAY)
    service.attempt(world, service.rotate(world) or "")
    world.passes(age + timedelta(minutes=1))
    return _in_words(world)


def _in_words(world: WorldWithTasks) -> str:
    rolled_before, now = world.rolls_begun, world.now
    state = ListedSecrets(world).state(ecs.SECRET_ARN)
    done = advance(world, retiring.begin(world, "scheduled run")).outcome
    found = done.result[0] if isinstance(done, Done) and isinstance(done.result, tuple) else None
    if not isinstance(found, Reconciled) or found.keys is None:
        return "not looked at"
    arns = tuple(one.arn for one in found.holders)
    facts = Facts(state.labels, state.created, world.retention, now, holders=arns)
    match = decided(facts, Asker.HOURLY)
    if (found.kept or Goes()) != match.decision:
        raise AssertionError(f"{found.kept} is not what {match.rule!r} decides")
    rolled = ", services rolled" if world.rolls_begun > rolled_before else ""
    return f"{f'**{match.rule}**' if found.keys.retired else match.rule}{rolled}"


def rollouts() -> str:
    """Return how a rollout stands for a service's deployments."""
    now = BEGINNING
    found: dict[str, list[Deployment]] = {"none": []}
    for status in (*ecs.Status, "ROLLBACK_FAILED"):
        found[str(status)] = [Deployment(now - timedelta(hours=1), str(status))]
    found["IN_PROGRESS for three hours"] = [
        Deployment(now - timedelta(hours=3), ecs.Status.IN_PROGRESS)
    ]
    return "\n".join(
        f"| {name} | {_rollout(rollout_rules.rollout_of(since, now))} |"
        for name, since in found.items()
    )


def _rollout(found: Rollout) -> str:
    return "**rolled**" if found is Rollout.DUE else str(found)
