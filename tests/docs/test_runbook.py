"""Whoever an alarm or an error sends to the runbook finds the place there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from rotation.errors.base import RotationError
from rotation.errors.secret import MalformedSecret
from rotation.errors.snowflake_answers import SnowflakeError
from sandbox.snowflake.sql.parser import parse
from tests.docs.documents import ROOT, RUNBOOK, anchor, blocks, headings
from tests.packaging.cloudformation import load, of_type, properties
from tests.shared.reasons import DOORS, every_error

TEMPLATE = load((ROOT / "template.yaml").read_text(encoding="utf-8"))
ALARMS = sorted(of_type(TEMPLATE, "AWS::CloudWatch::Alarm"))
# Nobody sees these: they are only there to be inherited from.
BASES = {RotationError, MalformedSecret, SnowflakeError}
ERRORS = sorted(name for name, found in every_error().items() if found not in BASES)
EVENTS = properties(TEMPLATE, "RotationEventsRule")["EventPattern"]["detail"]["eventName"]
# Unknown to the sandbox, and not tried: compare them with Snowflake's reference when they change.
UNKNOWN_TO_THE_SANDBOX = (
    "SHOW USER KEY PAIRS FOR USER ",
    "SHOW USER PROGRAMMATIC ACCESS TOKENS FOR USER ",
    "ALTER USER svc_pipeline ABORT ALL QUERIES",
    "ALTER USER svc_pipeline SET MINS_TO_UNLOCK = 0",
    "DESC AUTHENTICATION POLICY ",
    "SHOW AUTHENTICATION POLICIES ON USER ",
    "SELECT start_time, user_name, role_name FROM snowflake.account_usage.query_history ",
)


def statements() -> Iterator[str]:
    for block in blocks(RUNBOOK, "sql"):
        yield from (part.strip() for part in block.split(";") if part.strip())


@pytest.mark.parametrize("name", [*ALARMS, *ERRORS, *EVENTS, "RotationEventsRule"])
def test_every_alarm_event_and_error_has_one_heading(name: str) -> None:
    assert headings(RUNBOOK).count(name) == 1


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarms_description_leads_to_a_heading(name: str) -> None:
    text = properties(TEMPLATE, name)["AlarmDescription"]
    (target,) = re.findall(r"docs/runbook\.md#(\S+)$", text)
    assert target in map(anchor, headings(RUNBOOK))


def test_the_message_of_an_event_leads_to_a_heading() -> None:
    (target,) = properties(TEMPLATE, "RotationEventsRule")["Targets"]
    anchors = re.findall(r"docs/runbook\.md#(\w+)", target["InputTransformer"]["InputTemplate"])
    assert anchors == ["rotationeventsrule"]


def test_no_heading_names_an_alarm_or_an_error_that_is_gone() -> None:
    # Names are in camel case; every other heading is a phrase.
    names = {one for one in headings(RUNBOOK) if re.fullmatch(r"([A-Z][a-z]+){2,}", one)}
    assert names == {*ALARMS, *ERRORS, *EVENTS, "RotationEventsRule"} - {"Overtaken"}


@pytest.mark.parametrize("door", sorted(DOORS))
def test_a_door_which_is_not_searched_for_errors_declares_none(door: str) -> None:
    code = (ROOT / f"{door.replace('.', '/')}.py").read_text(encoding="utf-8")
    assert not re.search(r"^class ", code, re.MULTILINE)


@pytest.mark.parametrize("name", sorted(base.__name__ for base in BASES))
def test_an_error_without_a_heading_is_never_raised(name: str) -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "rotation").rglob("*.py"))
    made = re.findall(rf"(?<!class )\b{name}\((?!\w+\):)", code)
    assert not made


def test_headings_are_unique_so_that_anchors_are() -> None:
    anchors = [anchor(one) for one in headings(RUNBOOK)]
    assert len(anchors) == len(set(anchors))


@pytest.mark.parametrize("statement", sorted(set(statements())))
def test_a_statement_is_one_that_the_sandbox_reads(statement: str) -> None:
    if not statement.startswith(UNKNOWN_TO_THE_SANDBOX):
        parse(statement)


def test_the_statements_that_were_not_tried_are_still_there() -> None:
    for start in UNKNOWN_TO_THE_SANDBOX:
        assert [one for one in statements() if one.startswith(start)], start


@pytest.mark.parametrize("source", ["template.yaml", "docs/limits.md", "SECURITY.md", "README.md"])
def test_a_link_to_the_runbook_from_elsewhere_leads_to_a_heading(source: str) -> None:
    text = (ROOT / source).read_text(encoding="utf-8")
    for target in re.findall(r"runbook\.md#([\w-]+)", text):
        assert target in map(anchor, headings(RUNBOOK)), target


def test_files_that_are_named_exist() -> None:
    for name in re.findall(r"(?:setup|tests|docs|events)/[\w/.]+\w", RUNBOOK):
        assert Path(ROOT, name).exists(), name
