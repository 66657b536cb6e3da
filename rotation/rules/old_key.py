"""Which slot is unset once AWSCURRENT has moved: the one of the key before it. No I/O, no clock."""

from collections.abc import Callable
from dataclasses import dataclass

from rotation.rules.decision import Refuse, Rule, decide
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
class Sight:
    """What finishSecret sees. ``previous`` is None when AWSPREVIOUS holds no key."""

    slots: SlotFingerprints
    current: Fingerprint
    previous: Fingerprint | None

    @property
    def holding_previous(self) -> tuple[Slot, ...]:
        """The slots that hold AWSPREVIOUS's key."""
        return self.slots.holding(self.previous) if self.previous else ()


def _no_previous(seen: Sight) -> bool:
    return seen.previous is None


def _same_key(seen: Sight) -> bool:
    return seen.previous == seen.current


def _in_no_slot(seen: Sight) -> bool:
    return not seen.holding_previous


def _not_beside_current(seen: Sight) -> bool:
    return seen.slots[seen.holding_previous[0].other] != seen.current


def _beside_current(seen: Sight) -> Choice:
    return Retire(seen.holding_previous[0])


def _nothing(because: str, applies: Callable[[Sight], bool]) -> Rule[Sight, Choice]:
    return Rule(because, lambda seen: NothingToRetire(because) if applies(seen) else None)


RULES: tuple[Rule[Sight, Choice], ...] = (
    # Then this key was the user's first.
    _nothing("AWSPREVIOUS holds no key", _no_previous),
    _nothing("AWSPREVIOUS holds the same key as AWSCURRENT", _same_key),
    _nothing("no slot holds AWSPREVIOUS's key", _in_no_slot),
    _nothing("AWSCURRENT's key is not in the other slot", _not_beside_current),
    Rule("AWSPREVIOUS's key is beside AWSCURRENT's", _beside_current),
)


def choose_retirement(
    slots: SlotFingerprints, *, current: Fingerprint, previous: Fingerprint | None
) -> Choice:
    """Choose the slot to unset once ``current`` is AWSCURRENT's key.

    Only a slot that holds AWSPREVIOUS's key, and only while AWSCURRENT's is in the other.
    """
    return decide(RULES, Sight(slots, current, previous))


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
