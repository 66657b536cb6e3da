"""The world changes: a person's hand before, between and after every effect of a rotation."""

from collections.abc import Callable, Iterator

from tests.proof import service
from tests.proof.actors import STEPS, Actor, Hand
from tests.proof.hands import HANDS, ON_ADMIN
from tests.proof.scenarios import OTHER_FORMS, SCENARIOS, WITH_ADMIN, Scenario, in_form
from tests.proof.schedules import Schedules
from tests.proof.tally import Tally
from tests.proof.world import World

Progress = Callable[[int], None]


def explore(scenario: Scenario, hands: tuple[Hand, ...], tally: Tally) -> Schedules:
    """Let these hands strike in this order, at every moment of the scenario's rotation."""

    def settled(world: World) -> None:
        service.settle(world, remedies_allowed=True)
        tally.count(world)

    world, version_id = scenario.build()
    search = Schedules(settled)
    search.orders(world, (Actor(STEPS, version_id), Actor(hands)))
    tally.cases += search.moves
    return search


def _series(scenario: Scenario, *, twice: bool) -> Iterator[tuple[Hand, ...]]:
    world, _ = scenario.build()
    hands = (*HANDS, *ON_ADMIN) if world.account.administered else HANDS
    for first in hands:
        yield (first,)
        if twice:
            yield from ((first, second) for second in hands)


def run(*, long: bool, progress: Progress = lambda _: None) -> Tally:
    """Short: one hand in two scenarios. Long: one in every scenario, two in the first.

    Long: in the first also wherever AWSPENDING is after the promotion.
    """
    tally = Tally("a person's hand")
    others = tuple(in_form(SCENARIOS[0], form) for form in OTHER_FORMS)
    for scenario in (*SCENARIOS, *others) if long else (SCENARIOS[0], WITH_ADMIN[0]):
        for hands in _series(scenario, twice=long and scenario is SCENARIOS[0]):
            explore(scenario, hands, tally)
            progress(tally.cases)
    return tally
