"""When AWSCURRENT moved to its version: every rule as a named case."""

from datetime import UTC, datetime, timedelta

import pytest

from rotation.rules import promotion
from rotation.rules.promotion import Promotion
from rotation.rules.words import SecretLabels, Stage
from tests.shared.dated import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    SECOND,
    ago,
    labelled,
)

MADE = ago(10 * DAY)
BEFORE = MADE - 30 * DAY
ROTATED = MADE + 5 * SECOND
EDITED = ago(2 * DAY)
CREATED = {"old": BEFORE, "new": MADE}
WHOLE = datetime(2026, 6, 1, 12, 0, 0, tzinfo=UTC)
AFTER_ROTATION = Promotion(MADE, ROTATED, by_rotation=True)
AT_THE_LAST_CHANGE = Promotion(MADE, EDITED, by_rotation=False)

PROMOTIONS: list[tuple[str, SecretLabels, dict[str, datetime], Promotion | None]] = [
    ("a rotation: its end", labelled(ROTATED, EDITED), CREATED, AFTER_ROTATION),
    *(
        (
            f"its end is {after} ms after the last change: either order was seen",
            labelled(ROTATED, ROTATED - timedelta(milliseconds=after)),
            CREATED,
            AFTER_ROTATION,
        )
        for after in (46, -8, -15)
    ),
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
    assert promotion.find_promotion(labels, created) == expected, case


def test_a_date_that_has_a_fraction_is_taken_as_it_is() -> None:
    when = WHOLE + timedelta(microseconds=1)
    made = WHOLE - SECOND
    found = promotion.find_promotion(labelled(when, when), {"old": BEFORE, "new": made})
    assert found == Promotion(made, when, by_rotation=True)


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
    assert promotion.was_ever_current(version_id, labels, created) is expected, case


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
    assert promotion.under_way(labels, created, NOW) is expected, case


NOT_COMPLETED = labelled(None, ROTATED)


@pytest.mark.parametrize(
    ("case", "labels", "created", "completed", "wait"),
    [
        ("the rotation's end is noted", labelled(ROTATED, ROTATED), CREATED, True, False),
        ("it is not noted yet", NOT_COMPLETED, CREATED, False, True),
        ("the dates tell nothing", NOT_COMPLETED, {}, False, False),
        ("just created", labelled(None, ROTATED, new=Stage.CURRENT), CREATED, False, False),
    ],
)
def test_a_rotation_is_completed_when_aws_has_noted_its_end(
    *, case: str, labels: SecretLabels, created: dict[str, datetime], completed: bool, wait: bool
) -> None:
    assert promotion.is_completed(labels, created) is completed, case
    assert promotion.may_be_completed_yet(labels, created) is wait, case


@pytest.mark.parametrize(
    ("case", "labels", "created", "expected"),
    [
        ("a rotation's", labelled(ROTATED, EDITED), CREATED, AFTER_ROTATION),
        (
            "any other is taken for one: it was a moment ago",
            labelled(None, EDITED),
            CREATED,
            Promotion(MADE, EDITED, by_rotation=True),
        ),
        ("the secret was just created", labelled(None, EDITED, new=Stage.CURRENT), CREATED, None),
        ("the dates tell nothing", labelled(ROTATED, EDITED), {}, None),
    ],
)
def test_the_promotion_a_moment_ago(
    case: str, labels: SecretLabels, created: dict[str, datetime], expected: Promotion | None
) -> None:
    assert promotion.find_latest_promotion(labels, created) == expected, case


@pytest.mark.parametrize(
    ("case", "labels", "expected"),
    [
        ("it waits", labelled(new=Stage.CURRENT, p=Stage.PENDING), "p"),
        ("the label lingers on what was promoted", labelled(p="AWSCURRENT AWSPENDING"), None),
        ("there is none", labelled(), None),
        ("beside no current one", labelled(p=Stage.PENDING), "p"),
    ],
)
def test_the_version_of_a_rotation_that_is_not_completed(
    case: str, labels: SecretLabels, expected: str | None
) -> None:
    assert promotion.incomplete_version(labels) == expected, case
