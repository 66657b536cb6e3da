"""What a step says about itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rotation.errors.base import RotationError
from rotation.rules.words import Slot, SlotFingerprints


@dataclass(frozen=True)
class StepReport:
    """What one step saw, decided and did: one log line.

    ``lingering`` is what kept the old key from being retired after the promotion.
    """

    decided: str
    done: str = "nothing"
    observed: Mapping[str, str] = field(default_factory=dict)
    lingering: RotationError | None = None


def slots_as_text(slots: SlotFingerprints) -> dict[str, str]:
    """Return what both slots hold, for a report."""
    return {str(slot): slots[slot] or "empty" for slot in Slot}
