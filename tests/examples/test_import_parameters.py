"""import_parameters.py: from a Parameter Store to a secret that rotates, or not at all."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from examples.fargate import import_parameters
from sandbox.stack import ACCOUNT, USER, Stack, new_key_pair
from tests.docs.documents import blocks
from tests.examples.keys import ELLIPTIC, LOCKED, PLAIN, SHORT, locked
from tests.examples.looks import current
from tests.examples.parameter_store import ParameterStore
from tests.examples.processes import FARGATE, MACHINE

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY, PASSPHRASE = "/pipeline/key", "/pipeline/passphrase"
SECRET = "snowflake/imported"
WRITES = {"PutSecretValue", "UpdateSecret", "CreateSecret", "UpdateSecretVersionStage"}


@pytest.fixture
def store(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[ParameterStore]:
    """An empty Parameter Store beside the stack, where this process and its children find both."""
    with ParameterStore() as store:
        for name, text in (stack.aws.environment() | store.environment()).items():
            monkeypatch.setenv(name, text)
        yield store


@pytest.fixture
def secret_arn(stack: Stack) -> str:
    """A secret that never had a value."""
    arn = stack.aws.client().create_secret(Name=SECRET)["ARN"]
    stack.aws.record.clear()
    return arn


def arguments(**changed: str) -> list[str]:
    asked = {
        "private-key-parameter": KEY,
        "account": ACCOUNT,
        "user": USER,
        "secret-id": SECRET,
        **{name.replace("_", "-"): text for name, text in changed.items()},
    }
    return [word for name, text in asked.items() for word in (f"--{name}", text)]


def refusal(stack: Stack, capsys: pytest.CaptureFixture[str], **changed: str) -> str:
    """Run it, expect that it writes nothing but one line, and return that."""
    stack.aws.record.clear()
    assert import_parameters.main(arguments(**changed)) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert not WRITES & {call.operation for call in stack.aws.record.calls}
    assert "MII" not in shown.err
    return shown.err


def rotate(stack: Stack, arn: str) -> None:
    stack.aws.client().rotate_secret(
        SecretId=arn,
        RotationLambdaARN=stack.function.arn,
        RotationRules={"ScheduleExpression": "rate(30 days)"},
    )
    assert stack.aws.wait_for_rotation(arn).succeeded


def value(stack: Stack, arn: str) -> dict[str, str]:
    answer = stack.aws.client().get_secret_value(SecretId=arn)
    found: dict[str, str] = json.loads(answer["SecretString"])
    return found


@pytest.mark.parametrize("passphrase", [None, "correct horse"], ids=["plain", "encrypted"])
def test_what_it_imports_is_rotated(
    stack: Stack, store: ParameterStore, secret_arn: str, passphrase: str | None
) -> None:
    pem = stack.read_current()["privateKey"]
    pem = locked(pem, passphrase) if passphrase else pem
    store.put(KEY, pem)
    if passphrase:
        store.put(PASSPHRASE, passphrase)
    named = {"passphrase_parameter": PASSPHRASE} if passphrase else {}
    done = subprocess.run(
        [sys.executable, FARGATE / "import_parameters.py", *arguments(**named)],
        env=MACHINE | stack.aws.environment() | store.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{current(stack)} is in {secret_arn}, for {USER}.\n")
    assert f"{KEY}  ->  {secret_arn}:privateKey::\n" in done.stdout
    assert (f"{PASSPHRASE}  ->  {secret_arn}:passphrase::\n" in done.stdout) == bool(passphrase)
    assert pem.splitlines()[5] not in done.stdout
    assert not passphrase or passphrase not in done.stdout

    imported = value(stack, secret_arn)
    assert imported["privateKey"] == pem
    assert imported.get("passphrase") == passphrase
    rotate(stack, secret_arn)
    assert value(stack, secret_arn)["privateKey"] != pem
    assert {login.outcome for login in stack.snowflake.record.logins} == {"success"}


def test_a_second_run_finds_the_same_key_and_writes_nothing(
    stack: Stack,
    store: ParameterStore,
    secret_arn: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arn = store.put(KEY, PLAIN)
    assert import_parameters.main(arguments()) == 0
    versions = stack.aws.client().describe_secret(SecretId=secret_arn)["VersionIdsToStages"]
    assert import_parameters.main(arguments(private_key_parameter=arn, secret_id=secret_arn)) == 0
    assert " was already in " in capsys.readouterr().out
    asked = [call.operation for call in stack.aws.record.calls]
    assert asked.count("PutSecretValue") == 1
    described = stack.aws.client().describe_secret(SecretId=secret_arn)
    assert described["VersionIdsToStages"] == versions


@pytest.mark.parametrize(
    ("parameters", "named", "said"),
    [
        ({}, {}, f"Parameter Store has no {KEY} "),
        ({KEY: LOCKED}, {"passphrase_parameter": PASSPHRASE}, f"has no {PASSPHRASE} "),
        ({KEY: LOCKED}, {}, "encrypted: name its passphrase"),
        ({KEY: LOCKED, PASSPHRASE: "wrong"}, {"passphrase_parameter": PASSPHRASE}, "can't be"),
        ({KEY: PLAIN, PASSPHRASE: "right"}, {"passphrase_parameter": PASSPHRASE}, "not encrypted"),
        ({KEY: PLAIN[:300]}, {}, "no private key as PEM"),
        ({KEY: "".join(PLAIN.splitlines()[1:-1])}, {}, "no private key as PEM"),
        ({KEY: new_key_pair()[1]}, {}, "no private key as PEM"),
        ({KEY: ELLIPTIC}, {}, "another kind than RSA"),
        ({KEY: SHORT}, {}, "1024 bits"),
        ({KEY: PLAIN}, {"secret_id": "snowflake/none"}, "There is no secret snowflake/none"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_it_refuses(  # noqa: PLR0913, PLR0917 - fixtures and a table's columns
    stack: Stack,
    store: ParameterStore,
    secret_arn: str,
    capsys: pytest.CaptureFixture[str],
    parameters: dict[str, str],
    named: dict[str, str],
    said: str,
) -> None:
    for name, text in parameters.items():
        store.put(name, text)
    shown = refusal(stack, capsys, **named)
    assert shown.startswith("Nothing was written. ")
    assert said in shown
    described = stack.aws.client().describe_secret(SecretId=secret_arn)
    assert "VersionIdsToStages" not in described


OTHER = new_key_pair()[0]


@pytest.mark.parametrize(
    "there",
    [
        json.dumps({"account": ACCOUNT, "user": USER, "privateKey": OTHER}),
        json.dumps({"account": ACCOUNT, "user": "SVC_OTHER", "privateKey": PLAIN}),
        json.dumps({"account": "MYORG-OTHER", "user": USER, "privateKey": PLAIN}),
        json.dumps({"account": ACCOUNT, "user": USER}),
        json.dumps([PLAIN]),
        "a password",
    ],
    ids=["another key", "another user", "another account", "no key", "a list", "no JSON"],
)
def test_it_refuses_a_secret_that_has_a_value(
    stack: Stack,
    store: ParameterStore,
    secret_arn: str,
    capsys: pytest.CaptureFixture[str],
    there: str,
) -> None:
    stack.aws.client().put_secret_value(SecretId=secret_arn, SecretString=there)
    store.put(KEY, PLAIN)
    assert "has a value, and not this key" in refusal(stack, capsys)
    answer = stack.aws.client().get_secret_value(SecretId=secret_arn)
    assert answer["SecretString"] == there


def test_what_aws_refuses_is_one_line(
    stack: Stack,
    store: ParameterStore,
    secret_arn: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    store.put(KEY, PLAIN)
    client = stack.aws.client()
    client.delete_secret(SecretId=secret_arn)
    assert refusal(stack, capsys).startswith("Stopped. ")
    assert store.operations == ["GetParameters"]


def test_the_readme_shows_options_that_it_takes(capsys: pytest.CaptureFixture[str]) -> None:
    readme = (FARGATE / "README.md").read_text(encoding="utf-8")
    (command,) = (one for one in blocks(readme, "sh") if "import_parameters.py" in one)
    with pytest.raises(SystemExit):
        import_parameters.main(["--help"])
    assert set(re.findall(r"--[a-z-]+", command)) <= set(
        re.findall(r"--[a-z-]+", capsys.readouterr().out)
    )
