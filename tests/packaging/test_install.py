"""requirements/install.py: what a person sees while pip works."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from requirements import install

ROOT = Path(__file__).parents[2]
SLOW_TO_END = """
trap 'for n in 1 2 3 4 5 6 7 8 9; do sleep 0.04; echo cancelled; done; exit 1' INT
echo Collecting a==1
sleep 2
"""
WITHOUT_VENV = """
import sys
from requirements import install
install._make = lambda folder: 0
sys.exit(install.main())
"""


def environment(folder: Path, script: str) -> Path:
    """Make an environment whose Python is a shell script."""
    python = folder / "bin" / "python"
    python.parent.mkdir()
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    return folder


def test_elsewhere_than_on_a_terminal_there_is_a_line_each_quarter(
    capsys: pytest.CaptureFixture[str],
) -> None:
    progress = install._Progress(57)
    for number in range(58):
        progress.show("installed", number)
    progress.end()
    numbers = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert numbers == ["15", "29", "43", "57"]


def test_on_a_terminal_one_line_counts(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    progress = install._Progress(57)
    for number in (1, 1, 2):
        progress.show("found", number)
    progress.end()
    lines = ("\r  1 of 57 packages found\x1b[K", "\r  2 of 57 packages found\x1b[K", "\n")
    assert capsys.readouterr().out == "".join(lines)


def test_when_pip_fails_its_words_are_shown_and_its_status_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = environment(tmp_path, "echo Collecting a==1; echo ERROR: no such package; exit 3")
    assert install._fill(folder, tmp_path / "requirements.txt", 1) == 3
    assert capsys.readouterr().out.endswith("Collecting a==1\nERROR: no such package\n")


def test_when_all_goes_well_pip_says_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = environment(tmp_path, "echo Looking in indexes: https://example.invalid/simple")
    assert install._fill(folder, tmp_path / "requirements.txt", 1) == 0
    assert capsys.readouterr().out == ""


def test_ctrl_c_while_pip_works_ends_it_with_one_line(tmp_path: Path) -> None:
    folder = environment(tmp_path, SLOW_TO_END)
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("a==1\n")
    with subprocess.Popen(
        [sys.executable, "-c", WITHOUT_VENV, str(folder), str(requirements)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as started:
        assert started.stdout is not None
        shown = [started.stdout.readline() for _ in range(2)]
        os.killpg(started.pid, signal.SIGINT)
        rest = started.stdout.read()
    assert shown[0].startswith("installing 1 packages into ")
    assert shown[1] == "  1 of 1 packages found\n"
    assert (rest, started.returncode) == ("\nstopped\n", 130)
