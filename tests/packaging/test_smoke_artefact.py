"""The smoke test of the built artefact finds what it is there for.

The build is made up here: the function's source, and an environment whose packages stand in for
the layer. That is what the smoke test must refuse, so it runs on any Python.
"""

import sys
import sysconfig
from pathlib import Path

import pytest

from artefact import origins, smoke
from artefact.metrics import metric
from artefact.origins import Origins
from artefact.smoke import SmokeFailed
from tests.packaging.builds import TEMPLATE, build_of_the_source

STANDARD_LIBRARY = Path(sysconfig.get_path("stdlib"))


@pytest.fixture(autouse=True)
def no_metadata_services(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNOWFLAKE_DISABLE_PLATFORM_DETECTION", "true")


@pytest.mark.long
def test_packages_of_this_machine_are_found(tmp_path: Path, repository: Path) -> None:
    build = build_of_the_source(tmp_path, repository)
    with pytest.raises(SmokeFailed) as raised:
        smoke.run(build, Path(sys.executable).absolute())
    assert "/botocore/" in str(raised.value)
    assert "nothing was seen to come from the layer" in str(raised.value)
    assert "/rotation/handler.py" not in str(raised.value)


def test_a_variable_that_the_template_forgot_is_missing_as_on_lambda(
    tmp_path: Path, repository: Path
) -> None:
    template = TEMPLATE.replace("ALLOWED_USERS", "ALLOWED_OTHERS").replace(
        "Ref: AllowedUsers", "SVC_*"
    )
    template = template.replace("ALLOWED_OTHERS:\n            SVC_*", "ALLOWED_OTHERS: 'SVC_*'")
    build = build_of_the_source(tmp_path, repository, template)
    with pytest.raises(SmokeFailed, match="ALLOWED_USERS is not set"):
        smoke.run(build, Path(sys.executable).absolute())


def test_a_variable_without_a_value_here_is_an_error(tmp_path: Path, repository: Path) -> None:
    template = TEMPLATE.replace("SNOWFLAKE_ROLE", "SNOWFLAKE_ROLES")
    build = build_of_the_source(tmp_path, repository, template)
    with pytest.raises(ValueError, match="no value for SNOWFLAKE_ROLES"):
        smoke.run(build, Path(sys.executable).absolute())


def test_a_handler_that_nobody_invokes_here_is_an_error(tmp_path: Path, repository: Path) -> None:
    template = TEMPLATE.replace("rotation.hourly_handler.", "rotation.other.")
    build = build_of_the_source(tmp_path, repository, template)
    with pytest.raises(ValueError, match=r"rotation\.other"):
        smoke.run(build, Path(sys.executable).absolute())


def test_a_machine_without_the_runtimes_python_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(smoke, "find_interpreter", lambda: None)
    assert smoke.main(["nowhere"]) == 0
    assert capsys.readouterr().out.startswith("smoke: not run: no python3.13")


def test_a_python_that_was_asked_for_is_never_skipped(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYTHON313", "/bin/echo")
    assert smoke.main(["nowhere"]) == 1
    assert "PYTHON313" in capsys.readouterr().err


@pytest.fixture
def known(tmp_path: Path) -> Origins:
    return Origins(
        {
            tmp_path / "function": origins.FUNCTION,
            tmp_path / "layer": origins.LAYER,
            tmp_path / "runtime" / "site-packages": origins.CLIENT,
            STANDARD_LIBRARY: origins.STANDARD_LIBRARY,
        }
    )


PLACES = [
    ("function/rotation/steps.py", origins.FUNCTION),
    ("layer/boto3/session.pyc", origins.LAYER),
    ("runtime/site-packages/awslambdaric/bootstrap.py", origins.CLIENT),
    ("runtime/site-packages/runtime_client.cpython-313-x86_64-linux-gnu.so", origins.CLIENT),
    ("runtime/site-packages/boto3/session.py", None),
    (str(STANDARD_LIBRARY / "json" / "decoder.py"), origins.STANDARD_LIBRARY),
    (str(STANDARD_LIBRARY / "site-packages" / "boto3" / "session.py"), None),
    ("elsewhere/rotation/steps.py", None),
]


@pytest.mark.parametrize(("path", "origin"), PLACES)
def test_every_file_has_one_origin_or_is_foreign(
    known: Origins, tmp_path: Path, path: str, origin: str | None
) -> None:
    assert known.of(tmp_path / path) == origin


def test_a_check_that_saw_nothing_is_no_check(known: Origins) -> None:
    assert len(list(known.findings([]))) == 4


def test_the_interpreters_own_words_are_understood(tmp_path: Path) -> None:
    import subprocess  # noqa: PLC0415 - for this test only

    (tmp_path / "ours.py").write_text("import _json, wave\n")
    environment = {**origins.VERBOSE, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-c", "import ours, ours"]
    log = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    for _ in range(2):  # compiled the first time, from bytecode the second
        files = origins.loaded_files(log.stderr)
        assert {"ours", "wave"} <= {path.name.partition(".")[0] for path in files}
        log = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)


def test_a_metric_is_read_from_its_line() -> None:
    log = 'text\n{"level":"INFO"}\n{"_aws":{},"SecretsWatched":[1.0]}\n'
    assert metric(log, "SecretsWatched") == 1
    assert metric(log, "Failure") is None
