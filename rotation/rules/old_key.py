"""Which slot is unset once AWSCURRENT has moved: the one of the key before it. No I/O, no clock."""

from dataclasses import dataclass

from rotation.rules.decision import Refuse, Rule, decided
from rotation.rules.slots import check_current_installed
from rotation.rules.words import Fingerprint, Slot, SlotFingerprints


@dataclass(frozen=True)
class Retire:
    """Unset this slot: it holds AWSPREVIOUS's key."""

    slot: Slot


@dataclass(frozen=True)
class NothingToRetire:
    """No slot is to be unset; ``because`` says why."""

    because: str


Choice = Retire | NothingToRetire


@dataclass(frozen=True)
class Leave:
    """Leave both slots as they are; the rule's name says why."""


@dataclass(frozen=True)
class Sight:
    """What finishSecret sees. ``previous`` is None when AWSPREVIOUS holds no key."""

    slots: SlotFingerprints
    current: Fingerprint
    previous: Fingerprint | None

    @property
    def holding_previous(self) -> tuple[Slot, ...]:
        """The slots that hold AWSPREVIOUS's key."""
        return self.slots.holding(self.previous) if self.previous else ()


def _no_previous(seen: Sight) -> Leave | None:
    return Leave() if seen.previous is None else None


def _same_key(seen: Sight) -> Leave | None:
    return Leave() if seen.previous == seen.current else None


def _in_no_slot(seen: Sight) -> Leave | None:
    return None if seen.holding_previous else Leave()


def _not_beside_current(seen: Sight) -> Leave | None:
    beside = seen.slots[seen.holding_previous[0].other]
    return None if beside == seen.current else Leave()


def _beside_current(seen: Sight) -> Retire:
    return Retire(seen.holding_previous[0])


RULES: tuple[Rule[Sight, Retire | Leave], ...] = (
    # Then this key was the user's first.
    Rule("AWSPREVIOUS holds no key", _no_previous),
    Rule("AWSPREVIOUS holds the same key as AWSCURRENT", _same_key),
    Rule("no slot holds AWSPREVIOUS's key", _in_no_slot),
    Rule("AWSCURRENT's key is not in the other slot", _not_beside_current),
    Rule("AWSPREVIOUS's key is beside AWSCURRENT's", _beside_current),
)


def choose_retirement(
    slots: SlotFingerprints, *, current: Fingerprint, previous: Fingerprint | None
) -> Choice:
    """Choose the slot to unset once ``current`` is AWSCURRENT's key.

    Only a slot that holds AWSPREVIOUS's key, and only while AWSCURRENT's is in the other.
    """
    match = decided(RULES, Sight(slots, current, previous))
    return NothingToRetire(match.rule) if isinstance(match.decision, Leave) else match.decision


@dataclass(frozen=True)
class OtherKey:
    """What the slot beside AWSCURRENT's key holds. ``slot`` is None when that is nothing else."""

    slot: Slot | None = None
    fingerprint: Fingerprint | None = None


def find_other_key(slots: SlotFingerprints, current: Fingerprint) -> OtherKey | Refuse:
    """Look for a second key beside AWSCURRENT's, which has to be in a slot."""
    refusal = check_current_installed(slots, current)
    if refusal is not None:
        return refusal
    other = slots.holding(current)[0].other
    held = slots[other]
    return OtherKey() if held in {None, current} else OtherKey(other, held)
