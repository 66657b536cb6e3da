"""An alarm on a metric that nobody emits never fires, and looks like good news."""

from collections.abc import Iterator
from typing import Any

import pytest

from rotation.aws_api import secret, secrets_list
from tests.packaging.all_metrics import emitted_by_all
from tests.packaging.cloudformation import Template, of_type, properties
from tests.shared.metrics import Emitted
from tests.shared.reasons import every_error

TOPIC = [{"Fn::If": ["CreatesTopic", {"Ref": "AlarmTopic"}, {"Ref": "AlarmTopicArn"}]}]
STACK = {"Ref": "AWS::StackName"}
OURS = "SnowflakeKeyRotation"
LAMBDA_METRICS = {"Duration", "Errors", "Throttles"}
ON_FAILURES = {
    "RotationErrorsAlarm",
    "RotationThrottlesAlarm",
    "RotationSlowAlarm",
    "ForeignKeyAlarm",
    "CurrentKeyNotInstalledAlarm",
    "IdentityNotAllowedAlarm",
    "IdentityChangedAlarm",
    "InsufficientPrivilegeAlarm",
    "RetirementUnfinishedAlarm",
    "WatchErrorsAlarm",
    "RetirementErrorsAlarm",
}
# Hourly measurements. Of a function that has stopped, one alarm is enough.
MEASURED = {
    "RotationOverdueAlarm": "breaching",
    "KeyTooOldAlarm": "missing",
    "RotationsDisabledAlarm": "missing",
    "RetirementSilentAlarm": "breaching",
    "OldKeyLateAlarm": "missing",
    "KeyDriftAlarm": "missing",
    "RolloutFailedAlarm": "missing",
    "GraceTooLongAlarm": "missing",
}
# What is seen of a secret once a day, in one of the hours.
SEEN_ONCE_A_DAY = {"OldKeyLateAlarm", "KeyDriftAlarm", "RolloutFailedAlarm", "KeyTooOldAlarm"}
FUNCTIONS = dict.fromkeys(("WatchErrorsAlarm", "RetirementErrorsAlarm"), "RetirementFunction")
NAMES = sorted(ON_FAILURES | MEASURED.keys())
by_alarm = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def recorded() -> Emitted:
    return emitted_by_all()


def metrics(template: Template, name: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Namespace, name and dimensions of each metric that an alarm looks at."""
    alarm = properties(template, name)
    parts = alarm.get("Metrics", [{"MetricStat": {"Metric": alarm}}])
    for metric in (part["MetricStat"]["Metric"] for part in parts if "MetricStat" in part):
        dimensions = {pair["Name"]: pair["Value"] for pair in metric["Dimensions"]}
        yield metric["Namespace"], metric["MetricName"], dimensions


def test_these_are_all_the_alarms(template: Template) -> None:
    assert sorted(of_type(template, "AWS::CloudWatch::Alarm")) == NAMES


@by_alarm
def test_an_alarms_metrics_are_emitted_with_these_dimensions_in_a_real_run(
    template: Template, recorded: Emitted, name: str
) -> None:
    for namespace, metric, dimensions in metrics(template, name):
        if namespace == "AWS/Lambda":
            assert metric in LAMBDA_METRICS
            continue
        assert recorded.namespaces == {namespace} == {OURS}
        assert dimensions.pop("service") == STACK
        found = [one for one in recorded.metrics if one.name == metric]
        assert any(
            one.dimension_names == dimensions.keys() | {"service"}
            and one.dimensions >= dimensions.items()
            for one in found
        ), (metric, dimensions)


@by_alarm
def test_a_lambda_metric_is_that_of_one_of_our_functions(template: Template, name: str) -> None:
    for namespace, _, dimensions in metrics(template, name):
        if namespace == "AWS/Lambda":
            function = FUNCTIONS.get(name, "RotationFunction")
            assert dimensions == {"FunctionName": {"Ref": function}}


def test_each_alarm_on_a_reason_has_the_name_of_the_error(template: Template) -> None:
    reasons = {
        name: dimensions["reason"]
        for name in NAMES
        for _, metric, dimensions in metrics(template, name)
        if metric == "Failure"
    }
    assert reasons == {f"{reason}Alarm": reason for reason in reasons.values()}
    assert set(reasons.values()) <= every_error().keys()


@by_alarm
def test_an_alarm_says_what_happened_and_where_to_read_on(template: Template, name: str) -> None:
    text = properties(template, name)["AlarmDescription"]
    assert text.endswith(f" What to do: docs/runbook.md#{name.lower()}")
    assert len(text) <= 1024, "CloudWatch's limit"


@by_alarm
def test_an_alarm_tells_the_topic(template: Template, name: str) -> None:
    alarm = properties(template, name)
    assert alarm["AlarmActions"] == TOPIC
    assert alarm.get("OKActions", TOPIC) == TOPIC
    assert alarm.get("ActionsEnabled", True) is True


@by_alarm
def test_an_alarm_fires_when_its_threshold_is_passed(template: Template, name: str) -> None:
    alarm = properties(template, name)
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
    expected = {
        "RotationSlowAlarm": 56_000,
        "OldKeyLateAlarm": 1,
        "KeyTooOldAlarm": {"Ref": "KeyAgeAlarmDays"},
    }.get(name, 0)
    assert alarm["Threshold"] == expected


@pytest.mark.parametrize("name", sorted(ON_FAILURES))
def test_without_data_a_failures_alarm_clears(template: Template, name: str) -> None:
    # Lambda and the functions write these only when a function runs or fails.
    alarm = properties(template, name)
    assert alarm["TreatMissingData"] == "notBreaching"
    assert alarm["EvaluationPeriods"] == 1


@pytest.mark.parametrize("name", MEASURED)
def test_alarms_on_measurements_look_at_hours_and_report_when_all_is_well_again(
    template: Template, name: str
) -> None:
    alarm = properties(template, name)
    assert alarm["TreatMissingData"] == MEASURED[name]
    parts = [part["MetricStat"] for part in alarm.get("Metrics", ()) if "MetricStat" in part]
    looked_at = {(one["Stat"], one["Period"]) for one in parts}
    looked_at |= set() if parts else {(alarm["Statistic"], alarm["Period"])}
    assert looked_at == {("Maximum", 3600)}, "both functions' schedule"
    assert alarm["OKActions"] == TOPIC


@pytest.mark.parametrize("name", MEASURED)
def test_an_alarm_stands_until_a_secret_that_is_seen_once_a_day_was_seen_again(
    template: Template, name: str
) -> None:
    alarm = properties(template, name)
    daily = (alarm["EvaluationPeriods"], alarm.get("DatapointsToAlarm")) == (26, 1)
    assert daily is (name in SEEN_ONCE_A_DAY)
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    assert alarm["EvaluationPeriods"] * 3600 <= 604_800


def test_one_late_run_of_the_watch_is_no_alarm(template: Template) -> None:
    # A run that slips over the hour leaves a period empty, and an empty one counts as overdue.
    assert properties(template, "RotationOverdueAlarm")["EvaluationPeriods"] >= 3


def test_a_slow_step_is_told_at_four_fifths_of_the_time_out(template: Template) -> None:
    alarm = properties(template, "RotationSlowAlarm")
    time_out_ms = properties(template, "RotationFunction")["Timeout"] * 1000
    assert (alarm["MetricName"], alarm["Statistic"]) == ("Duration", "Maximum")
    assert alarm["Threshold"] == time_out_ms * 4 / 5


@pytest.mark.parametrize(
    ("function", "longest_call_seconds"),
    [
        ("RotationFunction", secret.PACE.longest_seconds),
        ("RetirementFunction", secrets_list.PACE.longest_seconds),
    ],
)
def test_a_time_out_leaves_room_for_more_than_one_call_at_its_longest(
    template: Template, function: str, longest_call_seconds: int
) -> None:
    # A call is begun only when there is time for it to fail as slowly as it can.
    assert properties(template, function)["Timeout"] > 2 * longest_call_seconds


def test_failed_runs_and_secrets_that_could_not_be_looked_at_add_up(template: Template) -> None:
    alarm = properties(template, "WatchErrorsAlarm")
    parts = {part["Id"]: part for part in alarm["Metrics"]}
    assert parts["total"]["Expression"] == "FILL(runs, 0) + FILL(secrets, 0)"
    assert [key for key, part in parts.items() if part.get("ReturnData", True)] == ["total"]
    assert {metric for _, metric, _ in metrics(template, "WatchErrorsAlarm")} == {
        "Errors",
        "WatchFailures",
    }
