import sys
from pathlib import Path

import pytest

from layers import bytecode


def fake_python(path: Path, answer: str) -> Path:
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\necho {answer}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Leave no Python 3.13 to be found; returns the folder in which pyenv would be."""
    monkeypatch.delenv("PYTHON313", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    return tmp_path / "pyenv" / "versions"


def test_a_machine_may_have_none(bare: Path) -> None:
    assert not bare.exists()
    assert bytecode.find_interpreter() is None


def test_pyenvs_is_found_without_being_selected(bare: Path) -> None:
    python = fake_python(bare / "3.13.4" / "bin" / "python3.13", "cpython-313")
    assert bytecode.find_interpreter() == str(python)


@pytest.mark.parametrize("tag", ["cpython-313t", "cpython-312", ""])
def test_a_python_that_loads_other_libraries_is_passed_over(bare: Path, tag: str) -> None:
    fake_python(bare / "3.13.4t" / "bin" / "python3.13", tag)
    assert bytecode.find_interpreter() is None


def test_the_one_that_is_named_comes_first(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_python(bare / "3.13.4" / "bin" / "python3.13", "cpython-313")
    named = fake_python(bare / "named" / "python", "cpython-313")
    monkeypatch.setenv("PYTHON313", str(named))
    assert bytecode.find_interpreter() == str(named)


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize("named", ["python3.13", "/bin/echo"])
def test_one_that_is_named_and_cannot_be_used_is_an_error(
    named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON313", named)
    with pytest.raises(LookupError, match=named):
        bytecode.find_interpreter()
