"""The import rule of rotation/__init__.py, and what may never be imported."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# From the outside in; a module imports only from rows below its own.
LAYERS = (
    {"handler", "watch_handler", "retirement_handler"},
    {"retirement_report"},
    {"telemetry", "steps", "watch", "leaked_key"},
    {"retirement"},
    {"first_key", "old_key", "snowflake_admin", "rotating_secrets"},
    {"secrets_manager", "attached_secrets", "snowflake_user", "logins", "observation", "report"},
    {"snowflake_connection", "ecs_clusters", "rotation_function"},
    {"secrets_manager_errors", "snowflake_errors", "connector_timeouts", "settings"},
    {"decisions", "freshness", "ports", "aws_errors", "task_definitions"},
    {"credential", "consumers", "key_errand"},
    {"secret_document", "keypair", "retention"},
    {"key_text", "encrypted_key", "secret_form"},
    {"name_patterns", "model", "account_identifier"},
    {"errors"},
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
PURE = {"decisions", "freshness", "retention", "consumers", "name_patterns", "model", "errors"}
ALLOWED_PURE = {
    *("collections", "dataclasses", "enum", "typing", "rotation"),
    *("datetime", "fnmatch", "re", "string"),
}
SHADOWING = {"secrets", "token", "snowflake", "logging", "types"}


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


def own_imports(path: Path) -> set[str]:
    parts = (name.split(".") for name in imports(path) if name.startswith("rotation."))
    return {name[1] for name in parts}


def top_of(path: Path) -> str:
    """Return the name right below ``rotation`` that a file belongs to."""
    return path.relative_to(ROOT / "rotation").with_suffix("").parts[0]


def test_the_package_itself_imports_nothing() -> None:
    assert not imports(ROOT / "rotation" / "__init__.py")


@pytest.mark.parametrize(
    "path",
    [path for path in modules("rotation") if top_of(path) not in {"__init__", "errors"}],
    ids=lambda p: p.stem,
)
def test_rotation_imports_inwards_only(path: Path) -> None:
    outwards = {name for name in own_imports(path) if RANK[name] <= RANK[top_of(path)]}
    assert not outwards


@pytest.mark.parametrize("path", modules("rotation/errors"), ids=lambda p: p.stem)
def test_the_errors_know_each_other_only(path: Path) -> None:
    assert own_imports(path) <= {"errors"}


@pytest.mark.parametrize("name", sorted(PURE))
def test_the_rules_use_the_standard_library_only(name: str) -> None:
    paths = [path for path in modules("rotation") if top_of(path) == name]
    roots = {found.split(".")[0] for path in paths for found in imports(path)}
    assert paths
    assert roots <= ALLOWED_PURE


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
