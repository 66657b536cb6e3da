"""Whatever moved since a change was decided on keeps the slot from being changed."""

from dataclasses import replace

import pytest

from rotation.errors.slots import Overtaken
from rotation.rules.unchanged import Seen, check_unchanged
from rotation.rules.words import Fingerprint, SecretLabels, SlotFingerprints

CURRENT, PREVIOUS, FOREIGN = (
    Fingerprint(f"SHA256:{name}") for name in ("current", "previous", "foreign")
)
BEFORE = SecretLabels(True, {"v1": frozenset({"AWSCURRENT"}), "v2": frozenset({"AWSPENDING"})})  # noqa: FBT003
MOVED = SecretLabels(True, {"v2": frozenset({"AWSCURRENT"}), "v1": frozenset({"AWSPREVIOUS"})})  # noqa: FBT003
SLOTS = SlotFingerprints(CURRENT, PREVIOUS)


@pytest.mark.parametrize(
    ("labels_now", "slots_now", "found"),
    [
        (MOVED, SLOTS, "labels were moved"),
        (BEFORE, SlotFingerprints(CURRENT, FOREIGN), "keys were changed"),
        (BEFORE, SlotFingerprints(CURRENT, None), "keys were changed"),
        (MOVED, SlotFingerprints(CURRENT, None), "keys were changed"),
        (replace(BEFORE, rotation_enabled=False), SLOTS, "Rotation was switched on or off"),
    ],
)
def test_a_key_is_not_replaced_when_anything_moved(
    labels_now: SecretLabels, slots_now: SlotFingerprints, found: str
) -> None:
    refusal = check_unchanged(Seen(BEFORE, SLOTS), labels_now, slots_now)
    assert refusal is not None
    assert isinstance(refusal.error, Overtaken)
    assert found in str(refusal.error)


def test_a_key_is_replaced_when_nothing_moved() -> None:
    assert check_unchanged(Seen(BEFORE, SLOTS), BEFORE, SLOTS) is None


@pytest.mark.parametrize(
    ("labels_now", "slots_now", "found"),
    [
        (BEFORE, SLOTS, "AWSCURRENT was moved to another version"),
        (MOVED, SlotFingerprints(CURRENT, FOREIGN), "keys were changed"),
        (replace(MOVED, rotation_enabled=False), SLOTS, "Rotation was switched on or off"),
    ],
)
def test_after_its_own_promotion_a_step_looks_where_awscurrent_is(
    labels_now: SecretLabels, slots_now: SlotFingerprints, found: str
) -> None:
    refusal = check_unchanged(Seen(BEFORE, SLOTS, promoted="v2"), labels_now, slots_now)
    assert refusal is not None
    assert isinstance(refusal.error, Overtaken)
    assert found in str(refusal.error)


def test_the_labels_that_a_promotion_moved_are_no_surprise_to_it() -> None:
    assert check_unchanged(Seen(BEFORE, SLOTS, promoted="v2"), MOVED, SLOTS) is None
