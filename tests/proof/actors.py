"""Who acts in a world at the same time, each one effect at a time.

An actor works through a script. ``move`` lets one thing happen: an effect of a step, a
RotateSecret, or a person's hand. Actors are values: a copy goes its own way.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from itertools import dropwhile

from rotation.rules.words import Step
from tests.proof import service
from tests.proof.cloning import changed
from tests.proof.effects import advance, begin
from tests.proof.invocation import Invocation
from tests.proof.world import APP, World


@dataclass(frozen=True)
class Rotate:
    """RotateSecret: the steps that follow get its token."""


@dataclass(frozen=True)
class Call:
    """The service calls this step, unless an earlier one of the rotation failed."""

    step: Step


@dataclass(frozen=True)
class Hand:
    """A person's hand, or another system's: Terraform, AWS."""

    name: str
    act: Callable[[World], None]


Item = Rotate | Call | Hand
STEPS: tuple[Item, ...] = tuple(Call(step) for step in service.STEPS)
ROTATION: tuple[Item, ...] = (Rotate(), *STEPS)


@dataclass(frozen=True)
class Actor:
    """What is still to do, and the invocation under way."""

    script: tuple[Item, ...]
    version_id: str | None = None
    running: Invocation | None = None
    stopped: bool = False
    secret: str = APP

    @property
    def done(self) -> bool:
        return self.running is None and not self.script

    def waits(self, world: World) -> bool:
        """Tell whether nothing comes before the next rotation, if one comes at all."""
        if self.running is not None:
            return False
        over = self.token(world) is None
        rest = dropwhile(lambda item: over and isinstance(item, Call), self.script)
        return isinstance(next(rest, None), Rotate | None)

    def token(self, world: World) -> str | None:
        """Return the token with which the service would call a step, None if it calls none."""
        version_id = None if self.stopped else self.version_id
        called = version_id and service.may_go_on(world, self.secret, version_id)
        return version_id if called else None

    def state(self, world: World) -> Hashable:
        """Return all that can make a difference later."""
        running = self.running.state(world) if self.running else None
        return (self.secret, self.script, self.version_id, running, self.stopped)


def move(world: World, actor: Actor) -> Actor:
    """Let one thing happen; items that do nothing are passed over."""
    while not actor.done:
        if actor.running is not None:
            return _advanced(world, actor, actor.running)
        item, actor = actor.script[0], changed(actor, script=actor.script[1:])
        match item:
            case Hand():
                world.tell(item.name)
                item.act(world)
                return actor
            case Rotate():
                version_id = service.rotate(world, actor.secret)
                return changed(actor, version_id=version_id, stopped=version_id is None)
            case Call():
                actor = _called(world, actor, item.step)
    return actor


def _called(world: World, actor: Actor, step: Step) -> Actor:
    version_id = actor.token(world)
    if version_id is None:
        return changed(actor, stopped=True)
    return changed(actor, running=begin(world, actor.secret, step, version_id))


def _advanced(world: World, actor: Actor, running: Invocation) -> Actor:
    after = advance(world, running, 1)
    if after.outcome is None:
        return changed(actor, running=after)
    return changed(actor, running=None, stopped=actor.stopped or after.failed)
