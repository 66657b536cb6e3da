"""One run of a step or of the retirement function, as a value: how far it has come."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from rotation.errors.base import RotationError
from rotation.steps.report import StepReport
from tests.proof.faults import Fault
from tests.proof.looks import Looks

if TYPE_CHECKING:
    from tests.proof.tape import Tape
    from tests.proof.world import World

Target = tuple[str, str]


@dataclass(frozen=True)
class Done:
    """What a run of the retirement function came to: findings, rolled services, a CutOff."""

    result: object


Outcome = StepReport | Done | RotationError | str | None


@dataclass(frozen=True)
class Effect:
    """One call: where it goes, and its name in the field's words."""

    target: Target
    method: str
    name: str


@dataclass(frozen=True)
class Answer:
    """What an effect answered. ``identity`` tells answers apart that a step could tell apart.

    ``died``: the rotation function ended here, and the one that had invoked it goes on.
    """

    effect: Effect
    value: object = None
    error: RotationError | None = None
    died: bool = False
    identity: Hashable = None


@dataclass(frozen=True)
class Invocation:
    """One run of one step, or of a ``job``; ``answers`` is how far it has come.

    ``step`` is a Step, or the job's name. ``drawn`` are the keys that it generated, ``times``
    what it was told of the time. ``looks`` are its latest looks at the secret and at Snowflake,
    ``listed`` when it listed tasks last, ``rolls_seen`` how many rollouts there had been when it
    looked at deployments. ``cut_off`` are the tasks that it kept from logging in on command.
    ``outcome`` is None while it runs; a dead one's is "died".
    """

    secret: str
    step: str
    version_id: str
    filled_before: bool = False
    answers: tuple[Answer, ...] = ()
    drawn: tuple[int, ...] = ()
    times: tuple[datetime, ...] = ()
    looks: Looks = field(default_factory=Looks)
    late: bool = False
    outcome: Outcome = None
    faults: Mapping[int, Fault] = field(default_factory=dict)
    job: "Callable[[Tape], Done] | None" = None
    listed: datetime | None = None
    rolls_seen: int = 0
    cut_off: frozenset[str] = frozenset()

    @property
    def failed(self) -> bool:
        return self.outcome is not None and not isinstance(self.outcome, StepReport | Done)

    @property
    def error(self) -> RotationError | None:
        return self.outcome if isinstance(self.outcome, RotationError) else None

    def state(self, world: "World") -> tuple[object, ...]:
        """Return all that can make a difference later."""
        known = tuple(answer.identity for answer in self.answers)
        stale = self.looks.outdated(world)
        return (self.step, self.version_id, known, self.drawn, stale, self.late, self.failed)
