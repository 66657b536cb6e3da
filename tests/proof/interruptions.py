"""Every interruption at every effect, however often it strikes in one rotation.

From a world, the service calls the four steps. At each effect that they turn out to have,
each fault that the effect can have strikes once; what is left is a new world. From each new
world the service retries with the same token, and faults strike again, until no new world
comes up: so every series of interruptions of one rotation is tried, where those that lead
to the same world are tried once. From each world the faults also stop: once the service
retries, once AWSPENDING is removed and a new rotation begins.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from rotation.rules.words import Step
from tests.proof import faults, remedies, service
from tests.proof.effects import advance, begin
from tests.proof.faults import Fault
from tests.proof.invocation import Invocation
from tests.proof.scenarios import IN_OTHER_FORMS, SCENARIOS, Scenario
from tests.proof.tally import Tally
from tests.proof.world import APP, World

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Point:
    """An effect of a step at which a fault struck."""

    step: Step
    position: int
    effect: str
    fault: Fault


@dataclass
class Search:
    """All worlds that interruptions of one rotation lead to. ``rounds`` bounds the series."""

    scenario: Scenario
    rounds: int
    second_in_step: bool
    tally: Tally
    points: set[tuple[str, str]] = field(default_factory=set)
    worlds: int = 0

    def go(self, progress: Progress = lambda _: None) -> None:
        world, version_id = self.scenario.build()
        seen = {world.state()}
        edge = [world]
        for _ in range(self.rounds):
            fresh: list[World] = []
            for start in edge:
                for after in self._interrupted(start, version_id):
                    if after.state() not in seen:
                        seen.add(after.state())
                        fresh.append(after)
                        self._faults_stop(after, version_id)
                progress(self.tally.cases)
            edge = fresh
        self.worlds = len(seen)

    def _interrupted(self, start: World, version_id: str) -> Iterator[World]:
        """Yield every world that one interrupted run through the steps leaves behind."""
        world = start.clone()
        for step in service.STEPS:
            if not service.may_go_on(world, APP, version_id):
                return
            for after, interrupted in every_fault(
                world, step, version_id, twice=self.second_in_step
            ):
                self.points.update((step, answer.effect.name) for answer in interrupted.answers)
                self.tally.count(after)
                if not interrupted.failed:
                    _go_on(after, version_id, step)
                yield after
            if advance(world, begin(world, APP, step, version_id)).failed:
                return

    def _faults_stop(self, world: World, version_id: str) -> None:
        allowed = self.scenario.needs_person
        retried, renewed = world.clone(), world.clone()
        if service.may_go_on(retried, APP, version_id):
            service.settle(retried, remedies_allowed=allowed, retried=version_id)
            self.tally.count(retried)
        remedies.remove_pending(renewed)
        allowed |= self.scenario.needs_person_when_given_up
        service.settle(renewed, remedies_allowed=allowed)
        self.tally.count(renewed)


def every_fault(
    world: World, step: Step, version_id: str, *, twice: bool
) -> Iterator[tuple[World, Invocation]]:
    """Run a step once for each fault at each of its effects; the list comes from the runs."""
    plain = advance(world.clone(), begin(world, APP, step, version_id))
    for position, answer in enumerate(plain.answers):
        for fault in faults.of_effect(answer.effect.target[0], answer.effect.method):
            yield from _struck(world, step, version_id, {position: fault}, twice=twice)


def _struck(
    world: World, step: Step, version_id: str, struck: dict[int, Fault], *, twice: bool
) -> Iterator[tuple[World, Invocation]]:
    after = world.clone()
    run = advance(after, begin(after, APP, step, version_id, struck))
    yield after, run
    if twice:
        # The step went on after the fault, perhaps on a path of its own: strike there too.
        for position in range(max(struck) + 1, len(run.answers)):
            effect = run.answers[position].effect
            for fault in faults.of_effect(effect.target[0], effect.method):
                both = {**struck, position: fault}
                yield from _struck(world, step, version_id, both, twice=False)


def _go_on(world: World, version_id: str, after: Step) -> None:
    for step in service.STEPS[service.STEPS.index(after) + 1 :]:
        if not service.may_go_on(world, APP, version_id):
            return
        if advance(world, begin(world, APP, step, version_id)).failed:
            return


def run(*, long: bool, progress: Progress = lambda _: None) -> Tally:
    """Short: one interruption and a retry. Long: any number of them, two in one step.

    Long: wherever AWSPENDING is after the promotion.
    """
    tally = Tally("interruptions")
    for scenario in (*SCENARIOS, *IN_OTHER_FORMS) if long else SCENARIOS:
        Search(scenario, 12 if long else 1, long, tally).go(progress)
    return tally
