"""One run of one step, as a value: what its effects answered, and how it ended."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rotation.errors import RotationError
from rotation.model import Step
from rotation.report import StepReport
from tests.proof.faults import Fault
from tests.proof.looks import Looks

if TYPE_CHECKING:
    from tests.proof.world import World

Target = tuple[str, str]
Outcome = StepReport | RotationError | str | None


@dataclass(frozen=True)
class Effect:
    """One call: where it goes, and its name in the field's words."""

    target: Target
    method: str
    name: str


@dataclass(frozen=True)
class Answer:
    """What an effect answered. ``identity`` tells answers apart that a step could tell apart."""

    effect: Effect
    value: object = None
    error: RotationError | None = None
    identity: Hashable = None


@dataclass(frozen=True)
class Invocation:
    """One run of one step; ``answers`` is how far it has come.

    ``drawn`` are the keys that it generated. ``looks`` are its latest looks at the secret and
    at Snowflake. ``outcome`` is None while it runs; a dead one's is "died".
    """

    secret: str
    step: Step
    version_id: str
    filled_before: bool = False
    answers: tuple[Answer, ...] = ()
    drawn: tuple[int, ...] = ()
    looks: Looks = field(default_factory=Looks)
    late: bool = False
    outcome: Outcome = None
    faults: Mapping[int, Fault] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        return self.outcome is not None and not isinstance(self.outcome, StepReport)

    @property
    def error(self) -> RotationError | None:
        return self.outcome if isinstance(self.outcome, RotationError) else None

    def state(self, world: "World") -> tuple[object, ...]:
        """Return all that can make a difference later."""
        known = tuple(answer.identity for answer in self.answers)
        stale = self.looks.outdated(world)
        return (self.step, self.version_id, known, self.drawn, stale, self.late, self.failed)
