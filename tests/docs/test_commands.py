"""The commands, links and examples of the documents are those of the project."""

import json
import re
import shlex
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name

from rotation import credential
from rotation.model import Sensitive
from tests.unit import keys

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "SECURITY", "CHANGELOG")]
DOCUMENTS += sorted((ROOT / "docs").rglob("*.md"))
README = (ROOT / "README.md").read_text()
ARGUMENTS_OF_THE_CLI_ITSELF = {"query", "output", "region", "profile"}


def blocks(text: str, language: str) -> list[str]:
    """Return the fenced code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def commands(program: str) -> list[str]:
    """Return the command lines of a program in the shell blocks of all documents."""
    lines = [
        line
        for document in DOCUMENTS
        for block in blocks(document.read_text(), "sh")
        for line in block.splitlines()
    ]
    return sorted({line for line in lines if line.startswith(f"{program} ")})


def mentioned_targets() -> set[str]:
    return {
        target
        for document in DOCUMENTS
        for target in re.findall(
            r"`make ([a-z0-9-]+)`|^make ([a-z0-9-]+)$", document.read_text(), re.MULTILINE
        )
        for target in target
        if target
    }


def test_every_make_target_that_is_mentioned_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    assert {"demo", "test", "check"} <= mentioned_targets()
    for target in mentioned_targets():
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_readme_shows_the_two_commands_of_a_newcomer_first() -> None:
    assert blocks(README, "sh")[0] == "make demo\nmake test\n"


@pytest.mark.parametrize("command", commands("aws"))
def test_aws_commands_name_operations_and_parameters_that_exist(command: str) -> None:
    _, service, operation, *arguments = shlex.split(command)
    model = botocore.session.get_session().get_service_model(service)
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    shape = model.operation_model(operations[operation]).input_shape
    assert shape is not None
    members = {xform_name(name, "-") for name in shape.members}
    given = {argument[2:] for argument in arguments if argument.startswith("--")}
    given = {g.removeprefix("no-") if g.removeprefix("no-") in members else g for g in given}
    assert given <= members | ARGUMENTS_OF_THE_CLI_ITSELF
    required = {xform_name(name, "-") for name in shape.required_members}
    assert required <= given


def test_there_are_aws_commands_to_check() -> None:
    assert len(commands("aws")) >= 3


def test_the_secret_in_the_readme_is_one_that_the_function_reads() -> None:
    example = json.loads(blocks(README, "json")[0])
    assert set(example) == {"account", "user", "privateKey", "publicKey", "passphrase"}
    real = json.loads(keys.secret_text("current")) | {
        "account": example["account"],
        "user": example["user"],
    }
    assert credential.read(Sensitive(json.dumps(real))).user == example["user"]


def test_the_readmes_grants_are_what_the_function_needs() -> None:
    (sql,) = blocks(README, "sql")
    assert "GRANT MODIFY PROGRAMMATIC AUTHENTICATION METHODS ON USER" in sql
    assert "OWNERSHIP" not in sql
    assert "ACCOUNTADMIN" not in sql


def test_the_readme_shows_what_the_demo_prints() -> None:
    shown = blocks(README, "text")[0]
    last_line = shown.splitlines()[-1]
    assert re.fullmatch(
        r"demo: 3 rotations, \d+ consumer logins, 0 failed(, \d+ read again)?", last_line
    )
    for step in ("createSecret", "setSecret killed", "testSecret", "finishSecret"):
        assert step in shown


def test_the_parameters_in_the_readme_are_the_templates() -> None:
    template = (ROOT / "template.yaml").read_text()
    parameters = set(re.findall(r"^  (\w+):$", template.split("Conditions:")[0], re.MULTILINE))
    table = README.split("| parameter of the stack |")[1].split("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", table.replace("arm64", ""))) - {"sam", "build"} >= parameters


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: str(d.relative_to(ROOT)))
def test_links_within_the_project_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text()):
        assert (document.parent / target).exists(), target
