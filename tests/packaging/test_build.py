import gzip
import json
import os
import re
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from layers import build_layer, bytecode, trim
from layers.artifacts import files, normalise
from layers.build_function import build as build_function


def write(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def names(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in files(folder)}


def test_the_function_holds_the_modules_of_the_package_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, artifacts = tmp_path / "source", tmp_path / "artifacts"
    artifacts.mkdir()
    for name in ("handler.py", "part/inner.py", "__pycache__/handler.cpython-311.pyc", "notes.md"):
        write(source / name)
    monkeypatch.setattr(bytecode, "find_interpreter", lambda: None)
    build_function(source, artifacts)
    assert names(artifacts) == {"rotation/handler.py", "rotation/part/inner.py"}


def test_the_functions_bytecode_is_taken_as_long_as_its_source_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bytecode, "find_interpreter", lambda: sys.executable)
    seen = []
    for name in ("one", "two"):
        write(tmp_path / name / "source" / "module.py", "print('as built')\n")
        build_function(tmp_path / name / "source", tmp_path / name / "artifacts")
        (compiled,) = (tmp_path / name / "artifacts").rglob("*.pyc")
        seen.append(compiled.read_bytes())
    assert seen[0] == seen[1]
    assert seen[0][4:8] == b"\x03\0\0\0", "hash-based and checked (PEP 552)"
    assert b"/var/task/rotation/module.py" in seen[0]
    source = tmp_path / "two" / "artifacts" / "rotation" / "module.py"
    command = [sys.executable, "-B", "-v", "-c", "import rotation.module"]
    for text, taken in (("print('as built')\n", True), ("print('was edited')\n", False)):
        source.write_text(text)
        told = subprocess.run(
            command, cwd=source.parents[1], capture_output=True, text=True, check=True
        )
        assert told.stdout == text[7:-3] + "\n"
        assert (f"{compiled} matches" in told.stderr) is taken


def test_times_and_modes_do_not_depend_on_when_and_by_whom_it_was_built(tmp_path: Path) -> None:
    seen = []
    for number, mode in ((1, 0o600), (2, 0o755)):
        module = tmp_path / str(number) / "part" / "module.py"
        write(module)
        module.chmod(mode)
        os.utime(module, (1_600_000_000 + number, 1_600_000_000 + number))
        normalise(tmp_path / str(number))
        seen.append([(p.stat().st_mtime, p.stat().st_mode) for p in (module, module.parent)])
    assert seen[0] == seen[1]
    assert [stat.filemode(mode) for _, mode in seen[0]] == ["-rw-r--r--", "drwxr-xr-x"]


def test_the_function_is_normalised(tmp_path: Path) -> None:
    write(tmp_path / "source" / "module.py")
    build_function(tmp_path / "source", tmp_path / "artifacts")
    built = tmp_path / "artifacts" / "rotation" / "module.py"
    assert time.gmtime(built.stat().st_mtime).tm_year == 1980


@pytest.mark.parametrize("architecture", ["arm64", "x86_64"])
def test_pip_takes_only_hashed_wheels_that_the_runtime_loads(architecture: str) -> None:
    command = build_layer.pip_command(architecture, Path("r.txt"), Path("site"))
    machine = {"arm64": "aarch64", "x86_64": "x86_64"}[architecture]
    platforms = [word for word in command if word.startswith("--platform=")]
    assert {"--require-hashes", "--only-binary=:all:", "--no-deps"} <= set(command)
    assert command[command.index("--python-version") + 1] == "3.13"
    assert all(word.endswith(f"_{machine}") for word in platforms)
    assert f"--platform=manylinux_2_34_{machine}" in platforms
    assert f"--platform=manylinux_2_35_{machine}" not in platforms


def test_the_layers_requirements_mean_the_same_to_every_cpython(repository: Path) -> None:
    # pip evaluates markers with the Python that runs it, not with --python-version.
    text = (repository / "layers" / "dependencies" / "requirements.txt").read_text("utf-8")
    markers = re.findall(r"^\S+==\S+ ;(.*)\\$", text, re.MULTILINE)
    variables = {word for marker in markers for word in re.findall(r"[a-z_]{5,}", marker)}
    assert variables <= {"implementation_name", "platform_python_implementation"}


def made_up_site(tmp_path: Path) -> Path:
    for pattern in trim.UNUSED.keys() - {"botocore/data/*/*/examples-1.json"}:
        write(tmp_path / pattern.replace("**/", "package/").replace("*", "x") / "file")
    data = tmp_path / "botocore" / "data"
    for service in (*trim.KEPT_SERVICES, "ec2"):
        write(data / service / "2020" / "examples-1.json")
        model = json.dumps({"metadata": {"endpointPrefix": service}}).encode()
        (data / service / "2020" / "service-2.json.gz").write_bytes(gzip.compress(model))
    write(data / "endpoints.json", '{"partitions": []}')
    write(tmp_path / "x.dist-info" / "METADATA")
    return tmp_path


def test_trimming_leaves_metadata_and_the_services_in_use(tmp_path: Path) -> None:
    site = made_up_site(tmp_path)
    trim.trim(site)
    services = {f"botocore/data/{name}/2020/service-2.json" for name in trim.KEPT_SERVICES}
    kept = {"x.dist-info/METADATA", "botocore/data/endpoints.json"}
    assert names(site) == services | kept


def test_the_layer_keeps_every_service_that_the_code_calls(repository: Path) -> None:
    code = "".join(p.read_text(encoding="utf-8") for p in (repository / "rotation").rglob("*.py"))
    called = set(re.findall(r'new_client\("([\w-]+)"', code))
    assert {"secretsmanager", "ecs", "lambda"} <= called <= trim.KEPT_SERVICES


def test_a_trim_that_finds_nothing_stops_the_build(tmp_path: Path) -> None:
    site = made_up_site(tmp_path)
    (site / "pytz" / "zoneinfo").rename(site / "pytz" / "zones")
    with pytest.raises(LookupError, match="pytz/zoneinfo"):
        trim.trim(site)


def test_a_service_that_botocore_does_not_know_stops_the_build(tmp_path: Path) -> None:
    site = made_up_site(tmp_path)
    (site / "botocore" / "data" / "sts").rename(site / "botocore" / "data" / "sts2")
    with pytest.raises(LookupError, match="sts"):
        trim.trim(site)


def test_bytecode_takes_the_sources_place_and_is_the_same_every_time(tmp_path: Path) -> None:
    seen = []
    for name in ("one", "two"):
        write(tmp_path / name / "module.py", "ANSWER = {'a', 'b'}\ndef f(): raise KeyError\n")
        bytecode.replace_sources(tmp_path / name, sys.executable)
        assert names(tmp_path / name) == {"module.pyc"}
        seen.append((tmp_path / name / "module.pyc").read_bytes())
    assert seen[0] == seen[1]
    assert seen[0][4:8] == b"\x01\0\0\0", "hash-based and unchecked (PEP 552)"
    assert b"/opt/python/module.py" in seen[0]


def test_source_that_does_not_compile_stops_the_build(tmp_path: Path) -> None:
    write(tmp_path / "module.py", "def\n")
    with pytest.raises(subprocess.CalledProcessError):
        bytecode.replace_sources(tmp_path, sys.executable)


def test_a_python_that_does_not_start_has_no_bytecode_tag(tmp_path: Path) -> None:
    shim = tmp_path / "python3.13"
    write(shim, "#!/bin/sh\necho cannot >&2\nexit 127\n")
    shim.chmod(0o755)
    assert bytecode.cache_tag(str(shim)) == ""
    assert bytecode.cache_tag(sys.executable) == sys.implementation.cache_tag
