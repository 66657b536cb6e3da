"""The counts in docs/costs.md are those of the template and of real runs; its sums add up."""

import re
from collections.abc import Callable
from math import prod
from pathlib import Path

import pytest

from tests.docs.documents import ROOT, rows, under
from tests.integration.observed import AWS_CALLS_OF_A_ROTATION, STEPS
from tests.packaging.all_metrics import emitted_by_all
from tests.packaging.cloudformation import load, of_type, properties
from tests.shared.metrics import emitted
from tests.shared.warm_function import warm_stack

DOCUMENT = (ROOT / "docs" / "costs.md").read_text(encoding="utf-8")
TEMPLATE = load((ROOT / "template.yaml").read_text(encoding="utf-8"))
ALARMS = of_type(TEMPLATE, "AWS::CloudWatch::Alarm")
TIMES = "\N{MULTIPLICATION SIGN}"
BILLS = ["A stack, a year", "A secret, a year", "A rotation"]


def distinct_metrics(*dimensions: str) -> int:
    """Count the metrics with these dimensions beside ``service``, as CloudWatch counts them."""
    names = {*dimensions, "service"}
    metrics = emitted_by_all().metrics
    return len({(m.name, m.dimensions) for m in metrics if m.dimension_names == names})


def calls_of_a_look() -> int:
    """Count both functions' calls for a secret with nothing in the other slot.

    Those that every secret costs every hour, whether it is looked at or not, come before.
    """
    with warm_stack() as stack:
        stack.attach()
        stack.aws.record.clear()
        stack.run_hourly()
        asked = [call.operation for call in stack.aws.record.calls]
        assert asked[:2] == ["ListSecrets", "ListSecretVersionIds"]
        return len(asked[2:])


def metrics_of_a_rotation() -> int:
    happy = {"StepSucceeded", "StepSeconds"}
    return len({(m.name, m.dimensions) for m in emitted().metrics if m.name in happy})


def alarm_metrics() -> int:
    parts = [alarm["Properties"].get("Metrics", [{"MetricStat": {}}]) for alarm in ALARMS.values()]
    return sum("MetricStat" in part for alarm in parts for part in alarm)


def runs_a_year(function: str) -> int:
    schedule = properties(TEMPLATE, function)["Events"]["Hourly"]["Properties"]["Schedule"]
    assert schedule == "rate(1 hour)"
    return 365 * 24


def memory(function: str) -> int:
    return int(properties(TEMPLATE, function)["MemorySize"])


COUNTS: dict[str, Callable[[], int]] = {
    "AWS calls of a rotation": lambda: len(AWS_CALLS_OF_A_ROTATION),
    "invocations of a rotation": lambda: len(STEPS),
    "metrics in an hour in which a rotation succeeds": metrics_of_a_rotation,
    "AWS calls of a look at a secret's keys": calls_of_a_look,
    "metrics a stack, every hour": distinct_metrics,
    "metrics a secret, every hour": lambda: distinct_metrics("secret"),
    "alarms": lambda: len(ALARMS),
    "metrics that the alarms look at": alarm_metrics,
    "runs of the hourly function a year": lambda: runs_a_year("RetirementFunction"),
    "MB of memory of the rotation function": lambda: memory("RotationFunction"),
    "MB of memory of the hourly function": lambda: memory("RetirementFunction"),
}


def test_the_table_of_counts_is_complete() -> None:
    assert [what for what, _ in rows(under(DOCUMENT, "What is counted"))] == list(COUNTS)


@pytest.mark.parametrize("what", COUNTS)
def test_a_count_is_what_is_there(what: str) -> None:
    table = {row[0]: int(row[1]) for row in rows(under(DOCUMENT, "What is counted"))}
    assert table[what] == COUNTS[what]()


def value(arithmetic: str) -> float:
    """Work out a product that may have a divisor at its end."""
    product, _, divisor = arithmetic.replace("$", "").partition(" / ")
    return prod(float(factor) for factor in product.split(f" {TIMES} ")) / float(divisor or 1)


def digits_after_the_point(amount: str) -> int:
    return len(amount.partition(".")[2])


@pytest.mark.parametrize("heading", BILLS)
def test_a_bill_adds_up(heading: str) -> None:
    *lines, (_, _, together) = rows(under(DOCUMENT, heading))
    assert len(lines) >= 5
    for what, arithmetic, amount in lines:
        shown = amount.removeprefix("$")
        assert round(value(arithmetic), digits_after_the_point(shown)) == float(shown), what
    total = re.sub(r"[*$]", "", together)
    exact = sum(value(arithmetic) for _, arithmetic, _ in lines)
    # A reader adds up what is shown, which is rounded line by line.
    shown_total = sum(float(amount.removeprefix("$")) for *_, amount in lines)
    assert shown_total == pytest.approx(float(total), abs=0.01)
    assert round(exact, digits_after_the_point(total)) == pytest.approx(float(total), abs=0.011)


def test_the_first_sentence_has_the_sums() -> None:
    stack, secret = (
        float(re.sub(r"[*$]", "", list(rows(under(DOCUMENT, heading)))[-1][2]))
        for heading in BILLS[:2]
    )
    assert f"about **${stack + secret:.0f} a year**: ${stack:.0f} for the stack" in DOCUMENT
    assert f"and ${secret:.0f} for each secret" in DOCUMENT


def test_no_statement_needs_a_warehouse_and_none_is_named() -> None:
    code = {p: p.read_text(encoding="utf-8") for p in Path(ROOT, "rotation").rglob("*.py")}
    assert not [path for path, text in code.items() if "warehouse" in text.lower()]
    clients = "".join(text for path, text in code.items() if path.parent.name == "snowflake_api")
    sent = re.findall(r'\.(?:query|_execute)\(f?"(\w+ \w+)', clients)
    assert set(sent) == {"SELECT CURRENT_USER", "DESC USER", "ALTER USER", "SHOW USER"}
    other = re.findall(r'\.(?:query|_execute)\((?!f?")', clients)
    assert len(other) == 1, "query itself passes its statement on"
