"""What a run of the retirement function says: totals, and which lines need attention."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from rotation.errors.aws_answers import EcsDenied, SecretsManagerDenied
from rotation.errors.base import RotationError
from rotation.errors.function import OutOfTime
from rotation.errors.retirement import RotationFunctionFailed
from rotation.retirement import naming, report
from rotation.retirement.reconcile import Reconciled
from rotation.retirement.rolling import RolledService
from rotation.rules.errand import Beside, KeyReport
from rotation.rules.retention import Retention, grace_too_long
from rotation.rules.rollouts import Rollout
from rotation.rules.staying import Stays
from rotation.rules.words import Slot
from tests.shared.dated import (
    CLUSTERS_ALONE,
    DAY,
    HOUR,
    IN_GRACE,
    SECOND,
    attached,
    service,
    task,
)
from tests.shared.retirement import OLD_KEY

RESTED = Reconciled(attached())
CLEAN = Reconciled(attached(), KeyReport("SVC_APP", Beside.NOTHING))
OLD = KeyReport("SVC_APP", Beside.OLD_KEY, Slot.TWO, OLD_KEY)
KEPT = Reconciled(attached(), OLD, Stays("a reason"), (task(),), late=HOUR)
RETIRED = Reconciled(attached(), KeyReport("U", Beside.OLD_KEY, Slot.TWO, OLD_KEY, retired=OLD_KEY))
PENDING = Reconciled(attached(), KeyReport("U", Beside.PENDING_KEY, Slot.TWO, OLD_KEY))
FOREIGN = Reconciled(attached(), KeyReport("U", Beside.FOREIGN_KEY, Slot.TWO, OLD_KEY, "2026"))
NAMED = Reconciled(attached(), KeyReport("U", Beside.NAMED_KEY_PAIR, current=OLD_KEY))
DRIFT = RotationFunctionFailed("x.", code="CurrentKeyNotInstalled")
LATE = OutOfTime("Only 9.0 s of the invocation are left.")


def rolled(*rollouts: Rollout) -> Reconciled:
    services = tuple(RolledService(service(f"s{n}"), one) for n, one in enumerate(rollouts))
    return Reconciled(attached(), OLD, Stays("a reason"), services=services)


def failed(error: RotationError) -> Reconciled:
    return Reconciled(attached(), failure=error)


NONE_AT_ALL: dict[str, float] = {
    "SecretsLookedAt": 0,
    "OldKeysRetired": 0,
    "OldKeysKept": 0,
    "OldKeyMostDaysLate": 0,
    "ForeignKeys": 0,
    "CurrentKeysNotInstalled": 0,
    "RolloutsFailed": 0,
    "GraceTooLong": 0,
    "RetirementFailures": 0,
    "NotReached": 0,
}
LOOKED = {"SecretsLookedAt": 1}


@pytest.mark.parametrize(
    ("case", "findings", "expected"),
    [
        ("no secret", [], {}),
        ("none was worth a look", [RESTED, RESTED], {}),
        ("nothing to do", [CLEAN], LOOKED),
        ("a pending key", [PENDING], LOOKED),
        ("one retired", [RETIRED, CLEAN], {"SecretsLookedAt": 2, "OldKeysRetired": 1}),
        ("one kept", [KEPT], LOOKED | {"OldKeysKept": 1, "OldKeyMostDaysLate": 0.042}),
        (
            "the latest of several",
            [KEPT, Reconciled(attached(), OLD, Stays("x"), late=9 * DAY), KEPT],
            {"SecretsLookedAt": 3, "OldKeysKept": 3, "OldKeyMostDaysLate": 9},
        ),
        ("a foreign key", [FOREIGN], LOOKED | {"ForeignKeys": 1}),
        ("a named key pair", [NAMED], LOOKED),
        ("a current key that is not installed", [failed(DRIFT)], {"CurrentKeysNotInstalled": 1}),
        ("a failure", [failed(SecretsManagerDenied("x."))], {"RetirementFailures": 1}),
        (
            "another failure of the rotation function",
            [failed(RotationFunctionFailed("x.", code="ForeignKey"))],
            {"RetirementFailures": 1},
        ),
        (
            "a failure of the rotation function without a class",
            [failed(RotationFunctionFailed("x."))],
            {"RetirementFailures": 1},
        ),
        ("too little time", [failed(LATE)] * 2, {"RetirementFailures": 2, "NotReached": 2}),
        (
            "rollouts of every kind",
            [rolled(*Rollout), rolled(Rollout.FAILED)],
            {"SecretsLookedAt": 2, "OldKeysKept": 2, "RolloutsFailed": 5},
        ),
    ],
)
def test_totals(case: str, findings: list[Reconciled], expected: dict[str, float]) -> None:
    assert report.totals(findings, IN_GRACE) == NONE_AT_ALL | expected, case


@pytest.mark.parametrize(
    ("case", "retention", "schedule", "expected"),
    [
        ("it comes long after the grace", IN_GRACE, "rate(30 days)", False),
        ("it comes an hour after the grace", IN_GRACE, "rate(25 hours)", False),
        ("it comes with the end of the grace", IN_GRACE, "rate(24 hours)", True),
        ("it comes within the grace", IN_GRACE, "rate(4 hours)", True),
        ("there is no schedule", IN_GRACE, None, False),
        ("its gaps differ", IN_GRACE, "cron(0 4 * * ? *)", False),
        ("there is no grace", Retention(), "rate(4 hours)", False),
        ("there is none, and no time between rotations", Retention(), "rate(0 hours)", False),
        ("clusters alone", CLUSTERS_ALONE, "rate(4 hours)", False),
    ],
)
def test_a_grace_is_too_long_when_a_rotation_comes_due_in_it(
    *, case: str, retention: Retention, schedule: str | None, expected: bool
) -> None:
    secret = attached(schedule_expression=schedule)
    assert grace_too_long(secret, retention) is expected, case
    counted = report.totals([Reconciled(secret)], retention)
    assert counted["GraceTooLong"] == int(expected)


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Callable[[], list[dict[str, Any]]]:
    """Return the lines so far, with what was added to them."""
    return lambda: [{**vars(one), "level": one.levelname} for one in caplog.records]


Said = Callable[[], list[dict[str, Any]]]


@pytest.mark.parametrize(
    ("case", "finding", "level"),
    [
        ("not worth a look", RESTED, None),
        ("nothing beside the current key", CLEAN, None),
        ("a pending key", PENDING, None),
        ("an old key that stays, on time", KEPT, None),
        ("an old key that went", RETIRED, "INFO"),
        ("a foreign key", FOREIGN, "WARNING"),
        ("a named key pair", NAMED, "WARNING"),
        ("a failure", failed(SecretsManagerDenied("x.")), "WARNING"),
        ("a current key that is not installed", failed(DRIFT), "WARNING"),
        ("too little time: the totals have it", failed(LATE), None),
        ("a day late", Reconciled(attached(), OLD, Stays("x"), late=DAY), None),
        ("later", Reconciled(attached(), OLD, Stays("x"), late=DAY + SECOND), "WARNING"),
        ("a service that was rolled", rolled(Rollout.UNDER_WAY), None),
        ("a rollout that is done", rolled(Rollout.DONE), None),
        ("one that failed", rolled(Rollout.DONE, Rollout.FAILED), "WARNING"),
        ("one that is stuck", rolled(Rollout.STUCK), "WARNING"),
        ("one that is not ECS's", rolled(Rollout.BY_OTHERS), "WARNING"),
        ("one that could not be started", rolled(Rollout.NOT_STARTED), "WARNING"),
        (
            "a grace that is too long",
            Reconciled(attached(schedule_expression="rate(4 hours)")),
            "WARNING",
        ),
    ],
)
def test_a_line_is_written_for_what_a_person_should_see(
    said: Said, case: str, finding: Reconciled, level: str | None
) -> None:
    report.report_secret(finding, IN_GRACE)
    lines = said()
    if level is None and finding.services:
        (line,) = lines
        assert (line["level"], line["message"]) == ("INFO", "secret reconciled"), case
    elif level is None:
        assert lines == [], case
    else:
        (line,) = lines
        message = "secret reconciled" if level == "INFO" else "secret needs attention"
        assert (line["level"], line["message"], line["secret"]) == (level, message, "app"), case


def test_the_line_of_a_kept_key_names_whoever_keeps_it(said: Said) -> None:
    failure = EcsDenied("ListTasks was answered with x.")
    services = (
        RolledService(service("web"), Rollout.NOT_STARTED, failure),
        RolledService(service("worker"), Rollout.STUCK),
    )
    finding = Reconciled(attached(), OLD, Stays("a reason"), (task(),), services, 3 * DAY / 2)
    report.report_secret(finding, IN_GRACE)
    (line,) = said()
    assert line["found"] == OLD.to_json()
    assert (line["kept_because"], line["days_late"]) == ("a reason", 1.5)
    assert line["tasks"] == [f"service:web {task().arn}"]
    assert line["services"] == {services[0].service.arn: str(failure)} | {
        services[1].service.arn: "stuck"
    }
    assert not {"reason", "error", "grace_too_long"} & line.keys()


def test_the_line_of_a_grace_that_is_too_long_says_so(said: Said) -> None:
    hourly = attached(schedule_expression="rate(4 hours)")
    report.report_secret(Reconciled(hourly), IN_GRACE)
    (line,) = said()
    assert line["grace_too_long"] is True


def test_the_line_of_a_failure_has_its_reason_and_what_to_do(said: Said) -> None:
    report.report_secret(failed(DRIFT), IN_GRACE)
    (line,) = said()
    assert (line["reason"], line["error"]) == ("RotationFunctionFailed", str(DRIFT))
    assert not {"found", "kept_because", "tasks", "services"} & line.keys()


def test_totals_are_metrics_without_further_dimensions_and_one_line(
    said: Said, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "rotation")
    counted = NONE_AT_ALL | {"OldKeysKept": 2.0}
    report.report_totals(counted)
    metric = json.loads(capsys.readouterr().out)
    assert {name: metric[name] for name in counted} == {n: [v] for n, v in counted.items()}
    (emitted,) = metric["_aws"]["CloudWatchMetrics"]
    assert emitted["Dimensions"] == [["service"]]
    (line,) = said()
    assert (line["message"], line["OldKeysKept"]) == ("retirement done", 2)


@pytest.mark.parametrize(
    ("span", "days"), [(HOUR, 0.042), (timedelta(seconds=40), 0), (DAY * 1.5, 1.5)]
)
def test_days_are_told_to_a_minute_and_a_half(span: timedelta, days: float) -> None:
    assert report.days(span) == days


class TestALineDoesNotGrowWithTheAccount:
    def test_ten_tasks_and_services_are_named_and_the_others_counted(self, said: Said) -> None:
        services = [RolledService(service(f"s{n}"), Rollout.DONE) for n in range(1000)]
        services[-1] = RolledService(service("bad"), Rollout.FAILED)
        held = tuple(task(f"t{n}") for n in range(5000))
        report.report_secret(
            Reconciled(attached(), OLD, Stays("x"), held, tuple(services)), IN_GRACE
        )
        (line,) = said()
        assert line["tasks"][9:] == [f"service:web {held[9].arn}", "and 4990 more"]
        assert next(iter(line["services"].items())) == (services[-1].service.arn, "failed")
        assert len(line["services"]) == 11
        assert line["services"]["others"] == "990 more"

    def test_as_many_as_are_named_are_all_of_them(self) -> None:
        names = [str(n) for n in range(10)]
        assert naming.some(names) == names
        assert naming.some_of(dict.fromkeys(names, "x")) == dict.fromkeys(names, "x")

    def test_the_eleventh_is_counted(self) -> None:
        names = [str(n) for n in range(11)]
        assert naming.some(names)[10:] == ["and 1 more"]
        assert naming.some_of(dict.fromkeys(names, "x"))["others"] == "1 more"

    def test_all_that_was_not_reached_is_in_one_line(self, said: Said) -> None:
        findings = [CLEAN, *[failed(LATE)] * 12, failed(DRIFT)]
        report.report_not_reached(findings)
        (line,) = said()
        assert (line["level"], line["number"]) == ("WARNING", 12)
        assert line["message"] == "not reached: their keys were not looked at"
        assert line["secrets"] == ["app"] * 10 + ["and 2 more"]

    def test_nothing_is_said_when_all_was_reached(self, said: Said) -> None:
        report.report_not_reached([CLEAN, failed(DRIFT)])
        assert said() == []
