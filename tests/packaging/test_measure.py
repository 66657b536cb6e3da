"""The measurements' arithmetic and tables. No test asserts a time."""

import subprocess
import sys
from pathlib import Path

import pytest

from artefact import launcher, report
from artefact.launcher import Launcher, cpu_share, limited_group
from artefact.retirement_samples import (
    SECONDS_OF_AGES,
    SECONDS_OF_ERRANDS,
    Capacity,
    RetirementRun,
)
from artefact.samples import Run, Series


@pytest.fixture
def run() -> Run:
    run = Run(2048, 256, init=Series([1.0, 3.0, 2.0]), peak_memory_mb=82.3)
    for number, step in enumerate(report.STEPS, 1):
        run.cold[step] = Series([number + 0.5])
        run.warm[step] = Series([float(number)])
    return run


@pytest.mark.parametrize(("memory_mb", "share"), [(1769, 1.0), (3008, 1.0), (884.5, 0.5)])
def test_memory_buys_cpu_in_proportion_up_to_one(memory_mb: int, share: float) -> None:
    assert cpu_share(memory_mb) == share


def test_a_series_knows_its_middle_and_its_tail() -> None:
    series = Series([float(value) for value in range(100, 0, -1)])
    assert (series.median, series.longest, series.quantile(0.99)) == (50.5, 100, 100)
    assert series.quantile(0.5) == 51


def test_the_tables_are_markdown_with_a_row_for_each_run(run: Run) -> None:
    lines = report.markdown(report.whole_cpu([run, run])).splitlines()
    assert len(lines) == 4
    assert lines[1].replace("-", "").replace("|", "").replace(":", "").strip() == ""
    cells = [cell.strip() for cell in lines[2].strip("|").split("|")]
    assert cells[:3] == ["2048", "2.00 / 3.00", "1.00 / 1.00"]
    assert cells[-1] == "82"


def test_by_memory_the_longest_counts_cold_or_warm(run: Run) -> None:
    row = report.markdown(report.by_memory([run])).splitlines()[2]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells == ["256", "0.14", "2048", "3.00", "1.50", "2.50", "3.50", "4.50"]


def test_a_key_takes_its_cpu_time_over_the_share() -> None:
    table = report.key_generation({4096: Series([0.1, 0.5])}, [1769, 128])
    row = report.markdown(table).splitlines()[2]
    assert [cell.strip() for cell in row.strip("|").split("|")][-2:] == ["0.5", "6.9"]


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("|").split("|")]


def test_a_retirement_row_has_times_and_counts() -> None:
    run = RetirementRun("looked at", 256, Series([5.0]), Series([0.2, 0.3, 0.4]), 6, 3, 64.4)
    whole = RetirementRun("looked at", None, Series([1.0]), Series([0.1]))
    rows = report.markdown(report.retirement([run, whole])).splitlines()[2:]
    assert cells(rows[0]) == [
        *("256", "looked at", "5.00 / 5.00", "0.30 / 0.40"),
        *("6", "3", "64"),
    ]
    assert cells(rows[1])[0] == "whole CPU"


def test_capacity_is_the_time_that_is_left_over_the_time_of_one() -> None:
    one = Capacity(100, True, Series([0.1, 0.1, 9.0]), Series([20.0]), 65.0)  # noqa: FBT003
    assert one.looked_at_in_time() == SECONDS_OF_ERRANDS * 5
    assert one.looked_at_in_time(0.8) == SECONDS_OF_ERRANDS
    assert one.at_rest_in_time() == SECONDS_OF_AGES * 1000
    (row,) = report.markdown(report.capacity([one])).splitlines()[2:]
    assert cells(row) == [
        *("256", "100", "0.10 / 9.00", "230,000"),
        *("20.00 / 20.00", "4,000", "660", "65"),
    ]


def test_only_what_stands_between_the_marks_is_replaced(tmp_path: Path) -> None:
    document = tmp_path / "measurements.md"
    document.write_text(f"before\n{report.BEGIN}old\n{report.END}after\n")
    report.replace_measured(document, "new\n")
    report.replace_measured(document, "newer\n")
    assert document.read_text() == f"before\n{report.BEGIN}newer\n{report.END}after\n"


def test_a_document_without_marks_is_left_alone(tmp_path: Path) -> None:
    document = tmp_path / "measurements.md"
    document.write_text("before\n")
    with pytest.raises(ValueError, match="lacks the mark"):
        report.replace_measured(document, "new\n")
    assert document.read_text() == "before\n"


def test_the_document_of_this_project_has_the_marks(repository: Path) -> None:
    text = (repository / "docs" / "measurements.md").read_text()
    assert text.count(report.BEGIN) == text.count(report.END) == 1


def test_the_launcher_becomes_python_and_knows_its_memory(tmp_path: Path) -> None:
    starter = Launcher(Path(sys.executable), tmp_path)
    command = [starter.write(), "-c", "input(1)"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        process.stdout.read(1)
        assert 1 < starter.peak_memory_mb() < 1000
        assert (tmp_path / "pid").read_text().strip() == str(process.pid)
        process.communicate("\n")


@pytest.mark.skipif(not launcher.can_limit(), reason="needs root and a CPU controller")
def test_a_started_process_is_in_the_group_with_its_share(tmp_path: Path) -> None:
    with limited_group(0.25) as group:
        starter = Launcher(Path(sys.executable), tmp_path, group)
        program = "print(open('/proc/self/cgroup').read())"
        output = subprocess.check_output([starter.write(), "-c", program], text=True)
        limits = [
            path for name in ("cpu.max", "cpu.cfs_quota_us") if (path := group / name).exists()
        ]
        assert limits[0].read_text().split()[0] == "5000"
    assert group.name in output
    assert not group.exists()


@pytest.mark.skipif(not launcher.can_limit(), reason="needs root and a CPU controller")
def test_two_functions_have_a_share_each() -> None:
    with limited_group(0.25) as one, limited_group(0.5) as other:
        assert one != other
