"""When an invocation last looked, and whether the world has changed since.

Snowflake and Secrets Manager offer no change that depends on what was read, and the two
know nothing of each other. So a step can do no better than to look at both directly before
it changes something: two requests. What somebody else changes in that window is a limit
(docs/limits.md); what was changed before it is a defect of the step.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.proof.cloning import changed

if TYPE_CHECKING:
    from tests.proof.world import World

_WINDOW_EFFECTS = 2


@dataclass(frozen=True)
class Looks:
    """Position of the latest effect on each side, and that side's count of changes then."""

    secret_at: int = 0
    secret_changes: int = 0
    snowflake_at: int = 0
    snowflake_changes: int = 0

    def after(self, world: "World", port: str, position: int) -> "Looks":
        """Return the looks after an effect on this port."""
        match port:
            case "secret":
                return changed(self, secret_at=position, secret_changes=world.secret_changes)
            # The admin's login shows nothing of the user.
            case "snowflake" | "session" | "admin session":
                changes = world.account.changes
                return changed(self, snowflake_at=position, snowflake_changes=changes)
            case _:
                return self

    def outdated(self, world: "World") -> tuple[bool, bool]:
        """Tell which side has changed since the look at it."""
        return (
            world.secret_changes > self.secret_changes,
            world.account.changes > self.snowflake_changes,
        )

    def overtaken(self, world: "World", position: int) -> bool:
        """Tell whether a side changed after a look that was as late as can be."""
        secret, snowflake = self.outdated(world)
        return (secret and position - self.secret_at <= _WINDOW_EFFECTS) or (
            snowflake and position - self.snowflake_at <= _WINDOW_EFFECTS
        )
