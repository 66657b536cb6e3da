import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from layers import reproducible
from layers.reproducible import differences
from tests.packaging.builds import write_build

HANDLER = "RotationFunction/rotation/handler.py"


def change_a_byte(build: Path) -> None:
    (build / HANDLER).write_bytes(b"def lambda_handler(): ..;\n")


def change_a_mode(build: Path) -> None:
    (build / HANDLER).chmod(0o600)


def leave_one_out(build: Path) -> None:
    (build / HANDLER).unlink()


def add_one(build: Path) -> None:
    (build / "DependenciesLayer" / "RECORD").write_bytes(b"")


def change_the_template(build: Path) -> None:
    (build / "template.yaml").write_text("Resources: {}\n")


CHANGES = [
    (change_a_byte, "handler.py differs in its bytes"),
    (change_a_mode, "handler.py has mode"),
    (leave_one_out, "handler.py is in the first build only"),
    (add_one, "RECORD is in the second build only"),
    (change_the_template, "template.yaml differs in its bytes"),
]


@pytest.fixture
def builds(tmp_path: Path) -> tuple[Path, Path]:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    write_build(first)
    shutil.copytree(first, second)
    return first, second


def test_equal_builds_do_not_differ(builds: tuple[Path, Path]) -> None:
    (builds[1] / "template.yaml").chmod(0o600)  # SAM follows the umask; only its text counts
    assert list(differences(*builds)) == []


@pytest.mark.parametrize(
    ("change", "message"), CHANGES, ids=lambda value: getattr(value, "__name__", None)
)
def test_every_difference_is_named(
    builds: tuple[Path, Path], change: Callable[[Path], None], message: str
) -> None:
    change(builds[1])
    (line,) = differences(*builds)
    assert message in line


@pytest.mark.parametrize(("change", "status"), [(None, 0), (change_a_byte, 1)])
def test_the_check_ends_with_one_when_the_second_build_differs(
    builds: tuple[Path, Path],
    change: Callable[[Path], None] | None,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    first, second = builds
    if change is not None:
        change(second)
    monkeypatch.setattr(reproducible, "build_elsewhere", lambda *_: second)
    assert reproducible.main([f"arm64={first}"]) == status
    output = capsys.readouterr()
    assert ("differs in its bytes" in output.err) is bool(status)
    assert ("the same bytes and modes" in output.out) is not bool(status)


def test_checking_nothing_fails() -> None:
    assert reproducible.main([]) == 1
