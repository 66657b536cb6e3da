"""When AWSCURRENT moved, and how long the key before it stays: every rule as a named case."""

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest

from rotation.rules import staying
from rotation.rules.staying import Held, Promotion
from rotation.rules.words import Retention, SecretLabels, Stage
from tests.unit.retirement.fakes import (
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
BEFORE = MADE - 30 * DAY
ROTATED = MADE + 5 * SECOND
EDITED = ago(2 * DAY)
CREATED = {"old": BEFORE, "new": MADE}
SHORT = Retention(timedelta(minutes=1), CLUSTERS_ALONE.clusters)
WHOLE = datetime(2026, 6, 1, 12, 0, 0, tzinfo=UTC)
AFTER_ROTATION = Promotion(MADE, ROTATED, by_rotation=True)
AT_THE_LAST_CHANGE = Promotion(MADE, EDITED, by_rotation=False)

PROMOTIONS: list[tuple[str, SecretLabels, dict[str, datetime], Promotion | None]] = [
    ("a rotation: its end", labelled(ROTATED, EDITED), CREATED, AFTER_ROTATION),
    (
        "made at the instant at which the rotation before ended, and promoted by one that died",
        labelled(MADE, EDITED),
        CREATED,
        AT_THE_LAST_CHANGE,
    ),
    (
        "made in that second, of which the date of the version does not tell more",
        labelled(WHOLE + SECOND / 2, EDITED),
        {"old": BEFORE, "new": WHOLE},
        Promotion(WHOLE, EDITED, by_rotation=False),
    ),
    (
        "the shortest rotation whose dates tell: its end is a second later",
        labelled(WHOLE + SECOND, EDITED),
        {"old": BEFORE, "new": WHOLE},
        Promotion(WHOLE, WHOLE + 2 * SECOND, by_rotation=True),
    ),
    (
        "both versions were made within a second: either may be the newer one",
        labelled(WHOLE, EDITED),
        {"old": WHOLE, "new": WHOLE},
        Promotion(WHOLE, EDITED, by_rotation=False),
    ),
    (
        "the same, and the rotation's date is later",
        labelled(WHOLE + 5 * SECOND, EDITED),
        {"old": WHOLE, "new": WHOLE},
        Promotion(WHOLE, EDITED, by_rotation=False),
    ),
    (
        "another version was made at the instant of the rotation's end: it may be that rotation's",
        labelled(ROTATED, EDITED),
        {**CREATED, "other": ROTATED},
        AT_THE_LAST_CHANGE,
    ),
    (
        "finishSecret died: the rotation before tells nothing",
        labelled(BEFORE + SECOND, EDITED),
        CREATED,
        AT_THE_LAST_CHANGE,
    ),
    (
        "a value put by hand is newer than the last rotation",
        labelled(MADE - DAY, EDITED),
        CREATED,
        AT_THE_LAST_CHANGE,
    ),
    ("never rotated", labelled(None, EDITED), CREATED, AT_THE_LAST_CHANGE),
    (
        "the label moved back by hand: the version before is newer",
        labelled(ROTATED + DAY, EDITED),
        {"old": MADE + DAY, "new": MADE},
        Promotion(MADE + DAY, EDITED, by_rotation=False),
    ),
    (
        "a secret without AWSPREVIOUS after a rotation",
        labelled(ROTATED, EDITED, new=Stage.CURRENT),
        CREATED,
        AFTER_ROTATION,
    ),
    (
        "the previous version has no date: it may be the newer one",
        labelled(ROTATED, EDITED),
        {"new": MADE},
        AT_THE_LAST_CHANGE,
    ),
    (
        "the end of a rotation that was cut to its second",
        labelled(WHOLE, EDITED),
        {"old": BEFORE, "new": WHOLE - DAY},
        Promotion(WHOLE - DAY, WHOLE + SECOND, by_rotation=True),
    ),
    (
        "the last change that was cut to its second",
        labelled(None, WHOLE),
        {"new": WHOLE - DAY},
        Promotion(WHOLE - DAY, WHOLE + SECOND, by_rotation=False),
    ),
    (
        "the label moved back by hand and AWSPREVIOUS was removed: a newer version is left behind",
        labelled(ROTATED + DAY, EDITED, new=Stage.CURRENT),
        {"gone": MADE + DAY, "new": MADE},
        AT_THE_LAST_CHANGE,
    ),
    (
        "an abandoned rotation after the last one tells nothing of it",
        labelled(ROTATED, EDITED),
        {**CREATED, "abandoned": ROTATED + DAY},
        AFTER_ROTATION,
    ),
    ("no version is current", labelled(ROTATED, EDITED, old=Stage.PREVIOUS), CREATED, None),
    ("the current version has no date", labelled(ROTATED, EDITED), {"old": BEFORE}, None),
    ("no version has a date", labelled(ROTATED, EDITED), {}, None),
    ("the secret has no date of its own", labelled(ROTATED), CREATED, None),
    ("the secret has no dates at all", labelled(), CREATED, None),
]


@pytest.mark.parametrize(("case", "labels", "created", "expected"), PROMOTIONS, ids=lambda c: c)
def test_promotion(
    case: str, labels: SecretLabels, created: dict[str, datetime], expected: Promotion | None
) -> None:
    assert staying.promotion(labels, created) == expected, case


def test_a_date_that_has_a_fraction_is_taken_as_it_is() -> None:
    when = WHOLE + timedelta(microseconds=1)
    made = WHOLE - SECOND
    found = staying.promotion(labelled(when, when), {"old": BEFORE, "new": made})
    assert found == Promotion(made, when, by_rotation=True)


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
