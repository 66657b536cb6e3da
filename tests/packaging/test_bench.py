"""`make bench`: its tables, and a turn of it. No time is asserted."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import tables, trees
from bench.tables import ROWS, STEPS, Turn
from tests.packaging.builds import build_of_the_source

LEAST_OF_EACH = {name for _, name, _ in ROWS}


def turn(value: float) -> dict[str, list[float]]:
    names = LEAST_OF_EACH | {f"warm {size} {step}" for size in ("2048", "4096") for step in STEPS}
    return {name: [value] for name in names | {f"cold {s} createSecret" for s in ("2048", "4096")}}


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_ratio_is_that_of_all_medians_and_its_range_that_of_the_rounds() -> None:
    ours: list[Turn] = [turn(1.0), turn(2.0), turn(3.0)]
    theirs: list[Turn] = [turn(4.0), turn(4.0), turn(4.0)]
    lines = tables.comparison(ours, theirs).splitlines()
    assert len(lines) == 2 + len(ROWS)
    assert cells(lines[2])[1:] == ["4.000", "2.000", "0.50 (0.25 to 0.75)"]


def test_by_memory_the_longest_counts_over_the_share() -> None:
    slow = turn(1.0) | {"warm 4096 setSecret": [0.5, 3.0]}
    lines = tables.by_memory([turn(1.0), slow]).splitlines()
    (line,) = (one for one in lines if cells(one)[:2] == ["4096", "others, warm"])
    assert cells(line)[2:] == ["3.00", "41.46", "20.73", "10.37"]


@pytest.mark.parametrize(("memory_mb", "share"), [(1769, 1.0), (3008, 1.0), (884.5, 0.5)])
def test_memory_buys_cpu_in_proportion_up_to_one(memory_mb: float, share: float) -> None:
    assert tables.cpu_share(memory_mb) == share


def test_only_what_stands_between_the_marks_is_replaced(tmp_path: Path) -> None:
    document = tmp_path / "measurements.md"
    document.write_text(f"before\n{tables.BEGIN}old\n{tables.END}after\n")
    tables.replace_measured(document, "new\n")
    tables.replace_measured(document, "newer\n")
    assert document.read_text() == f"before\n{tables.BEGIN}newer\n{tables.END}after\n"


def test_a_document_without_marks_is_left_alone(tmp_path: Path) -> None:
    document = tmp_path / "measurements.md"
    document.write_text("before\n")
    with pytest.raises(ValueError, match="lacks the mark"):
        tables.replace_measured(document, "new\n")
    assert document.read_text() == "before\n"


def test_the_document_of_this_project_has_the_marks(repository: Path) -> None:
    text = (repository / "docs" / "measurements.md").read_text()
    assert text.count(tables.BEGIN) == text.count(tables.END) == 1


def git(folder: Path, *words: str) -> None:
    name = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
    command = ["git", *name, *words]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def test_a_revision_is_checked_out_once_and_the_tree_is_not_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    git(tmp_path, "init", "--quiet")
    for text in ("before", "after"):
        (tmp_path / "file").write_text(text)
        git(tmp_path, "add", "file")
        git(tmp_path, "commit", "--quiet", "--message", text)
    found = trees.check_out("HEAD~1", Path("build", "bench"))
    assert (found.folder / "file").read_text() == "before"
    assert (tmp_path / "file").read_text() == "after"
    (found.folder / "built").write_text("")
    assert (trees.check_out(found.name, Path("build", "bench")).folder / "built").exists()
    assert trees.default_revision() == "5182ad7"
    git(tmp_path, "tag", "v1")
    assert trees.default_revision() == "v1"
    with pytest.raises(subprocess.CalledProcessError):
        trees.check_out("no-such-revision", Path("build", "bench"))


@pytest.mark.long
def test_a_turn_measures_all_that_is_compared(
    tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SNOWFLAKE_DISABLE_PLATFORM_DETECTION", "true")
    monkeypatch.setenv("PYTHONPATH", str(repository))
    build = build_of_the_source(tmp_path, repository)
    # The layer of this build is empty: the environment's own packages stand in for it.
    layer = build / "DependenciesLayer" / "python"
    program = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(subprocess.check_output([sys.executable, "-c", program], text=True).strip())
    for one in packages.iterdir():
        (layer / one.name).symlink_to(one)
    drive = repository / "bench" / "drive.py"
    command = [sys.executable, "-P", str(drive), str(build), sys.executable, "1"]
    found = json.loads(subprocess.check_output(command, cwd=repository, text=True))
    assert found.keys() == turn(1.0).keys() | {"cold 4096 createSecret"}
    assert all(value > 0 for values in found.values() for value in values)
