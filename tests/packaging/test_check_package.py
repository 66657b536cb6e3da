import shutil
from pathlib import Path

import pytest

from layers import artifacts, check_package
from layers.check_package import Package, findings, main
from tests.packaging.builds import write_build

X86_64 = 62
ARM64 = 183
RISCV = 243


def elf(machine: int) -> bytes:
    return b"\x7fELF".ljust(18, b"\0") + machine.to_bytes(2, "little") + bytes(44)


@pytest.fixture
def package(tmp_path: Path) -> Package:
    write_build(tmp_path, layer_file=elf(ARM64))
    return Package("arm64", tmp_path)


def test_a_small_package_for_the_right_processor_passes(
    package: Package, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([f"arm64={package.build}"]) == 0
    output = capsys.readouterr()
    assert [line.split()[:2] for line in output.out.splitlines()[1:]] == [
        ["arm64", "RotationFunction"],
        ["arm64", "RetirementFunction"],
        ["arm64", "DependenciesLayer"],
    ]
    assert output.err == ""


def test_a_layer_at_the_limit_passes_and_one_byte_more_fails(
    package: Package, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = package.layers["DependenciesLayer"]
    size = artifacts.unzipped_bytes(layer)
    monkeypatch.setattr(check_package, "LAYER_LIMIT_BYTES", size)
    assert main([f"arm64={package.build}"]) == 0
    (layer / "one").write_bytes(b"1")
    assert main([f"arm64={package.build}"]) == 1
    assert "the limit is" in capsys.readouterr().err


def test_the_layers_limit_is_fifty_million_bytes() -> None:
    assert check_package.LAYER_LIMIT_BYTES == 50_000_000


def test_function_and_layer_together_are_held_to_lambdas_limit(
    package: Package, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = artifacts.unzipped_bytes(package.layers["DependenciesLayer"])
    monkeypatch.setattr(check_package, "TOTAL_LIMIT_BYTES", size)
    found = [line for line in findings(package) if "Lambda's limit" in line]
    assert len(found) == 2, "each function with its layers"


@pytest.mark.parametrize("part", ["RotationFunction", "RetirementFunction", "DependenciesLayer"])
@pytest.mark.parametrize(("machine", "name"), [(X86_64, "x86_64"), (RISCV, "machine 243")])
def test_a_library_for_another_processor_is_found_in_every_part(
    package: Package, part: str, machine: int, name: str
) -> None:
    folder = {"DependenciesLayer": "python"}.get(part, "rotation")
    (package.parts[part] / folder / "other.so.1").write_bytes(elf(machine))
    (line,) = findings(package)
    assert "other.so.1" in line
    assert f"built for {name}" in line


@pytest.mark.parametrize("logical_id", ["RotationFunction", "RetirementFunction"])
def test_anything_beside_the_rotation_package_is_found(package: Package, logical_id: str) -> None:
    tests = package.parts[logical_id] / "tests"
    tests.mkdir()
    (tests / "test_x.py").write_bytes(b"")
    assert ["only the rotation package" in line for line in findings(package)] == [True]


def test_a_handler_that_the_code_does_not_define_is_found(package: Package) -> None:
    module = package.parts["RetirementFunction"] / "rotation" / "hourly_handler.py"
    module.write_text("def another(): ...\n")
    assert ["defines no lambda_handler" in line for line in findings(package)] == [True]
    module.rename(module.with_name("other.py"))
    assert ["defines no lambda_handler" in line for line in findings(package)] == [True]


def test_a_function_that_the_build_left_empty_is_found(package: Package) -> None:
    shutil.rmtree(package.parts["RetirementFunction"])
    assert any("RetirementFunction is empty or missing" in line for line in findings(package))


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
