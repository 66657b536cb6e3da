"""The runs that `make measure` takes the retirement function's numbers from. No time is asserted.

The build is made up, as in test_smoke_artefact.py; the counts are exact.
"""

import sys
from pathlib import Path

import pytest

from artefact import retirement_samples
from artefact.retirement_samples import (
    AT_REST,
    HELD,
    LOOKED_AT,
    RETIRED,
    RETIREMENT_MB,
    ROTATION_MB,
)
from artefact.samples import Plan
from layers.built import functions
from tests.packaging.builds import TEMPLATE, build_of_the_source
from tests.packaging.cloudformation import load, properties

RETENTION = """
        GRACE_PERIOD_HOURS:
          Ref: GracePeriodHours
        CONSUMER_CLUSTERS:
          Ref: ConsumerClusters
"""
SHARED = """
        POWERTOOLS_LOG_LEVEL:
          Ref: LogLevel
"""


@pytest.fixture
def plan(tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> Plan:
    monkeypatch.setenv("SNOWFLAKE_DISABLE_PLATFORM_DETECTION", "true")
    template = TEMPLATE.replace(SHARED, SHARED + RETENTION.lstrip("\n"))
    build = build_of_the_source(tmp_path, repository, template)
    return Plan(functions(build), Path(sys.executable).absolute(), cold=1, warm=2)


@pytest.mark.long
def test_each_kind_of_run_is_measured_and_its_calls_are_counted(plan: Plan) -> None:
    runs = retirement_samples.measure(plan, None)
    counts = {run.kind: (run.aws_calls, run.snowflake_requests) for run in runs}
    assert counts == {AT_REST: (2, 0), LOOKED_AT: (7, 3), RETIRED: (10, 5), HELD: (13, 3)}
    assert all((len(run.cold.values), len(run.warm.values)) == (1, 2) for run in runs)
    assert all(run.peak_memory_mb > 1 for run in runs)


def test_many_secrets_are_measured_at_rest_and_looked_at(plan: Plan) -> None:
    found = retirement_samples.capacity(plan, [1, 3], limited=False)
    assert [one.secrets for one in found] == [1, 3]
    assert all(len(one.at_rest.values) == len(one.looked_at.values) == 2 for one in found)


def test_a_build_without_the_function_is_not_measured(plan: Plan) -> None:
    plan.functions.pop()
    with pytest.raises(ValueError, match="no retirement function"):
        retirement_samples.measure(plan, None)


def test_the_sizes_are_the_templates(repository: Path) -> None:
    template = load((repository / "template.yaml").read_text())
    sizes = [
        properties(template, name)["MemorySize"]
        for name in ("RotationFunction", "RetirementFunction")
    ]
    assert sizes == [ROTATION_MB, RETIREMENT_MB]
