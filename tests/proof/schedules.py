"""Every order in which the effects of several actors can happen.

Depth first, without threads and without sleeps: at each point every actor that has
something left moves in a copy of the world. Two orders that come to the same world with
the same knowledge in the actors go on in the same way, so that this is followed once. Which
of two actors knows what makes no difference: one that runs the same step twice is as good
as the other.
"""

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from tests.proof.actors import Actor, move
from tests.proof.world import World

End = Callable[[World], None]


@dataclass
class Schedules:
    """The search. ``moves`` counts what was executed, ``orders`` what that covers.

    ``at_end`` gets a copy of every world that may stay as it is for long: all actors are done, or
    wait for the next rotation.
    """

    at_end: End
    moves: int = 0
    ends: int = 0
    _orders_from: dict[Hashable, int] = field(default_factory=dict)

    def orders(self, world: World, actors: tuple[Actor, ...]) -> int:
        """Follow every order from here; return how many there are."""
        states = tuple(actor.state(world) for actor in actors)
        key = (world.state(), frozenset(Counter(states).items()))
        orders = self._orders_from.get(key)
        if orders is None:
            orders = self._orders_from[key] = self._follow(world, actors, states)
        return orders

    def _follow(self, world: World, actors: tuple[Actor, ...], states: tuple[Hashable, ...]) -> int:
        if all(actor.waits(world) for actor in actors):
            self.ends += 1
            self.at_end(world.clone())
        if all(actor.done for actor in actors):
            return 1
        found: dict[Hashable, int] = {}
        for index, (actor, state) in enumerate(zip(actors, states, strict=True)):
            if not actor.done and state not in found:
                after = world.clone()
                moved = move(after, actor)
                self.moves += 1
                found[state] = self.orders(after, (*actors[:index], moved, *actors[index + 1 :]))
        return sum(found.get(state, 0) for state in states)
