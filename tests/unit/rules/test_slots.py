"""Where the new key goes: tables of named cases, and properties over all states of both slots."""

from dataclasses import replace
from itertools import product

import pytest

from rotation.errors.slots import CurrentKeyNotInstalled, ForeignKey
from rotation.rules import slots as rules
from rotation.rules.decision import Refuse
from rotation.rules.slots import AlreadyInstalled, Install, Sight
from rotation.rules.words import Fingerprint, Slot, SlotFingerprints

CURRENT, PENDING, PREVIOUS, ABANDONED, FOREIGN = (
    Fingerprint(f"SHA256:{name}") for name in ("current", "pending", "previous", "left", "foreign")
)
OWNED = frozenset({PREVIOUS, ABANDONED})
HELD = (None, CURRENT, PENDING, PREVIOUS, ABANDONED, FOREIGN)
EVERY_STATE = [SlotFingerprints(one, two) for one, two in product(HELD, HELD)]


def sight(slots: SlotFingerprints, *, by_current: bool = False) -> Sight:
    return Sight(slots, CURRENT, by_current, PENDING, OWNED)


def choose(slots: SlotFingerprints) -> AlreadyInstalled | Install | Refuse:
    return rules.choose_slot(sight(slots))


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


@pytest.mark.parametrize(
    ("case", "one", "two", "expected"),
    [
        ("both slots are empty", None, None, Install(Slot.ONE, None)),
        ("slot one is empty", None, FOREIGN, Install(Slot.ONE, None)),
        ("slot two is empty", FOREIGN, None, Install(Slot.TWO, None)),
        ("an empty one comes before one of ours", ABANDONED, None, Install(Slot.TWO, None)),
        ("slot one is ours", ABANDONED, FOREIGN, Install(Slot.ONE, ABANDONED)),
        ("slot two is ours", FOREIGN, PREVIOUS, Install(Slot.TWO, PREVIOUS)),
        ("the new key is in a slot", FOREIGN, PENDING, AlreadyInstalled(Slot.TWO)),
    ],
)
def test_a_current_key_that_logs_in_from_outside_the_slots_is_a_named_key_pair(
    case: str, one: Fingerprint | None, two: Fingerprint | None, expected: object
) -> None:
    slots = SlotFingerprints(one, two)
    assert rules.choose_slot(sight(slots, by_current=True)) == expected, case


def test_a_named_key_pair_without_a_free_slot_is_refused_by_name() -> None:
    slots = SlotFingerprints(FOREIGN, Fingerprint("SHA256:second"))
    decision = rules.choose_slot(sight(slots, by_current=True))
    assert isinstance(decision, Refuse)
    assert isinstance(decision.error, ForeignKey)
    for part in (CURRENT, "named key pair", f"RSA_PUBLIC_KEY holds {FOREIGN}", "SHA256:second"):
        assert part in str(decision.error)


@pytest.mark.parametrize("slots", EVERY_STATE, ids=str)
def test_that_the_current_key_logged_in_changes_nothing_while_it_is_in_a_slot(
    slots: SlotFingerprints,
) -> None:
    seen = rules.choose_slot(sight(slots, by_current=True))
    match seen:
        case Install(slot, replaces):
            assert slots[slot] == replaces
            assert replaces not in {FOREIGN, PENDING}
        case AlreadyInstalled(slot):
            assert slots[slot] == PENDING
        case Refuse(error):
            assert type(error) is ForeignKey
    if CURRENT in slots.occupied:
        assert repr(seen) == repr(choose(slots))


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


@pytest.mark.parametrize("by_current", [True, False])
@pytest.mark.parametrize("slots", EVERY_STATE, ids=str)
def test_older_versions_are_read_only_when_they_can_change_the_choice(
    slots: SlotFingerprints,
    by_current: bool,  # noqa: FBT001
) -> None:
    seen = replace(sight(slots, by_current=by_current), owned=frozenset())
    wanted, blind = rules.unexplained_keys(seen), rules.choose_slot(seen)
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
