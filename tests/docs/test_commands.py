"""The commands, links and examples of the documents are those of the project."""

import re
import shlex
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name

from tests.docs.documents import DOCUMENTS, ROOT, anchor, blocks, headings

# https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-options.html
ARGUMENTS_OF_THE_CLI_ITSELF = {
    *("query", "output", "region", "profile"),
    *("cli-binary-format", "cli-read-timeout"),
}
# Commands of the AWS CLI that are no operation of a service, with what they take.
# https://docs.aws.amazon.com/cli/latest/reference/logs/tail.html
OF_THE_CLI_ALONE = {("logs", "tail"): {"since", "format", "filter-pattern", "follow"}}


def words(line: str) -> Iterator[list[str]]:
    """Split a line of a shell into its commands, at pipes and brackets."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    for is_mark, command in groupby(lexer, lambda word: set(word) <= set("|&;()<>")):
        if not is_mark:
            yield list(command)


def aws_commands() -> list[list[str]]:
    """Return the commands of the AWS CLI in the shell blocks of all documents."""
    lines = (
        line
        for document in DOCUMENTS
        for block in blocks(document.read_text(), "sh")
        for line in block.replace("\\\n", " ").splitlines()
    )
    return [command for line in lines for command in words(line) if command[0] == "aws"]


def mentioned_aws_commands() -> set[str]:
    """Return those within sentences, which may leave parameters out."""
    texts = (
        re.sub(r"^```.*?^```", "", d.read_text(), flags=re.MULTILINE | re.DOTALL) for d in DOCUMENTS
    )
    return {one for text in texts for one in re.findall(r"`(aws [^`]+)`", text)}


def check(command: list[str], *, whole: bool) -> None:
    """Hold a command against botocore's model of the service."""
    _, service, operation, *arguments = command
    given = {argument[2:] for argument in arguments if argument.startswith("--")}
    if (service, operation) in OF_THE_CLI_ALONE:
        assert given <= OF_THE_CLI_ALONE[service, operation]
        return
    model = botocore.session.get_session().get_service_model(service)
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    shape = model.operation_model(operations[operation]).input_shape
    assert shape is not None
    members = {xform_name(name, "-") for name in shape.members}
    given = {g.removeprefix("no-") if g.removeprefix("no-") in members else g for g in given}
    assert given <= members | ARGUMENTS_OF_THE_CLI_ITSELF
    required = {xform_name(name, "-") for name in shape.required_members}
    assert required <= given or not whole


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


@pytest.mark.parametrize("command", aws_commands(), ids=lambda command: " ".join(command[1:3]))
def test_aws_commands_name_operations_and_parameters_that_exist(command: list[str]) -> None:
    check(command, whole=True)


@pytest.mark.parametrize("command", sorted(mentioned_aws_commands()))
def test_an_aws_command_within_a_sentence_exists(command: str) -> None:
    check(shlex.split(command), whole=False)


def test_there_are_aws_commands_to_check() -> None:
    assert len(aws_commands()) >= 20
    assert len(mentioned_aws_commands()) >= 2


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: str(d.relative_to(ROOT)))
def test_links_within_the_project_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text()):
        assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: str(d.relative_to(ROOT)))
def test_a_link_to_a_heading_leads_to_one(document: Path) -> None:
    for target, wanted in re.findall(r"\]\(([^):#]*)#([^)]+)\)", document.read_text()):
        text = ((document.parent / target) if target else document).read_text()
        assert wanted in map(anchor, headings(text)), f"{target}#{wanted}"
