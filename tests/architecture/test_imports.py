"""The map in rotation/__init__.py, and what may never be imported."""

import ast
import re
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import rotation

ROOT = Path(__file__).parents[2]
SHADOWING = {"secrets", "token", "snowflake", "logging", "types"}
STANDARD_LIBRARY_ONLY = ("rules", "errors")
MOST_AT_THE_TOP = 8


def ranks() -> dict[str, int]:
    """Read the map: a room's row in the table, counted from the top."""
    table = (rotation.__doc__ or "").split("\n=")[1]
    found: dict[str, int] = {}
    row = 0
    for line in table.splitlines()[1:]:
        row += bool(line[41:].strip())
        found |= dict.fromkeys(re.findall(r"``(\w+)``", line[:41]), row)
    return found


RANKS = ranks()


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


def room_of(path: Path) -> str:
    """Return the room of rotation/ that a file stands in: a folder, or a file at the top."""
    return path.relative_to(ROOT / "rotation").with_suffix("").parts[0]


def rooms_used(path: Path) -> set[str]:
    return {n.split(".")[1] for n in imports(path) if n.startswith("rotation.")}


def test_the_map_has_every_room_and_no_other() -> None:
    assert set(RANKS) == {room_of(path) for path in modules("rotation")} - {"__init__"}
    assert len(list((ROOT / "rotation").glob("*.py"))) <= MOST_AT_THE_TOP


def test_the_package_itself_imports_nothing() -> None:
    assert not imports(ROOT / "rotation" / "__init__.py")


@pytest.mark.parametrize(
    "path", modules("rotation"), ids=lambda p: str(p.relative_to(ROOT).with_suffix(""))
)
def test_a_room_uses_only_the_rooms_below_it(path: Path) -> None:
    own = room_of(path)
    upwards = {n for n in rooms_used(path) - {own} if RANKS[n] <= RANKS[own]}
    assert not upwards


@pytest.mark.parametrize("package", ["rotation", "sandbox", "layers", "artefact"])
def test_nothing_goes_round_in_a_circle(package: str) -> None:
    names = {".".join(p.relative_to(ROOT).with_suffix("").parts): p for p in modules(package)}
    uses = {
        name: {
            known for n in imports(path) for known in (n, n.rpartition(".")[0]) if known in names
        }
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
        "watch_handler",
        "retirement_handler",
    }


def test_the_watch_function_loads_no_connector() -> None:
    script = "import sys, rotation.watch_handler; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"AWS_DEFAULT_REGION": "eu-west-1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert not {name for name in done.stdout.split() if name.startswith("snowflake")}


@pytest.mark.parametrize("path", modules("sandbox"), ids=lambda p: str(p.relative_to(ROOT)))
def test_the_sandbox_and_the_function_share_no_code(path: Path) -> None:
    assert not {name for name in imports(path) if name.split(".")[0] == "rotation"}


def test_the_function_knows_no_sandbox() -> None:
    assert not {n for p in modules("rotation") for n in imports(p) if n.startswith("sandbox")}


def test_no_module_of_the_function_shadows_another() -> None:
    assert not {p.stem for p in modules("rotation")} & SHADOWING
