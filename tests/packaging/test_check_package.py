from pathlib import Path

import pytest

from layers import artifacts, check_package
from layers.check_package import Package, findings, main

X86_64 = 62
ARM64 = 183
RISCV = 243


def elf(machine: int) -> bytes:
    return b"\x7fELF".ljust(18, b"\0") + machine.to_bytes(2, "little") + bytes(44)


@pytest.fixture
def package(tmp_path: Path) -> Package:
    module = tmp_path / "RotationFunction" / "rotation" / "handler.py"
    library = tmp_path / "DependenciesLayer" / "python" / "library.so"
    for path, content in ((module, b"# code\n"), (library, elf(ARM64))):
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
    return Package("arm64", tmp_path)


def test_a_small_package_for_the_right_processor_passes(
    package: Package, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([f"arm64={package.build}"]) == 0
    output = capsys.readouterr()
    assert [line.split()[:2] for line in output.out.splitlines()[1:]] == [
        ["arm64", "function"],
        ["arm64", "layer"],
    ]
    assert output.err == ""


def test_a_layer_at_the_limit_passes_and_one_byte_more_fails(
    package: Package, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    size = artifacts.unzipped_bytes(package.layer)
    monkeypatch.setattr(check_package, "LAYER_LIMIT_BYTES", size)
    assert main([f"arm64={package.build}"]) == 0
    (package.layer / "one").write_bytes(b"1")
    assert main([f"arm64={package.build}"]) == 1
    assert "the limit is" in capsys.readouterr().err


def test_the_layers_limit_is_sixty_million_bytes() -> None:
    assert check_package.LAYER_LIMIT_BYTES == 60_000_000


def test_function_and_layer_together_are_held_to_lambdas_limit(
    package: Package, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_package, "TOTAL_LIMIT_BYTES", artifacts.unzipped_bytes(package.layer))
    assert [line for line in findings(package) if "Lambda's limit" in line]


@pytest.mark.parametrize(("machine", "name"), [(X86_64, "x86_64"), (RISCV, "machine 243")])
def test_a_library_for_another_processor_is_found(
    package: Package, machine: int, name: str
) -> None:
    (package.layer / "python" / "other.so.1").write_bytes(elf(machine))
    (line,) = findings(package)
    assert "other.so.1" in line
    assert f"built for {name}" in line


def test_anything_beside_the_rotation_package_is_found(package: Package) -> None:
    (package.function / "tests").mkdir()
    (package.function / "tests" / "test_x.py").write_bytes(b"")
    assert ["only the rotation package" in line for line in findings(package)] == [True]


def test_a_build_that_is_not_there_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([f"arm64={tmp_path / 'missing'}"]) == 1
    assert "run sam build" in capsys.readouterr().err


def test_checking_nothing_fails() -> None:
    assert main([]) == 1


def test_a_short_file_is_no_library(tmp_path: Path) -> None:
    path = tmp_path / "short"
    path.write_bytes(b"")
    assert artifacts.elf_architecture(path) is None
