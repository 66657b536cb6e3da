"""How long the key before AWSCURRENT's stays: every rule as a named case."""

import time
from datetime import datetime, timedelta, timezone

import pytest

from rotation.rules import staying
from rotation.rules.staying import Held, Retention
from rotation.rules.words import SecretLabels, Stage
from tests.shared.retirement import (
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

MADE = ago(10 * DAY)
CREATED = {"old": MADE - 30 * DAY, "new": MADE}
SHORT = Retention(timedelta(minutes=1), CLUSTERS_ALONE.clusters)


def rotated(span: timedelta) -> SecretLabels:
    return labelled(ago(span), ago(span))


def dated(span: timedelta) -> dict[str, datetime]:
    return {"old": ago(span + 30 * DAY), "new": ago(span + SECOND)}


@pytest.mark.parametrize(
    ("case", "kept", "span", "expected"),
    [
        ("the grace has just begun", IN_GRACE, 0 * SECOND, NOW + 24 * HOUR),
        ("its last second", IN_GRACE, 24 * HOUR - SECOND, NOW + SECOND),
        ("it ends at this instant: over", IN_GRACE, 24 * HOUR, None),
        ("over for days", IN_GRACE, 9 * DAY, None),
        ("there is none", Retention(), 0 * SECOND, None),
        ("clusters are named: ECS's lists settle", CLUSTERS_ALONE, HOUR / 12, NOW + 5 * MINUTE),
        ("clusters are named: they have settled", CLUSTERS_ALONE, 10 * MINUTE, None),
        ("a grace that is shorter than that", SHORT, 0 * SECOND, NOW + 10 * MINUTE),
        ("a grace that is longer than that", WITH_CLUSTERS, 0 * SECOND, NOW + 24 * HOUR),
    ],
)
def test_the_grace_runs_from_the_promotion(
    case: str, kept: Retention, span: timedelta, expected: datetime | None
) -> None:
    found = staying.in_grace(kept, rotated(span), dated(span), NOW)
    if expected is None:
        assert found is None, case
    else:
        assert found == Held(f"its grace ends at {staying.shown(expected)}", expected), case


def test_where_the_dates_tell_nothing_the_key_stays_without_an_end() -> None:
    expected = Held("when AWSCURRENT moved can't be told from the secret's dates")
    assert staying.in_grace(IN_GRACE, labelled(), CREATED, NOW) == expected
    assert staying.grace_ends(IN_GRACE, labelled(), CREATED) is None
    assert staying.in_grace(CLUSTERS_ALONE, labelled(), CREATED, NOW) == expected
    assert staying.in_grace(Retention(), labelled(), CREATED, NOW) is None


def test_without_a_grace_its_end_is_the_promotion() -> None:
    assert staying.grace_ends(Retention(), rotated(HOUR), dated(HOUR)) == ago(HOUR)


@pytest.mark.parametrize(
    ("case", "labels", "created", "expected"),
    [
        ("the previous one", labelled(), {"v": ago(DAY), "new": ago(2 * DAY)}, True),
        ("older than the current one", labelled(), {"v": ago(3 * DAY), "new": ago(DAY)}, True),
        ("made in the same second", labelled(), {"v": ago(DAY), "new": ago(DAY)}, True),
        ("an abandoned one: newer", labelled(), {"v": ago(HOUR), "new": ago(DAY)}, False),
        (
            "newer, with a label of a person's own",
            labelled(v="mine", new=Stage.CURRENT),
            {"v": ago(HOUR), "new": ago(DAY)},
            True,
        ),
        (
            "newer, and a person has removed AWSPREVIOUS",
            labelled(new=Stage.CURRENT),
            {"v": ago(HOUR), "new": ago(DAY)},
            True,
        ),
        ("without a date", labelled(), {"new": ago(DAY)}, True),
        ("beside a current one without a date", labelled(), {"v": ago(HOUR)}, True),
        (
            "beside no current one",
            labelled(old=Stage.PREVIOUS),
            {"v": ago(HOUR), "new": ago(DAY)},
            True,
        ),
    ],
)
def test_a_version_that_was_never_current_is_held_by_nobody(
    *, case: str, labels: SecretLabels, created: dict[str, datetime], expected: bool
) -> None:
    version_id = "old" if case == "the previous one" else "v"
    created = created | {"old": ago(HOUR)}
    assert staying.was_ever_current(version_id, labels, created) is expected, case


@pytest.mark.parametrize(
    ("case", "labels", "age", "expected"),
    [
        ("filled a moment ago", labelled(new=Stage.CURRENT, p=Stage.PENDING), 0 * MINUTE, True),
        ("nine minutes ago", labelled(new=Stage.CURRENT, p=Stage.PENDING), 9 * MINUTE, True),
        ("ten minutes ago", labelled(new=Stage.CURRENT, p=Stage.PENDING), 10 * MINUTE, False),
        ("it waits for days", labelled(new=Stage.CURRENT, p=Stage.PENDING), 3 * DAY, False),
        ("not filled yet", labelled(new=Stage.CURRENT, p=Stage.PENDING), None, False),
        (
            "the label lingers on the current one",
            labelled(p="AWSCURRENT AWSPENDING"),
            MINUTE,
            False,
        ),
        ("no version is pending", labelled(), MINUTE, False),
        ("beside no current one", labelled(p=Stage.PENDING), MINUTE, True),
    ],
)
def test_a_rotation_is_under_way_while_its_version_is_new(
    *, case: str, labels: SecretLabels, age: timedelta | None, expected: bool
) -> None:
    created = {"new": ago(DAY)} | ({} if age is None else {"p": ago(age)})
    assert staying.under_way(labels, created, NOW) is expected, case


def test_a_time_is_shown_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    there = datetime(2026, 6, 30, 1, 2, 59, tzinfo=timezone(timedelta(hours=2)))
    shown = staying.shown(there)
    monkeypatch.undo()
    time.tzset()
    assert shown == "2026-06-29 23:03 UTC"


@pytest.mark.parametrize(
    ("kept", "keeps"),
    [(Retention(), False), (IN_GRACE, True), (CLUSTERS_ALONE, True)],
)
def test_a_grace_or_clusters_keep_the_old_key(*, kept: Retention, keeps: bool) -> None:
    assert kept.keeps is keeps


def test_the_command_that_ends_a_grace_is_one_for_a_shell() -> None:
    assert Retention(function_name="retire").command_that_ends_it("app") == (
        "AWS_MAX_ATTEMPTS=1 aws lambda invoke --function-name retire --cli-read-timeout 0 "
        "--cli-binary-format raw-in-base64-out --payload "
        '\'{"operation": "end-grace", "secretId": "app"}\' /dev/stdout'
    )
