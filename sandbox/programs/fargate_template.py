"""A resource of a CloudFormation template as the service's API takes it.

As much of CloudFormation as examples/fargate/template.yaml needs: Ref, Fn::GetAtt and Fn::Sub.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml  # type: ignore[import-untyped,unused-ignore]

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["api_parameters", "read_template"]


class _Loader(yaml.SafeLoader):  # type: ignore[misc,unused-ignore]
    """SafeLoader that takes !Ref, !Sub, !GetAtt and the like for {"Ref": …} and so on."""


def _long_form(loader: _Loader, suffix: str, node: Any) -> dict[str, Any]:  # noqa: ANN401
    if isinstance(node, yaml.ScalarNode):
        return {suffix: loader.construct_scalar(node)}
    return {suffix: loader.construct_sequence(node, deep=True)}


_Loader.add_multi_constructor("!", _long_form)


def read_template(path: Path) -> dict[str, Any]:
    """Return the template with !Ref, !Sub and !GetAtt in their long form, without "Fn::"."""
    document: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506
    return document


def api_parameters(
    template: Mapping[str, Any], resource: str, names: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a resource's properties; ``names`` says what its references lead to.

    Raises KeyError for a reference that leads nowhere.
    """
    properties = template["Resources"][resource]["Properties"]
    found: dict[str, Any] = _api_form(_resolved(properties, names))
    return found


def _resolved(value: Any, names: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """Return a part of the template with its functions evaluated; raises KeyError."""
    match value:
        case {"Ref": name} | {"GetAtt": name}:
            return names[name]
        case {"Sub": text}:
            return re.sub(r"\$\{([^}]+)\}", lambda found: str(names[found[1]]), text)
        case dict():
            return {key: _resolved(item, names) for key, item in value.items()}
        case list():
            return [_resolved(item, names) for item in value]
    return value


def _api_form(value: Any) -> Any:  # noqa: ANN401
    """Return CloudFormation's properties as the API spells them: with a small first letter."""
    match value:
        case dict():
            return {key[0].lower() + key[1:]: _api_form(item) for key, item in value.items()}
        case list():
            return [_api_form(item) for item in value]
    return value
