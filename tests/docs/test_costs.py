"""The counts in docs/costs.md are those of the template and of real runs; its sums add up."""

import math
import re
from collections.abc import Callable
from math import prod
from pathlib import Path

import pytest

from rotation.rules import hourly
from tests.docs.documents import ROOT, rows, under
from tests.integration.observed import AWS_CALLS_OF_A_ROTATION, STEPS, values
from tests.packaging.all_metrics import emitted_by_all
from tests.packaging.cloudformation import load, of_type, properties
from tests.shared.dated import HOUR, NOW, attached
from tests.shared.hourly import run_watch
from tests.shared.metrics import emitted
from tests.shared.warm_function import warm_stack

DOCUMENT = (ROOT / "docs" / "costs.md").read_text(encoding="utf-8")
TEMPLATE = load((ROOT / "template.yaml").read_text(encoding="utf-8"))
ALARMS = of_type(TEMPLATE, "AWS::CloudWatch::Alarm")
TIMES = "\N{MULTIPLICATION SIGN}"
ROTATIONS, DAYS_HOURLY = 12, 2
# What a secret cost when it had two metrics every hour.
BEFORE = 12.12
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


def metrics_of_a_secret() -> int:
    """Count those of a secret with nothing amiss, in the hour of its key's age."""
    with warm_stack() as stack:
        stack.attach()
        return len([name for name, secret in values(run_watch(stack)) if secret])


def looks_a_year(secrets: int) -> int:
    """Count the looks at a secret that rotates once a month, from the rules of the hourly run."""
    new = secrets * ROTATIONS * DAYS_HOURLY // 365
    hours = hourly._hours_between_looks(new, secrets - new)
    return round(ROTATIONS * DAYS_HOURLY * 24 / hours) + 365 - ROTATIONS * DAYS_HOURLY


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
    "metrics a secret, once in 23 hours": metrics_of_a_secret,
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


def of_a_secret(looks: int, ages: int) -> float:
    """Work the bill of a secret out for other numbers of looks and of readings of its age."""
    *lines, _ = rows(under(DOCUMENT, "A secret, a year"))
    changed = ((arithmetic, re.sub("^917", str(looks), arithmetic)) for _, arithmetic, _ in lines)
    return sum(value(new.replace("8760 ", f"{ages} ")) for _, new in changed)


def test_the_bill_of_a_secret_is_less_than_half_of_what_it_was() -> None:
    assert of_a_secret(917, 8760) <= 0.45 * BEFORE


@pytest.mark.parametrize("row", range(3))
def test_the_table_of_growth_follows_from_the_rules(row: int) -> None:
    secrets, looks, secret, stack, together = (
        float(re.sub("[$,]", "", cell)) for cell in list(rows(under(DOCUMENT, "How it grows")))[row]
    )
    assert looks == looks_a_year(int(secrets))
    few = hourly.are_few([attached()] * int(secrets))
    exact = of_a_secret(int(looks), 8760 if few else 381)
    assert round(exact, 2) == secret
    more_seconds = 0 if few else 8760 * 460 * 0.25 * 0.0000133334
    lists = (math.ceil(secrets / 100) - 1) * 8760 * 0.000005
    *lines, _ = rows(under(DOCUMENT, "A stack, a year"))
    of_stack = sum(value(arithmetic) for _, arithmetic, _ in lines) + more_seconds + lists
    assert round(of_stack, 2) == stack
    assert round(secrets * exact + of_stack) == together


def test_an_age_is_read_and_told_as_often_as_it_is_counted() -> None:
    hours = [hourly.is_hour_of_age(attached(), NOW + hour * HOUR) for hour in range(365 * 24)]
    assert sum(hours) in {380, 381}
    assert round(10_000 * 381 / (365 * 24)) == 435


def test_no_statement_needs_a_warehouse_and_none_is_named() -> None:
    code = {p: p.read_text(encoding="utf-8") for p in Path(ROOT, "rotation").rglob("*.py")}
    assert not [path for path, text in code.items() if "warehouse" in text.lower()]
    clients = "".join(text for path, text in code.items() if path.parent.name == "snowflake_api")
    sent = re.findall(r'\.(?:query|_execute)\(f?"(\w+ \w+)', clients)
    assert set(sent) == {"SELECT CURRENT_USER", "DESC USER", "ALTER USER", "SHOW USER"}
    other = re.findall(r'\.(?:query|_execute)\((?!f?")', clients)
    assert len(other) == 1, "query itself passes its statement on"
