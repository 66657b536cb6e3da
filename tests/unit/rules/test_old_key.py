"""Which slot is unset after the promotion, and what the other holds: every state of both slots."""

from itertools import product

import pytest

from rotation.errors.slots import CurrentKeyNotInstalled
from rotation.rules import old_key
from rotation.rules.decision import Refuse
from rotation.rules.old_key import NothingToRetire, OtherKey, Retire, choose_retirement
from rotation.rules.words import (
    Fingerprint,
    Slot,
    SlotFingerprints,
)

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


def test_why_nothing_is_retired_is_the_name_of_the_rule() -> None:
    decision = choose_retirement(SlotFingerprints(None, None), current=CURRENT, previous=None)
    assert decision == NothingToRetire(old_key.RULES[0].name)


OTHER, THIRD = Fingerprint("SHA256:other"), Fingerprint("SHA256:third")
BESIDE = (None, CURRENT, OTHER, THIRD)
EVERY_STATE_OF_TWO = [SlotFingerprints(one, two) for one, two in product(BESIDE, BESIDE)]


@pytest.mark.parametrize(
    ("case", "one", "two", "expected"),
    [
        ("slot two is empty", CURRENT, None, OtherKey()),
        ("slot one is empty", None, CURRENT, OtherKey()),
        ("the same key is in both", CURRENT, CURRENT, OtherKey()),
        ("another key in slot two", CURRENT, OTHER, OtherKey(Slot.TWO, OTHER)),
        ("another key in slot one", OTHER, CURRENT, OtherKey(Slot.ONE, OTHER)),
    ],
)
def test_the_other_key(
    case: str, one: Fingerprint | None, two: Fingerprint | None, expected: OtherKey
) -> None:
    assert old_key.find_other_key(SlotFingerprints(one, two), CURRENT) == expected, case


@pytest.mark.parametrize("slots", EVERY_STATE_OF_TWO, ids=str)
def test_the_current_key_has_to_be_in_a_slot_and_is_never_the_other(
    slots: SlotFingerprints,
) -> None:
    match old_key.find_other_key(slots, CURRENT):
        case Refuse(error):
            assert CURRENT not in slots.occupied
            assert type(error) is CurrentKeyNotInstalled
            assert error.found.startswith("AWSCURRENT's key SHA256:current is in neither slot (")
        case OtherKey(None, held):
            assert held is None
            assert slots.occupied == {CURRENT}
        case OtherKey(Slot() as slot, held):
            assert slots[slot] == held
            assert slots[slot.other] == CURRENT
