"""docs/settings.md has every parameter of the template, and says of it what the template says."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.docs.documents import ROOT, rows, under
from tests.packaging.cloudformation import load

DOCUMENT = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
TEMPLATE = load((ROOT / "template.yaml").read_text(encoding="utf-8"))
GROUPS = {
    group["Label"]["default"]: group["Parameters"]
    for group in TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
}
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
NO_VALUE = {None: "required", "": "none"}


def takes(parameter: dict[str, Any]) -> str:
    """Return what may be given, in the words with which CloudFormation refuses anything else."""
    if values := parameter.get("AllowedValues"):
        return ", ".join(f"`{value}`" for value in values)
    text = re.sub(r"^must be (empty,? (or )?)?", "", parameter["ConstraintDescription"])
    return text.removesuffix(".")


def expected(name: str) -> list[str]:
    """Return the row of a parameter."""
    parameter = TEMPLATE["Parameters"][name]
    default = parameter.get("Default")
    shown = NO_VALUE.get(default, f"`{default}`")
    return [f"`{name}`", shown, takes(parameter), parameter["Description"]]


def documented(group: str) -> Iterator[list[str]]:
    """Return the rows of a group; a link counts as the path that it shows."""
    for *cells, meaning in rows(under(DOCUMENT, group)):
        yield [*cells, re.sub(r"\[(docs/[^\]]+)\]\([^)]+\)", r"\1", meaning)]


@pytest.mark.parametrize("group", GROUPS)
def test_a_groups_table_is_the_templates(group: str) -> None:
    assert list(documented(group)) == [expected(name) for name in GROUPS[group]]


def test_every_parameter_stands_once() -> None:
    named = [row[0] for group in GROUPS for row in documented(group)]
    assert sorted(named) == sorted(f"`{name}`" for name in TEMPLATE["Parameters"])
