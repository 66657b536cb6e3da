"""The search follows every order: compared with one that remembers nothing and skips nothing."""

from collections.abc import Hashable, Iterator

import pytest

from rotation.rules.words import Stage, Step
from tests.proof.actors import ROTATION, Actor, Call, move
from tests.proof.interleavings import Start, starts
from tests.proof.scenarios import SCENARIOS
from tests.proof.schedules import Schedules
from tests.proof.world import World

FIRST = {start.step: start for start in starts(SCENARIOS[:1])}


def actor(start: Start) -> Actor:
    return Actor((Call(start.step),), start.version_id)


def ends_of_every_order(world: World, actors: tuple[Actor, ...]) -> Iterator[Hashable]:
    if all(one.done for one in actors):
        yield world.state()
    for index, one in enumerate(actors):
        if not one.done:
            after = world.clone()
            moved = move(after, one)
            yield from ends_of_every_order(after, (*actors[:index], moved, *actors[index + 1 :]))


@pytest.mark.parametrize(
    ("step", "orders", "moves"), [(Step.CREATE_SECRET, 70, 24), (Step.TEST_SECRET, 924, 42)]
)
def test_two_that_run_the_same_step(step: Step, orders: int, moves: int) -> None:
    start = FIRST[step]
    actors = (actor(start),) * 2
    found: set[Hashable] = set()
    search = Schedules(lambda world: found.add(world.state()))
    assert search.orders(start.world, actors) == orders
    every = list(ends_of_every_order(start.world, actors))
    assert (len(every), set(every)) == (orders, found)
    assert search.moves == moves


def test_three_have_as_many_orders_as_when_each_is_told_from_the_others() -> None:
    start = FIRST[Step.CREATE_SECRET]
    search = Schedules(lambda _: None)
    # Counted by a search whose every actor had its own place.
    assert search.orders(start.world, (actor(start),) * 3) == 27_630
    assert search.moves < 27_630 / 100


def test_a_world_between_two_rotations_may_stay_as_it_is() -> None:
    start = FIRST[Step.CREATE_SECRET]
    left: list[World] = []
    search = Schedules(left.append)
    search.orders(start.world, (Actor((*ROTATION, *ROTATION)),))
    assert [world.app.holder(Stage.CURRENT) for world in left] == ["v-first", "v1", "v2"]
