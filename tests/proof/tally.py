"""What a part of the proof tried, and what it found."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.proof import watch

if TYPE_CHECKING:
    from tests.proof.world import Violation, World

_STORIES_KEPT = 20


@dataclass
class Tally:
    """Counts of one kind of fault.

    ``limits`` are broken invariants that nothing in a step could have seen coming: somebody
    else changed the world between the step's latest look and its change (docs/limits.md).
    """

    kind: str
    cases: int = 0
    lockouts: int = 0
    foreign_keys_touched: int = 0
    leaks: int = 0
    stuck: int = 0
    limits: int = 0
    stories: list[str] = field(default_factory=list)
    limit_stories: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def violations(self) -> int:
        return self.lockouts + self.foreign_keys_touched + self.leaks + self.stuck

    def count(self, world: "World") -> None:
        """Count one case by the world that it left."""
        self.cases += 1
        for violation in world.violations:
            self.record(violation)

    def record(self, violation: "Violation") -> None:
        """Count one broken invariant and keep its story."""
        if violation.overtaken:
            self.limits += 1
            self._keep_shortest(violation)
            return
        match violation.kind:
            case watch.LOCKOUT | watch.LOCKS:
                self.lockouts += 1
            case watch.FOREIGN | watch.PLANTED:
                self.foreign_keys_touched += 1
            case watch.LEAK:
                self.leaks += 1
            case _:
                self.stuck += 1
        if len(self.stories) < _STORIES_KEPT:
            self.stories.append("\n".join(violation.story))

    def _keep_shortest(self, violation: "Violation") -> None:
        """Keep one story for each effect at which a limit was met."""
        *_, last, _, _, _ = violation.story
        name = f"{violation.kind} at {last.rpartition(': ')[2]}"
        kept = self.limit_stories.get(name)
        if kept is None or len(violation.story) < len(kept):
            self.limit_stories[name] = violation.story
