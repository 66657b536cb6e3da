"""Every rule, as tables of named cases and as properties over all states of both slots."""

from itertools import product

import pytest

from rotation.errors.secret import (
    IdentityChanged,
    IdentityNotAllowed,
    KeyNotRenewed,
    RotationNotEnabled,
    UnknownVersion,
    VersionNotPending,
)
from rotation.errors.slots import CurrentKeyNotInstalled, ForeignKey, Overtaken
from rotation.rules import slots as decisions
from rotation.rules.slots import (
    AlreadyInstalled,
    AlreadyPromoted,
    Install,
    NothingToRetire,
    Refuse,
    Retire,
    Rotate,
)
from rotation.rules.who import AllowedIdentities, NamePatterns
from rotation.rules.words import (
    Fingerprint,
    SecretLabels,
    Slot,
    SlotFingerprints,
)

CURRENT, PENDING, PREVIOUS, ABANDONED, FOREIGN = (
    Fingerprint(f"SHA256:{name}") for name in ("current", "pending", "previous", "left", "foreign")
)
OWNED = frozenset({PREVIOUS, ABANDONED})
HELD = (None, CURRENT, PENDING, PREVIOUS, ABANDONED, FOREIGN)
EVERY_STATE = [SlotFingerprints(one, two) for one, two in product(HELD, HELD)]


def choose(slots: SlotFingerprints) -> AlreadyInstalled | Install | Refuse:
    return decisions.choose_slot(slots, current=CURRENT, pending=PENDING, owned=OWNED)


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
    wanted = decisions.unexplained_keys(slots, current=CURRENT, pending=PENDING)
    blind = decisions.choose_slot(slots, current=CURRENT, pending=PENDING, owned=frozenset())
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


@pytest.mark.parametrize("slots", EVERY_STATE, ids=str)
@pytest.mark.parametrize("previous", [PREVIOUS, CURRENT, FOREIGN])
def test_retirement_takes_only_the_previous_key_and_only_beside_the_current_one(
    slots: SlotFingerprints, previous: Fingerprint
) -> None:
    decision = decisions.choose_retirement(slots, current=CURRENT, previous=previous)
    places: dict[tuple[Fingerprint | None, Fingerprint | None], Slot] = {
        (previous, CURRENT): Slot.ONE,
        (CURRENT, previous): Slot.TWO,
    }
    expected = places.get((slots.one, slots.two))
    if previous == CURRENT or expected is None:
        assert isinstance(decision, NothingToRetire)
    else:
        assert decision == Retire(expected)


@pytest.mark.parametrize(
    ("case", "enabled", "stages", "expected"),
    [
        ("pending", True, {"AWSPENDING"}, Rotate),
        ("current", True, {"AWSCURRENT"}, AlreadyPromoted),
        ("current, and AWSPENDING lingers", True, {"AWSCURRENT", "AWSPENDING"}, AlreadyPromoted),
        ("rotation is off", False, {"AWSPENDING"}, RotationNotEnabled),
        ("rotation is off, current", False, {"AWSCURRENT"}, RotationNotEnabled),
        ("previous", True, {"AWSPREVIOUS"}, VersionNotPending),
        ("a label of a person's own", True, {"mine"}, VersionNotPending),
        ("no such version", True, None, UnknownVersion),
    ],
)
def test_labels(case: str, enabled: bool, stages: set[str] | None, expected: type) -> None:  # noqa: FBT001
    versions = {"v1": frozenset({"AWSCURRENT"})} if stages is None else {"v2": frozenset(stages)}
    decision = decisions.check_labels(SecretLabels(enabled, versions), "v2")
    found = type(decision.error) if isinstance(decision, Refuse) else type(decision)
    assert found is expected, case


@pytest.mark.parametrize(
    ("pending", "named"),
    [
        (("ACCT", "ADMIN"), "user"),
        (("OTHER", "SVC"), "account"),
        (("ACCT", "svc"), "user"),
        (("OTHER", "ADMIN"), "account and user"),
    ],
)
def test_a_changed_identity_is_refused(pending: tuple[str, str], named: str) -> None:
    refusal = decisions.check_identity(("ACCT", "SVC"), pending)
    assert refusal is not None
    assert isinstance(refusal.error, IdentityChanged)
    assert f"differ in {named}." in str(refusal.error)


ALLOWED = AllowedIdentities(NamePatterns(("MYORG-*",)), NamePatterns(("SVC_*", "DEPLOY")))


@pytest.mark.parametrize("identity", [("MYORG-PROD", "SVC_A"), ("myorg-dev", "deploy")])
def test_an_identity_that_the_stack_allows_is_accepted(identity: tuple[str, str]) -> None:
    assert decisions.check_allowed(identity, ALLOWED) is None


@pytest.mark.parametrize(
    ("identity", "found"),
    [
        (("EVIL-PROD", "SVC_A"), "Account 'EVIL-PROD' matches nothing in ALLOWED_SNOWFLAKE_ACC"),
        (("MYORG-PROD", "ADMIN"), "User 'ADMIN' matches nothing in ALLOWED_USERS (SVC_*,DEPLOY)."),
        (("MYORG-PROD", "DEPLOY2"), "User 'DEPLOY2' matches nothing"),
        (("EVIL-PROD", "ADMIN"), "Account 'EVIL-PROD'"),
    ],
)
def test_an_identity_that_the_stack_does_not_allow_is_refused(
    identity: tuple[str, str], found: str
) -> None:
    refusal = decisions.check_allowed(identity, ALLOWED)
    assert refusal is not None
    assert isinstance(refusal.error, IdentityNotAllowed)
    assert str(refusal.error).startswith(found)


def test_a_pending_key_must_be_a_new_one() -> None:
    refusal = decisions.check_new(CURRENT, CURRENT)
    assert refusal is not None
    assert isinstance(refusal.error, KeyNotRenewed)
    assert CURRENT in str(refusal.error)
    assert decisions.check_new(CURRENT, PENDING) is None


def test_the_same_identity_is_accepted() -> None:
    assert decisions.check_identity(("ACCT", "SVC"), ("ACCT", "SVC")) is None


BEFORE = SecretLabels(True, {"v1": frozenset({"AWSCURRENT"}), "v2": frozenset({"AWSPENDING"})})  # noqa: FBT003
MOVED = SecretLabels(True, {"v2": frozenset({"AWSCURRENT"}), "v1": frozenset({"AWSPREVIOUS"})})  # noqa: FBT003
SLOTS = SlotFingerprints(CURRENT, PREVIOUS)


@pytest.mark.parametrize(
    ("labels_now", "slots_now", "found"),
    [
        (MOVED, SLOTS, "labels were moved"),
        (BEFORE, SlotFingerprints(CURRENT, FOREIGN), "keys were changed"),
        (BEFORE, SlotFingerprints(CURRENT, None), "keys were changed"),
    ],
)
def test_a_key_is_not_replaced_when_anything_moved(
    labels_now: SecretLabels, slots_now: SlotFingerprints, found: str
) -> None:
    refusal = decisions.check_unchanged(BEFORE, labels_now, SLOTS, slots_now)
    assert refusal is not None
    assert isinstance(refusal.error, Overtaken)
    assert found in str(refusal.error)


def test_a_key_is_replaced_when_nothing_moved() -> None:
    assert decisions.check_unchanged(BEFORE, BEFORE, SLOTS, SLOTS) is None
    assert decisions.check_same_labels(BEFORE, BEFORE) is None


def test_nothing_is_unset_when_a_label_moved() -> None:
    refusal = decisions.check_same_labels(BEFORE, MOVED)
    assert refusal is not None
    assert isinstance(refusal.error, Overtaken)
