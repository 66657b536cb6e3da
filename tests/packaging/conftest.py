import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped,unused-ignore]

REPOSITORY = Path(__file__).parents[2]
_SHORT_FORMS_WITHOUT_PREFIX = {"Ref", "Condition"}


class CloudFormationLoader(yaml.SafeLoader):  # type: ignore[misc,unused-ignore]
    """SafeLoader that turns !Ref, !Sub, !GetAtt… into their long forms."""


def _long_form(loader: CloudFormationLoader, suffix: str, node: object) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    name = suffix if suffix in _SHORT_FORMS_WITHOUT_PREFIX else f"Fn::{suffix}"
    return {name: value}


CloudFormationLoader.add_multi_constructor("!", _long_form)


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    text = (REPOSITORY / "template.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.load(text, CloudFormationLoader)  # noqa: S506 - a SafeLoader
    return document


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture
def references() -> Callable[[object], set[str]]:
    return _references


def _references(value: object) -> set[str]:
    """Names that ``value`` refers to by Ref, Fn::GetAtt, Fn::Sub, Fn::If or Condition."""
    if isinstance(value, list):
        return set().union(*map(_references, value)) if value else set()
    if not isinstance(value, dict):
        return set()
    found: set[str] = set()
    for key, item in value.items():
        if key in {"Ref", "Fn::GetAtt", "Condition"} and isinstance(item, str):
            found.add(item.partition(".")[0])
        elif key == "Fn::Sub":
            found |= {name.partition(".")[0] for name in re.findall(r"\$\{([^}]+)\}", item)}
        else:
            found |= _references(item)
    return found
