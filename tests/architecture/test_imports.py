"""The maps of rotation and sandbox, and what may never be imported."""

import ast
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path
from types import ModuleType

import pytest

import rotation
import sandbox
import sandbox.aws
import sandbox.snowflake

ROOT = Path(__file__).parents[2]
SHADOWING = {"secrets", "token", "snowflake", "logging", "types"}
STANDARD_LIBRARY_ONLY = ("rules", "errors")
MOST_AT_THE_TOP = 8


def ranks(package: ModuleType) -> dict[str, int]:
    """Read a package's map: a room's row in the table, counted from the top."""
    rule, *lines = (package.__doc__ or "").split("\n=")[1].splitlines()
    width = rule.index(" ") + 1
    found: dict[str, int] = {}
    row = 0
    for line in lines:
        row += bool(line[width:].strip())
        found |= dict.fromkeys(re.findall(r"``(\w+)``", line[:width]), row)
    return found


MAPS = {each.__name__: ranks(each) for each in (rotation, sandbox, sandbox.aws, sandbox.snowflake)}


def imports(path: Path) -> set[str]:
    """Return the full names that a file imports, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def folder_of(package: str) -> str:
    return package.replace(".", "/")


def room_of(path: Path, package: str) -> str:
    """Return the room of a package that a file stands in: a folder, or a file at the top."""
    return path.relative_to(ROOT / folder_of(package)).with_suffix("").parts[0]


def rooms_used(path: Path, package: str) -> set[str]:
    inside = f"{package}."
    return {n.removeprefix(inside).split(".")[0] for n in imports(path) if n.startswith(inside)}


@pytest.mark.parametrize("package", MAPS)
def test_the_map_has_every_room_and_no_other(package: str) -> None:
    rooms = {room_of(path, package) for path in modules(folder_of(package))} - {"__init__"}
    assert set(MAPS[package]) == rooms
    assert len(list((ROOT / folder_of(package)).glob("*.py"))) <= MOST_AT_THE_TOP


@pytest.mark.parametrize("package", ["rotation", "sandbox", "sandbox/aws"])
def test_the_package_itself_imports_nothing(package: str) -> None:
    assert not imports(ROOT / package / "__init__.py")


@pytest.mark.parametrize(
    ("package", "path"),
    [(package, path) for package in MAPS for path in modules(folder_of(package))],
    ids=lambda p: str(p.relative_to(ROOT).with_suffix("")) if isinstance(p, Path) else p,
)
def test_a_room_uses_only_the_rooms_below_it(package: str, path: Path) -> None:
    own, ranked = room_of(path, package), MAPS[package]
    if own == "__init__":
        return  # a package's face may show what any of its rooms has
    upwards = {n for n in rooms_used(path, package) - {own} if ranked[n] <= ranked[own]}
    assert not upwards


@pytest.mark.parametrize("package", ["rotation", "sandbox", "layers", "artefact", "bench"])
def test_nothing_goes_round_in_a_circle(package: str) -> None:
    names = {module_name(path): path for path in modules(package)}
    uses = {
        name: {n if n in names else n.rpartition(".")[0] for n in imports(path)} & set(names)
        for name, path in names.items()
    }
    # Raises CycleError, which names the circle.
    assert list(TopologicalSorter(uses).static_order())


@pytest.mark.parametrize("room", STANDARD_LIBRARY_ONLY)
def test_rules_and_errors_use_the_standard_library_only(room: str) -> None:
    paths = modules(f"rotation/{room}")
    roots = {found.split(".")[0] for path in paths for found in imports(path)}
    assert paths
    assert roots <= sys.stdlib_module_names | {"rotation"}
    assert not roots & {"os", "time", "socket", "subprocess", "pathlib", "threading", "urllib"}


def test_one_file_reads_the_environment() -> None:
    readers = {p.stem for p in modules("rotation") if "os" in imports(p)}
    assert readers == {"settings"}


def test_the_handlers_alone_know_lambda_and_one_file_sets_powertools_up() -> None:
    found = {p.stem: {n for n in imports(p) if "powertools" in n} for p in modules("rotation")}
    context = {"aws_lambda_powertools.utilities.typing.LambdaContext"}
    assert {name for name, names in found.items() if names - context} == {"telemetry"}
    assert {name for name, names in found.items() if context <= names} == {
        "handler",
        "hourly_handler",
    }


def loaded_by(handler: str) -> set[str]:
    """Import a handler in a new process; return the modules that came with it."""
    script = f"import sys, rotation.{handler}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"AWS_DEFAULT_REGION": "eu-west-1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_the_hourly_handler_loads_no_connector_and_no_cryptography() -> None:
    loaded = loaded_by("hourly_handler")
    assert "botocore" in loaded
    assert not loaded & {"snowflake.connector", "cryptography", "_cffi_backend"}


@pytest.mark.parametrize("handler", ["handler", "hourly_handler"])
def test_no_handler_loads_boto3_nor_the_connector_before_a_login(handler: str) -> None:
    loaded = loaded_by(handler)
    assert {"botocore", "rotation.rules.words"} <= loaded
    # x509 is for encrypted keys only.
    assert not loaded & {"boto3", "s3transfer", "snowflake.connector", "cryptography.x509"}


@pytest.mark.parametrize("path", modules("sandbox"), ids=lambda p: str(p.relative_to(ROOT)))
def test_the_sandbox_and_the_function_share_no_code(path: Path) -> None:
    assert not {name for name in imports(path) if name.split(".")[0] == "rotation"}


def test_the_function_knows_no_sandbox() -> None:
    assert not {n for p in modules("rotation") for n in imports(p) if n.startswith("sandbox")}


def test_no_module_of_the_function_shadows_another() -> None:
    assert not {p.stem for p in modules("rotation")} & SHADOWING


def test_one_file_alters_a_user() -> None:
    altering = {"install_key", "retire_key"}
    callers = {
        path.stem
        for room in ("steps", "retirement")
        for path in modules(f"rotation/{room}")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in altering
    }
    assert callers == {"altering"}
