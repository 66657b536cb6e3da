"""The key beside AWSCURRENT's, and whether a rotation may replace it: every state as a case."""

from datetime import timedelta
from itertools import product

import pytest

from rotation.errors.slots import CurrentKeyNotInstalled, PreviousKeyInGrace
from rotation.rules import old_key, staying
from rotation.rules.decision import Refuse
from rotation.rules.old_key import OtherKey
from rotation.rules.retention import Retention
from rotation.rules.staying import Facts
from rotation.rules.words import (
    Fingerprint,
    SecretLabels,
    Slot,
    SlotFingerprints,
)
from tests.shared.retirement import (
    CLUSTER,
    CLUSTERS_ALONE,
    DAY,
    HOUR,
    IN_GRACE,
    MINUTE,
    NOW,
    SECOND,
    WITH_CLUSTERS,
    ago,
    labelled,
)

CURRENT, OTHER, THIRD = (Fingerprint(f"SHA256:{name}") for name in ("current", "other", "third"))
HELD = (None, CURRENT, OTHER, THIRD)
EVERY_STATE = [SlotFingerprints(one, two) for one, two in product(HELD, HELD)]


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


@pytest.mark.parametrize("slots", EVERY_STATE, ids=str)
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


def check(
    kept: Retention, since: timedelta, version_id: str = "old", labels: SecretLabels | None = None
) -> PreviousKeyInGrace | None:
    """Ask, so long after a rotation was completed."""
    when = ago(since)
    created = {"left": when + SECOND, "older": when - 60 * DAY, "old": when - 30 * DAY}
    found = labelled(when, when) if labels is None else labels
    dates = created | {"new": when - SECOND}
    return staying.check_replaceable(Facts(found, dates, kept, NOW, version_id))


IN_THE_WAY = "The other slot holds the key that was current before: "
ENDS = "its grace ends at 2026-07-01 11:00 UTC."
SETTLES = "its grace ends at 2026-06-30 12:05 UTC."
NOT_FOUND_FREE = "the retirement function has not found it free of tasks yet."


@pytest.mark.parametrize(
    ("case", "kept", "since", "version_id", "expected"),
    [
        ("nothing is kept", Retention(), HOUR, "old", None),
        ("in its grace", IN_GRACE, HOUR, "old", ENDS),
        ("the key of an older version, in the grace", IN_GRACE, HOUR, "older", ENDS),
        ("its grace is over", IN_GRACE, DAY, "old", None),
        ("the key of an abandoned rotation", IN_GRACE, HOUR, "left", None),
        ("in its grace, and clusters are named", WITH_CLUSTERS, HOUR, "old", ENDS),
        ("its grace is over, and clusters are named", WITH_CLUSTERS, DAY, "old", NOT_FOUND_FREE),
        ("clusters alone", CLUSTERS_ALONE, 30 * DAY, "old", NOT_FOUND_FREE),
        ("clusters alone, just after", CLUSTERS_ALONE, 5 * MINUTE, "old", SETTLES),
        ("clusters alone, an abandoned rotation's", CLUSTERS_ALONE, HOUR, "left", None),
    ],
)
def test_what_a_rotation_may_replace(
    case: str, kept: Retention, since: timedelta, version_id: str, expected: str | None
) -> None:
    refusal = check(kept, since, version_id)
    assert (refusal and refusal.found) == (expected and IN_THE_WAY + expected), case


@pytest.mark.parametrize("kept", [IN_GRACE, Retention(clusters=(CLUSTER,))])
def test_without_dates_the_key_is_not_replaced(kept: Retention) -> None:
    refusal = check(kept, 90 * DAY, labels=labelled())
    assert refusal is not None
    assert refusal.found == (
        f"{IN_THE_WAY}when AWSCURRENT moved can't be told from the secret's dates."
    )
