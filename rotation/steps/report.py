"""What a step says about itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rotation.errors.base import RotationError


@dataclass(frozen=True)
class StepReport:
    """What one step saw, decided and did: one log line.

    ``lingering`` is what kept the old key from being retired after the promotion.
    """

    decided: str
    done: str = "nothing"
    observed: Mapping[str, str] = field(default_factory=dict)
    lingering: RotationError | None = None
