"""Where AWSPENDING is after a promotion."""

from enum import StrEnum


class AfterPromotion(StrEnum):
    """What becomes of AWSPENDING on a version that a rotation promoted: AWS does each of these."""

    STAYS = "AWSPENDING stays"
    GONE_WHEN_COMPLETE = "AWSPENDING goes when the rotation completes"
    GONE_IN_THE_CALL = "AWSPENDING goes in the call"
