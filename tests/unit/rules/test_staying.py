"""How long the key before AWSCURRENT's stays: every rule as a named case."""

import time
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from rotation.rules import staying
from rotation.rules.decision import first_match
from rotation.rules.retention import Retention
from rotation.rules.staying import Asker, Decision, Facts, Goes, Stays
from rotation.rules.words import SecretLabels, Stage
from tests.shared.dated import (
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
    facts = Facts(rotated(span), dated(span), kept, NOW)
    if expected is None:
        assert staying.decide(facts, Asker.HOURLY) == Goes(), case
    else:
        stays = Stays(f"its grace ends at {staying.to_the_minute(expected)}")
        assert staying.decide(facts, Asker.HOURLY) == stays, case
        assert facts.grace_ends == expected, case


def test_where_the_dates_tell_nothing_the_key_stays_without_an_end() -> None:
    undated = Facts(labelled(), CREATED, IN_GRACE, NOW)
    expected = Stays("when AWSCURRENT moved can't be told from the secret's dates")
    assert undated.grace_ends is None
    assert staying.decide(undated, Asker.HOURLY) == expected
    with_clusters = replace(undated, retention=CLUSTERS_ALONE)
    assert staying.decide(with_clusters, Asker.HOURLY) == expected
    assert staying.decide(replace(undated, retention=Retention()), Asker.HOURLY) == Goes()


def test_without_a_grace_its_end_is_the_promotion() -> None:
    assert Facts(rotated(HOUR), dated(HOUR), Retention(), NOW).grace_ends == ago(HOUR)


def facts(
    span: timedelta = 2 * DAY,
    retention: Retention = IN_GRACE,
    version_id: str = "old",
    holders: tuple[str, ...] = (),
    **labels: object,
) -> Facts:
    """Return the facts of a key so long after a rotation; ``labels`` changes what they tell."""
    told = replace(rotated(span), **labels)  # type: ignore[arg-type]
    dates = dated(span) | {"p": ago(MINUTE), "left": ago(MINUTE)}
    return Facts(told, dates, retention, NOW, version_id, holders)


PENDING = {**labelled().versions, "p": frozenset({Stage.PENDING})}
LAGS = {"eu-central-1": "Failed"}
HOURLY, ERRAND, SET_SECRET = Asker
CASES: list[tuple[str, Facts, Decision]] = [
    (
        "rotation is off",
        facts(rotation_enabled=False),
        Stays("rotation is switched off"),
    ),
    (
        "a rotation is under way",
        facts(versions=PENDING),
        Stays("a rotation is under way: AWSPENDING was filled minutes ago"),
    ),
    ("its version was never AWSCURRENT", facts(version_id="left"), Goes()),
    (
        "no rotation moved AWSCURRENT",
        facts(retention=Retention(), last_rotated=None),
        Stays("no rotation moved AWSCURRENT to its version"),
    ),
    ("nothing is kept", facts(0 * SECOND, Retention()), Goes()),
    (
        "when AWSCURRENT moved is not known",
        facts(last_changed=None),
        Stays("when AWSCURRENT moved can't be told from the secret's dates"),
    ),
    ("its grace runs", facts(HOUR), Stays("its grace ends at 2026-07-01 11:00 UTC")),
    (
        "a replica is not in sync",
        facts(replicas=LAGS),
        Stays("replicas are not in sync: eu-central-1 (Failed)"),
    ),
    (
        "a task may hold it",
        facts(retention=WITH_CLUSTERS, holders=("t1", "t2")),
        Stays("tasks may hold it, 2 in number; the first is t1"),
    ),
    (
        "clusters are named",
        facts(retention=WITH_CLUSTERS),
        Stays("the retirement function has not found it free of tasks yet"),
    ),
    ("none of these", facts(), Goes()),
]


def test_every_rule_has_a_case() -> None:
    assert [rule for rule, *_ in CASES] == [one.name for one in staying.RULES]


@pytest.mark.parametrize(("rule", "found", "expected"), CASES, ids=lambda one: str(one)[:40])
def test_a_rule_decides_for_those_who_ask_it(rule: str, found: Facts, expected: Decision) -> None:
    askers = next(one.asked_by for one in staying.RULES if one.name == rule)
    for asker in Asker:
        match = first_match(staying.asked_by(asker), found)
        assert match is not None
        if asker in askers:
            assert (match.rule, match.decision) == (rule, expected)
            assert staying.decide(found, asker) == expected
        else:
            assert match.rule != rule, f"{asker} can't answer this one"


@pytest.mark.parametrize(
    ("case", "asker", "found", "rule"),
    [
        ("off, and in the grace", ERRAND, facts(HOUR, rotation_enabled=False), 0),
        ("under way, and never current", ERRAND, facts(version_id="left", versions=PENDING), 1),
        ("never current, and in the grace", ERRAND, facts(HOUR, version_id="left"), 2),
        ("never current, for setSecret", SET_SECRET, facts(HOUR, version_id="left"), 2),
        (
            "never current, and not by a rotation",
            ERRAND,
            facts(version_id="left", retention=Retention(), last_rotated=None),
            2,
        ),
        (
            "not by a rotation, though the secret has replicas",
            ERRAND,
            facts(retention=Retention(), last_rotated=None, replicas=LAGS),
            3,
        ),
        ("not by a rotation, but a grace is set", ERRAND, facts(last_rotated=None), 10),
        (
            "nothing is kept, and no date tells when",
            HOURLY,
            facts(retention=Retention(), last_changed=None),
            4,
        ),
        ("no date, and a replica lags", HOURLY, facts(last_changed=None, replicas=LAGS), 5),
        ("in the grace, and a replica lags", HOURLY, facts(HOUR, replicas=LAGS), 6),
        (
            "in the grace, and held",
            HOURLY,
            facts(HOUR, WITH_CLUSTERS, holders=("t1",)),
            6,
        ),
        (
            "a replica lags, and it is held",
            HOURLY,
            facts(retention=WITH_CLUSTERS, holders=("t1",), replicas=LAGS),
            7,
        ),
        ("in the grace, and clusters are named", SET_SECRET, facts(HOUR, WITH_CLUSTERS), 6),
    ],
)
def test_the_first_rule_that_applies_decides(
    case: str, asker: Asker, found: Facts, rule: int
) -> None:
    match = first_match(staying.asked_by(asker), found)
    assert match is not None
    assert match.rule == staying.RULES[rule].name, case


@pytest.mark.parametrize(
    ("case", "found", "expected"),
    [
        ("in its grace", facts(HOUR), 0 * DAY),
        ("a day beyond it", facts(2 * DAY), DAY),
        ("without a grace since the promotion", facts(DAY, Retention()), DAY),
        ("with clusters since ECS's lists have settled", facts(HOUR, CLUSTERS_ALONE), HOUR * 5 / 6),
        ("moved by hand: since it was possible", facts(last_rotated=None), DAY + SECOND),
        ("no date tells", facts(last_changed=None), 0 * DAY),
    ],
)
def test_how_late_a_key_is(case: str, found: Facts, expected: timedelta) -> None:
    assert staying.late(found) == expected, case


def test_a_time_is_shown_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    there = datetime(2026, 6, 30, 1, 2, 59, tzinfo=timezone(timedelta(hours=2)))
    shown = staying.to_the_minute(there)
    monkeypatch.undo()
    time.tzset()
    assert shown == "2026-06-29 23:03 UTC"
