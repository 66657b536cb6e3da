"""What a step says about itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from rotation.errors.base import RotationError
from rotation.rules.slots import Refuse
from rotation.rules.words import Slot, SlotFingerprints

Decision = TypeVar("Decision")


@dataclass(frozen=True)
class StepReport:
    """What one step saw, decided and did: one log line.

    ``lingering`` is what kept the old key from being retired after the promotion.
    """

    decided: str
    done: str = "nothing"
    observed: Mapping[str, str] = field(default_factory=dict)
    lingering: RotationError | None = None


def shown(slots: SlotFingerprints) -> dict[str, str]:
    """Return what both slots hold, for a report."""
    return {str(slot): slots[slot] or "empty" for slot in Slot}


def or_raise(decision: Decision | Refuse) -> Decision:
    """Return a decision to go on. Raises the error of a refusal."""
    if isinstance(decision, Refuse):
        raise decision.error
    return decision
