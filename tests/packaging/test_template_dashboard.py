import json
import re
from pathlib import Path
from typing import Any

import pytest

from rotation.rules.words import Step
from tests.packaging.all_metrics import emitted_by_all
from tests.packaging.cloudformation import Template, of_type, properties

_SEARCH = re.compile(
    r"SEARCH\('\{SnowflakeKeyRotation,([a-z,]+)\} MetricName=\"(\w+)\" "
    r"service=\"\$\{AWS::StackName\}\"', '(?:Sum|Maximum)', [0-9]+\)"
)


@pytest.fixture
def text(template: Template) -> str:
    body: str = properties(template, "Dashboard")["DashboardBody"]["Fn::Sub"]
    return body


@pytest.fixture
def widgets(text: str) -> list[dict[str, Any]]:
    # The one substitution that stands outside a string is a number.
    found: list[dict[str, Any]] = json.loads(text.replace("${KeyAgeAlarmDays}", "90"))["widgets"]
    return found


def test_every_alarm_is_on_the_dashboard(template: Template, text: str) -> None:
    shown = re.findall(r"\$\{(\w+Alarm)\.Arn\}", text)
    assert sorted(shown) == sorted(of_type(template, "AWS::CloudWatch::Alarm"))


def test_every_metric_on_the_dashboard_is_emitted_with_these_dimensions(
    widgets: list[dict[str, Any]],
) -> None:
    lines = [line for w in widgets for line in w["properties"].get("metrics", ())]
    shown = set()
    for line in lines:
        if isinstance(line[0], dict):
            found = _SEARCH.fullmatch(line[0]["expression"])
            assert found, line
            shown.add((found[2], frozenset(found[1].split(","))))
            continue
        namespace, metric, *pairs = (part for part in line if isinstance(part, str))
        assert namespace == "SnowflakeKeyRotation"
        assert dict(zip(pairs[::2], pairs[1::2], strict=True))["service"] == "${AWS::StackName}"
        shown.add((metric, frozenset(pairs[::2])))
    assert shown <= emitted_by_all().names
    assert {"StepSeconds", "KeyAgeDays", "Failure", "DaysOverdue"} <= {name for name, _ in shown}


def test_a_widget_for_each_secret_says_what_it_leaves_out(widgets: list[dict[str, Any]]) -> None:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
    by_secret = [w["properties"]["title"] for w in widgets if ",secret," in json.dumps(w)]
    assert len(by_secret) == 2
    assert all("at most 500 secrets are shown" in title for title in by_secret)


def test_the_duration_of_every_step_is_shown(text: str) -> None:
    shown = re.findall(r'"StepSeconds", "service", "\$\{AWS::StackName\}", "step", "(\w+)"', text)
    assert shown == [step.value for step in Step]


def test_the_log_queries_ask_for_fields_and_messages_that_the_function_writes(
    widgets: list[dict[str, Any]], repository: Path
) -> None:
    queries = [w["properties"]["query"] for w in widgets if w["type"] == "log"]
    handler = (repository / "rotation" / "handler.py").read_text(encoding="utf-8")
    assert len(queries) == 2
    assert all(query.startswith("SOURCE '${RotationLogGroup}' | ") for query in queries)
    assert "message like /^step done/" in queries[0]
    assert '"step done"' in handler
    for field in ("secret", "step", "version_id"):
        assert f'"{field}": request.' in handler
    for field in ("reason", "error"):
        assert f"{field}=" in handler


def test_widgets_do_not_overlap(widgets: list[dict[str, Any]]) -> None:
    taken: set[tuple[int, int]] = set()
    for w in widgets:
        area = {
            (x, y)
            for x in range(w["x"], w["x"] + w["width"])
            for y in range(w["y"], w["y"] + w["height"])
        }
        assert not area & taken
        assert w["x"] + w["width"] <= 24
        taken |= area


def test_two_regions_of_an_account_can_have_the_stack(template: Template) -> None:
    name = properties(template, "Dashboard")["DashboardName"]
    assert name == {"Fn::Sub": "${AWS::StackName}-${AWS::Region}"}
