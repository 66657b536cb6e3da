"""Reads a CloudFormation template and evaluates its conditions, for the tests of this folder."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import yaml  # type: ignore[import-untyped,unused-ignore]

Template = dict[str, Any]
_SHORT_FORMS_WITHOUT_PREFIX = {"Ref", "Condition"}


# Ten times as fast where PyYAML has it.
_Safe: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Safe):  # type: ignore[misc,unused-ignore]
    """SafeLoader that turns !Ref, !Sub, !GetAtt… into their long forms."""


def _long_form(loader: _Loader, suffix: str, node: object) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    name = suffix if suffix in _SHORT_FORMS_WITHOUT_PREFIX else f"Fn::{suffix}"
    return {name: value}


_Loader.add_multi_constructor("!", _long_form)


def load(text: str) -> Template:
    document: Template = yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader
    return document


def references(value: object) -> set[str]:
    """Names that ``value`` refers to by Ref, Fn::GetAtt, Fn::Sub, Fn::If, Condition, DependsOn."""
    if isinstance(value, list):
        return set().union(*map(references, value))
    if not isinstance(value, dict):
        return set()
    return set().union(*(_named(key, item) for key, item in value.items()))


def _named(key: str, item: Any) -> set[str]:  # noqa: ANN401 - any part of a template
    if key == "Fn::Sub":
        return {name.partition(".")[0] for name in re.findall(r"\$\{([^}!]+)\}", item)}
    if key == "Fn::GetAtt":
        return {(item if isinstance(item, str) else item[0]).partition(".")[0]}
    if key == "Fn::If":
        return {item[0]} | references(item[1:])
    if key == "DependsOn":
        return {item} if isinstance(item, str) else set(item)
    if key in _SHORT_FORMS_WITHOUT_PREFIX and isinstance(item, str):
        return {item}
    return references(item)


def properties(template: Template, name: str) -> dict[str, Any]:
    found: dict[str, Any] = template["Resources"][name]["Properties"]
    return found


def of_type(template: Template, name: str) -> dict[str, dict[str, Any]]:
    resources = template["Resources"].items()
    return {logical: resource for logical, resource in resources if resource["Type"] == name}


def statements(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Statements of a policy document by Sid, those behind a condition included."""
    chosen = [item["Fn::If"][1] if "Fn::If" in item else item for item in document["Statement"]]
    return {statement["Sid"]: statement for statement in chosen}


def role_statements(template: Template, role: str) -> dict[str, dict[str, Any]]:
    (policy,) = properties(template, role)["Policies"]
    return statements(policy["PolicyDocument"])


def true_conditions(template: Template, given: Mapping[str, str]) -> set[str]:
    """Conditions that hold with the parameters ``given``; the others have their defaults."""
    defaults = {name: p.get("Default", "") for name, p in template["Parameters"].items()}
    return {
        name for name in template["Conditions"] if _holds(template, name, defaults | dict(given))
    }


def broken_rules(template: Template, given: Mapping[str, str]) -> set[str]:
    """Rules with an assertion that the parameters ``given`` don't meet."""
    defaults = {name: p.get("Default", "") for name, p in template["Parameters"].items()}
    values = defaults | dict(given)
    return {
        name
        for name, rule in template["Rules"].items()
        if _evaluate(template, rule["RuleCondition"], values)
        and not all(_evaluate(template, a["Assert"], values) for a in rule["Assertions"])
    }


def _holds(template: Template, name: str, values: Mapping[str, Any]) -> bool:
    return bool(_evaluate(template, template["Conditions"][name], values))


def _evaluate(template: Template, expression: Any, values: Mapping[str, Any]) -> Any:  # noqa: ANN401
    if not isinstance(expression, dict):
        return expression
    ((function, argument),) = expression.items()
    if function == "Ref":
        return values[argument]
    if function == "Condition":
        return _holds(template, argument, values)
    found: list[Any] = [_evaluate(template, item, values) for item in argument]
    functions: dict[str, Callable[[], Any]] = {
        "Fn::Equals": lambda: found[0] == found[1],
        "Fn::Not": lambda: not found[0],
        "Fn::And": lambda: all(found),
        "Fn::Or": lambda: any(found),
        # The one list there is: a parameter of the type CommaDelimitedList.
        "Fn::Join": lambda: found[0].join(found[1].split(",")),
    }
    return functions[function]()


def cycles(template: Template) -> set[str]:
    """Resources that wait for themselves, by way of others or not."""
    return {name for name in template["Resources"] if name in waits_for(template, name)}


def waits_for(template: Template, name: str) -> set[str]:
    """Resources that are there before ``name`` is created."""
    resources = template["Resources"]
    seen: set[str] = set()
    queue = [name]
    while queue:
        found = references(resources[queue.pop()]) & resources.keys() - seen
        seen |= found
        queue.extend(found)
    return seen
