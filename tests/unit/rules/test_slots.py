"""Where the new key goes: tables of named cases, and properties over all states of both slots."""

from itertools import product

import pytest

from rotation.errors.slots import CurrentKeyNotInstalled, ForeignKey
from rotation.rules import slots as rules
from rotation.rules.decision import Refuse
from rotation.rules.slots import AlreadyInstalled, Install
from rotation.rules.words import Fingerprint, Slot, SlotFingerprints

CURRENT, PENDING, PREVIOUS, ABANDONED, FOREIGN = (
    Fingerprint(f"SHA256:{name}") for name in ("current", "pending", "previous", "left", "foreign")
)
OWNED = frozenset({PREVIOUS, ABANDONED})
HELD = (None, CURRENT, PENDING, PREVIOUS, ABANDONED, FOREIGN)
EVERY_STATE = [SlotFingerprints(one, two) for one, two in product(HELD, HELD)]


def choose(slots: SlotFingerprints) -> AlreadyInstalled | Install | Refuse:
    return rules.choose_slot(slots, current=CURRENT, pending=PENDING, owned=OWNED)


@pytest.mark.parametrize(
    ("case", "one", "two", "expected"),
    [
        ("the new key is in slot one already", PENDING, CURRENT, AlreadyInstalled(Slot.ONE)),
        ("the new key is in slot two already", CURRENT, PENDING, AlreadyInstalled(Slot.TWO)),
        (
            "the new key alone: someone took the current one",
            PENDING,
            None,
            AlreadyInstalled(Slot.ONE),
        ),
        ("the new key in both slots", PENDING, PENDING, AlreadyInstalled(Slot.ONE)),
        ("the other slot, two, is empty", CURRENT, None, Install(Slot.TWO, None)),
        ("the other slot, one, is empty", None, CURRENT, Install(Slot.ONE, None)),
        ("the other slot holds AWSPREVIOUS", CURRENT, PREVIOUS, Install(Slot.TWO, PREVIOUS)),
        ("the other slot holds an abandoned key", ABANDONED, CURRENT, Install(Slot.ONE, ABANDONED)),
        ("the current key is in both slots", CURRENT, CURRENT, Install(Slot.TWO, CURRENT)),
    ],
)
def test_slot_choice(
    case: str, one: Fingerprint | None, two: Fingerprint | None, expected: object
) -> None:
    assert choose(SlotFingerprints(one, two)) == expected, case


@pytest.mark.parametrize(
    ("one", "two", "error"),
    [
        (None, None, CurrentKeyNotInstalled),
        (FOREIGN, None, CurrentKeyNotInstalled),
        (PREVIOUS, ABANDONED, CurrentKeyNotInstalled),
        (CURRENT, FOREIGN, ForeignKey),
        (FOREIGN, CURRENT, ForeignKey),
    ],
)
def test_slot_choice_refuses(
    one: Fingerprint | None, two: Fingerprint | None, error: type[Exception]
) -> None:
    decision = choose(SlotFingerprints(one, two))
    assert isinstance(decision, Refuse)
    assert type(decision.error) is error


@pytest.mark.parametrize("slots", EVERY_STATE, ids=str)
def test_a_choice_never_costs_the_current_key_or_a_foreign_one(slots: SlotFingerprints) -> None:
    match choose(slots):
        case Install(slot, replaces):
            assert slots[slot] == replaces
            assert replaces not in {FOREIGN, PENDING}
            assert slots[slot.other] == CURRENT, "the current key stays in the other slot"
        case AlreadyInstalled(slot):
            assert slots[slot] == PENDING
        case Refuse(error):
            assert type(error) in {CurrentKeyNotInstalled, ForeignKey}


@pytest.mark.parametrize("slots", EVERY_STATE, ids=str)
def test_older_versions_are_read_only_when_they_can_change_the_choice(
    slots: SlotFingerprints,
) -> None:
    wanted = rules.unexplained_keys(slots, current=CURRENT, pending=PENDING)
    blind = rules.choose_slot(slots, current=CURRENT, pending=PENDING, owned=frozenset())
    if wanted:
        assert isinstance(blind, Refuse)
        assert isinstance(blind.error, ForeignKey)
        assert wanted == slots.occupied - {CURRENT}
    elif isinstance(blind, Refuse):
        assert isinstance(blind.error, CurrentKeyNotInstalled)


def test_a_foreign_key_is_named_with_its_slot_and_its_time() -> None:
    slots = SlotFingerprints(CURRENT, FOREIGN, {Slot.TWO: "2026-03-04 05:06:07"})
    decision = choose(slots)
    assert isinstance(decision, Refuse)
    for part in ("RSA_PUBLIC_KEY_2", FOREIGN, "2026-03-04 05:06:07", "left in place"):
        assert part in str(decision.error)
