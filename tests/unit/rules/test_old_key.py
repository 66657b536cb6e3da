"""Which slot is unset after the promotion: a property over all states of both slots."""

from itertools import product

import pytest

from rotation.rules.old_key import NothingToRetire, Retire, choose_retirement
from rotation.rules.words import Fingerprint, Slot, SlotFingerprints

CURRENT, PENDING, PREVIOUS, ABANDONED, FOREIGN = (
    Fingerprint(f"SHA256:{name}") for name in ("current", "pending", "previous", "left", "foreign")
)
HELD = (None, CURRENT, PENDING, PREVIOUS, ABANDONED, FOREIGN)
EVERY_STATE = [SlotFingerprints(one, two) for one, two in product(HELD, HELD)]


@pytest.mark.parametrize("slots", EVERY_STATE, ids=str)
@pytest.mark.parametrize("previous", [PREVIOUS, CURRENT, FOREIGN])
def test_retirement_takes_only_the_previous_key_and_only_beside_the_current_one(
    slots: SlotFingerprints, previous: Fingerprint
) -> None:
    decision = choose_retirement(slots, current=CURRENT, previous=previous)
    places: dict[tuple[Fingerprint | None, Fingerprint | None], Slot] = {
        (previous, CURRENT): Slot.ONE,
        (CURRENT, previous): Slot.TWO,
    }
    expected = places.get((slots.one, slots.two))
    if previous == CURRENT or expected is None:
        assert isinstance(decision, NothingToRetire)
    else:
        assert decision == Retire(expected)
