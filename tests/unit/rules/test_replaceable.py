"""Whether a rotation may replace the key beside AWSCURRENT's: every rule as a named case."""

from datetime import timedelta

import pytest

from rotation.errors.slots import PreviousKeyInGrace
from rotation.rules import staying
from rotation.rules.retention import Retention
from rotation.rules.staying import Facts
from rotation.rules.words import (
    SecretLabels,
)
from tests.shared.dated import (
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
