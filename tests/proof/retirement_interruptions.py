"""Every interruption at every effect of a run of the retirement function, and then a repeat.

The list of effects comes from the runs themselves, the rotation function's included. A run
that was struck leaves a world; from each new one the faults stop and the run is repeated, or
the repeat is struck again. Every repeat has to end where a run ends that nothing struck.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from rotation.rules.retention import Retention
from rotation.rules.words import Stage, Step
from tests.proof import ecs, faults, retiring, rollouts, service, watch
from tests.proof.after_promotion import AfterPromotion
from tests.proof.effects import advance
from tests.proof.faults import Fault, Timing
from tests.proof.tally import Tally
from tests.proof.world_with_tasks import WorldWithTasks, new_world_with_tasks

Progress = Callable[[int], None]
CLUSTERS = Retention(timedelta(hours=24), (ecs.CLUSTER,))
_A_MOMENT = timedelta(minutes=5)
_LIST_IS_BEHIND = timedelta(minutes=6)
_DIES = {4: Fault("dies after", Timing.DIE_AFTER)}


@dataclass(frozen=True)
class Start:
    """A world before a run."""

    name: str
    build: Callable[[], WorldWithTasks]


def with_services(*, administered: bool = False) -> WorldWithTasks:
    """Return a secret that was just rotated, two services that read it, and one that doesn't."""
    world = new_world_with_tasks(CLUSTERS, administered=administered)
    for one in (ecs.Service("web", ecs.PLAIN), ecs.Service("api", ecs.PLAIN, wanted=1)):
        rollouts.create_service(world, one)
    rollouts.create_service(world, ecs.Service("other", ecs.NOT_THIS_ONE, wanted=1))
    world.passes(timedelta(days=1))
    service.attempt(world, service.rotate(world) or "")
    world.passes(_LIST_IS_BEHIND)
    return world


def _died_after_the_promotion() -> WorldWithTasks:
    world = new_world_with_tasks(CLUSTERS)
    rollouts.create_service(world, ecs.Service("web", ecs.PLAIN))
    world.passes(timedelta(days=1))
    service.attempt(world, service.rotate(world) or "", {Step.FINISH_SECRET: _DIES})
    world.passes(_LIST_IS_BEHIND)
    return world


def due(*, administered: bool = False) -> WorldWithTasks:
    """Return a secret whose old key nobody holds and whose grace is over."""
    world = with_services(administered=administered)
    for name in world.services:
        rollouts.deploy(world, name)
        rollouts.finish(world, name)
    world.passes(timedelta(hours=30))
    return world


def _with_a_rotation_that_waits() -> WorldWithTasks:
    world = due()
    service.attempt(world, service.rotate(world) or "")
    world.passes(timedelta(hours=1))
    return world


STARTS = (
    Start("services to be rolled", with_services),
    Start("finishSecret died after the promotion", _died_after_the_promotion),
    Start("an old key that is due", due),
    Start("the same with a rotation admin", lambda: due(administered=True)),
    Start("a rotation waits for the slot", _with_a_rotation_that_waits),
)
# It rotates, and is nine tenths of the short form's time otherwise.
_SLOW_JOB, _SHORT_STARTS_OF_IT = "replace-leaked-key", (STARTS[0], STARTS[3])


@dataclass
class Search:
    """All worlds that interruptions of one job lead to. ``rounds`` bounds the series."""

    start: Start
    job: str
    rounds: int
    tally: Tally

    def go(self, progress: Progress = lambda _: None) -> None:
        world = self.start.build()
        wanted = self._ended(world.clone())
        edge, seen = [world], {world.state()}
        for _ in range(self.rounds):
            fresh: list[WorldWithTasks] = []
            for after in (one for from_here in edge for one in self._struck(from_here)):
                self.tally.count(after)
                if after.state() not in seen:
                    seen.add(after.state())
                    fresh.append(after)
                    self._repeated(after.clone(), wanted)
            progress(self.tally.cases)
            edge = fresh

    def _struck(self, start: WorldWithTasks) -> Iterator[WorldWithTasks]:
        """Yield what each fault at each effect leaves behind."""
        plain = advance(start.clone(), retiring.begin(start, self.job))
        for position, answer in enumerate(plain.answers):
            for fault in faults.of_effect(answer.effect.target[0], answer.effect.method):
                after = start.clone()
                advance(after, retiring.begin(after, self.job, {position: fault}))
                after.passes(_A_MOMENT)
                yield after

    def _repeated(self, world: WorldWithTasks, wanted: object) -> None:
        if self._ended(world) != wanted:
            world.blame(watch.STUCK)
        self.tally.count(world)

    def _ended(self, world: WorldWithTasks) -> object:
        """Let faults stop; return all that tells one end from another.

        A leaked key is replaced once more by every command, so that its versions differ.
        """
        leaked = world.app.fingerprint_with(Stage.CURRENT) if self._replaces else None
        for _ in range(2):
            advance(world, retiring.begin(world, self.job))
            world.passes(_A_MOMENT)
        if self._replaces:
            return (world.is_clean(), world.user.accepts(leaked))
        return world.state()

    @property
    def _replaces(self) -> bool:
        return self.job == _SLOW_JOB


def without_pending(start: Start) -> Start:
    """Return the same where AWSPENDING goes in the call that promotes; else it stays."""

    def build() -> WorldWithTasks:
        world = start.build()
        world.app.let_pending(AfterPromotion.GONE_IN_THE_CALL)
        return world

    return Start(f"{start.name}; {AfterPromotion.GONE_IN_THE_CALL}", build)


def run(*, long: bool, progress: Progress = lambda _: None) -> Tally:
    """Short: one interruption and a repeat. Long: two in a row, the slow job from every start.

    Long: where AWSPENDING goes in the call too, but for the slow job.
    """
    tally = Tally("the retirement, interrupted")
    for start in STARTS:
        for job in retiring.JOBS:
            if long or job != _SLOW_JOB or start in _SHORT_STARTS_OF_IT:
                Search(start, job, 2 if long else 1, tally).go(progress)
            if long and job != _SLOW_JOB:
                Search(without_pending(start), job, 2, tally).go(progress)
    return tally
