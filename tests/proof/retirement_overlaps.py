"""A run of the retirement function, and what somebody else does at each point of it.

A person's hand, a whole rotation, another run: each comes between every two effects, the
rotation function's included. And tasks in every state in which ECS may list one.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

from rotation.rules.tasks import SecretReference
from tests.proof import ecs, retiring, rollouts, service
from tests.proof.actors import Hand
from tests.proof.effects import advance
from tests.proof.hands import PASSING, WITH_TASKS
from tests.proof.retirement_interruptions import CLUSTERS, STARTS, Start, due, without_pending
from tests.proof.settling import Settling
from tests.proof.tally import Tally
from tests.proof.world import World
from tests.proof.world_with_tasks import WorldWithTasks, new_world_with_tasks

Progress = Callable[[int], None]
_SHORT_JOBS = ("scheduled run", "end-grace")
_SETTLED = 4
_PERSONS = tuple(one for one in (*PASSING, *WITH_TASKS) if "second secret" not in one.name)


def _rotation(world: World) -> None:
    service.attempt(world, service.rotate(world) or "")


def _run(job: str) -> Callable[[World], None]:
    def act(world: World) -> None:
        advance(world, retiring.begin(world, job))

    return act


OTHERS = (
    *_PERSONS,
    Hand("a whole rotation", _rotation),
    *(Hand(f"another run: {job}", _run(job)) for job in retiring.JOBS),
)


def overlaps(start: WorldWithTasks, job: str) -> Iterator[WorldWithTasks]:
    """Yield what is left when each of the others acts before each effect of a run."""
    effects = len(advance(start.clone(), retiring.begin(start, job)).answers)
    for position in range(effects):
        for other in OTHERS:
            world = start.clone()
            running = advance(world, retiring.begin(world, job), position)
            world.tell(other.name)
            other.act(world)
            world.rolls.clear()
            advance(world, running)
            yield world


def in_every_state(references: tuple[SecretReference, ...]) -> Iterator[WorldWithTasks]:
    """Yield a world after its grace, with a task from before the promotion that got so far."""
    for moves in range(5):
        world = new_world_with_tasks(CLUSTERS)
        number = rollouts.start(world, "batch", references).number
        for _ in range(min(moves, 3)):
            rollouts.go_on(world, number)
        if moves > 3:
            rollouts.stop(world, number)
        world.passes(timedelta(days=1))
        _rotation(world)
        world.passes(timedelta(hours=30))
        if world.tasks[number].state is ecs.State.PENDING:
            rollouts.go_on(world, number)
        yield world


def tasks_in_every_state(tally: Tally) -> None:
    for world in in_every_state(ecs.PLAIN):
        advance(world, retiring.begin(world, "scheduled run"))
        tally.count(world)


def others_at_every_point(tally: Tally, starts: tuple[WorldWithTasks, ...]) -> None:
    for start in starts:
        for world in overlaps(start, "scheduled run"):
            tally.count(world)


def run(*, long: bool, progress: Progress = lambda _: None) -> Tally:
    """Short: from one start, not settled. Long: from all, and every fourth end is settled.

    Long: from one also where AWSPENDING goes in the call.
    """
    tally = Tally("others in a retirement")
    tasks_in_every_state(tally)
    every = (*STARTS, without_pending(Start("due", due)))
    starts = tuple(one.build() for one in every) if long else (due(),)
    for start in starts:
        for job in retiring.JOBS if long else _SHORT_JOBS:
            for world in overlaps(start, job):
                if long and tally.cases % _SETTLED == 0:
                    Settling(world).go()
                tally.count(world)
                progress(tally.cases)
    return tally
