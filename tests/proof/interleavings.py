"""Two at once: every order of the effects of two actors.

*The same step twice*: Lambda was called twice, or a time-out was followed by a retry.
*An old invocation and what came after*: while one invocation goes on, at whatever pace,
the service retries, or the rotation is given up, and one or two later rotations run.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rotation.rules.words import Stage, Step
from tests.proof import remedies, service
from tests.proof.actors import ROTATION, STEPS, Actor, Call, Hand, Item
from tests.proof.scenarios import OTHER_FORMS, SCENARIOS, WITH_ADMIN, Scenario, in_form
from tests.proof.scenarios import run as run_steps
from tests.proof.schedules import Schedules
from tests.proof.tally import Tally
from tests.proof.world import APP, World

Progress = Callable[[int], None]
GIVE_UP = Hand("a person removes AWSPENDING", remedies.remove_pending)
ALTERING = (Step.SET_SECRET, Step.FINISH_SECRET)
Script = tuple[Item, ...]
GIVEN_UP: Script = (GIVE_UP, *ROTATION, *ROTATION)
RETRIED: Script = (*STEPS, *ROTATION, *ROTATION)


@dataclass(frozen=True)
class Start:
    """A world in which a step is about to run, in a scenario."""

    scenario: Scenario
    step: Step
    world: World
    version_id: str


def starts(scenarios: tuple[Scenario, ...] = SCENARIOS) -> Iterator[Start]:
    """Yield each step of each scenario, if the service would come so far."""
    for scenario in scenarios:
        world, version_id = scenario.build()
        for step in service.STEPS:
            if service.may_go_on(world, APP, version_id):
                yield Start(scenario, step, world.clone(), version_id)
            run_steps(world, version_id, step)


def explore(start: Start, others: tuple[Actor, ...], tally: Tally) -> Schedules:
    """Follow every order of the step's effects and the others' moves; settle what they leave."""

    def settled(world: World) -> None:
        # A limit that was met may need a person, as its refusal says.
        scenario = start.scenario
        allowed = scenario.needs_person or scenario.needs_person_when_given_up
        allowed |= bool(world.violations) or _promoted_late(world, start.version_id)
        service.settle(world, remedies_allowed=allowed)
        tally.count(world)

    search = Schedules(settled)
    old = Actor((Call(start.step),), start.version_id)
    search.orders(start.world, (old, *others))
    tally.cases += search.moves
    return search


def _promoted_late(world: World, version_id: str) -> bool:
    """Tell whether a rotation that was given up promoted while the next one's key was waiting.

    AWSCURRENT's key did not make that key: setSecret refuses it, and a person removes AWSPENDING.
    """
    pending = world.app.holder(Stage.PENDING)
    return world.app.holder(Stage.CURRENT) == version_id != pending and pending is not None


def same_step_twice(*, long: bool, progress: Progress = lambda _: None) -> Tally:
    """Run every step of every scenario twice at once; in the long form three times.

    Not three times with an admin: its sessions have more effects, and their orders so many more.
    """
    tally = Tally("the same step at once")
    for start in starts():
        twin = Actor((Call(start.step),), start.version_id)
        explore(start, (twin,), tally)
        if long and start.scenario not in WITH_ADMIN:
            explore(start, (twin, twin), tally)
        progress(tally.cases)
    return tally


def old_invocation(*, long: bool, progress: Progress = lambda _: None) -> Tally:
    """Let an invocation go on while its successors run.

    Short: in the first scenario, an invocation that alters the user, given up. Long: in the first
    also wherever AWSPENDING is after the promotion.
    """
    tally = Tally("an old invocation")
    others = tuple(in_form(SCENARIOS[0], form) for form in OTHER_FORMS)
    for start in starts((*SCENARIOS, *others) if long else SCENARIOS[:1]):
        if not long and start.step not in ALTERING:
            continue
        for script in (GIVEN_UP, RETRIED) if long else (GIVEN_UP,):
            explore(start, (Actor(script, start.version_id),), tally)
            progress(tally.cases)
    return tally
