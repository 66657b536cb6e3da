"""A world without time, tasks and rollouts: world_with_tasks.py has all three."""

from collections.abc import Set as AbstractSet
from datetime import datetime


class NobodyElse:
    """What the tape and the invariants ask every world; most worlds have nothing of it."""

    def tick(self) -> None:
        """An effect takes no time here."""

    def let_in(self) -> AbstractSet[str]:
        """Return the consumers, by name, whose next login succeeds. Here are none."""
        return frozenset()

    def names_of(self, arns: AbstractSet[str]) -> AbstractSet[str]:
        """Return the names of these tasks, and of the consumers that are no task."""
        return arns

    def is_listed_late(self, name: str, listed: datetime | None) -> bool:  # noqa: ARG002
        """Tell whether ECS did not list this task yet, though it was created before."""
        return False

    def is_unprotected(self, name: str, listed: datetime | None) -> bool:  # noqa: ARG002
        """Tell whether docs/limits.md says that nobody looks after this consumer."""
        return False

    @property
    def rolled_too_often(self) -> int:
        """How many rollouts there were beyond one for each service and promotion."""
        return 0
