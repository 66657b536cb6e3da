"""CloudFormation's intrinsic functions, as far as our translated template uses them.

A function that isn't known here raises ValueError: nothing is passed through unresolved.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NO_VALUE = object()
"""What AWS::NoValue resolves to; the property or list item that holds it is left out."""

_VARIABLE = re.compile(r"\$\{(!?)([^}]+)\}")


@dataclass(frozen=True)
class Intrinsics:
    """Resolves values of one template for one set of parameters.

    ``parameters`` are as a person types them; the template's defaults stand in for the others.
    ``pseudo`` holds AWS::Region and its like. ``attribute`` is asked for what only a deployed
    resource knows: (logical id, attribute name, or None for Ref) gives text, or KeyError.
    """

    template: Mapping[str, Any]
    parameters: Mapping[str, str]
    pseudo: Mapping[str, str]
    attribute: Callable[[str, str | None], str] = field(repr=False)

    def resolve(self, value: object) -> Any:  # noqa: ANN401 (whatever the template holds)
        """Return ``value`` with every function in it replaced by its result."""
        if isinstance(value, list):
            resolved = [self.resolve(item) for item in value]
            return [item for item in resolved if item is not NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name in {"Ref", "Condition"} and isinstance(argument, str):
                return self.ref(argument) if name == "Ref" else self.condition(argument)
            if name.startswith("Fn::"):
                return self._call(name.removeprefix("Fn::"), argument)
        items = {name: self.resolve(item) for name, item in value.items()}
        return {name: item for name, item in items.items() if item is not NO_VALUE}

    def condition(self, name: str) -> bool:
        """Return whether the named condition holds."""
        return bool(self.resolve(self.template["Conditions"][name]))

    def ref(self, name: str) -> Any:  # noqa: ANN401 (a parameter may be a list)
        """Return what Ref gives for a parameter, a pseudo parameter or a resource."""
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in self.pseudo:
            return self.pseudo[name]
        if name not in self.template["Parameters"]:
            return self.attribute(name, None)
        declared = self.template["Parameters"][name]
        text = self.parameters[name] if name in self.parameters else declared["Default"]
        return str(text).split(",") if declared["Type"] == "CommaDelimitedList" else str(text)

    def _call(self, function: str, argument: Any) -> Any:  # noqa: ANN401 (as resolve)
        match function, argument:
            case "If", [name, then, otherwise]:
                return self.resolve(then if self.condition(name) else otherwise)
            case "GetAtt", [name, attribute]:
                return self.attribute(name, attribute)
            case "Sub", str(text):
                return self._substituted(text, {})
            case "Sub", [text, values]:
                return self._substituted(text, self.resolve(values))
        return _computed(function, self.resolve(argument))

    def _substituted(self, text: str, values: Mapping[str, str]) -> str:
        def of(found: re.Match[str]) -> str:
            literal, name = found.groups()
            if literal:
                return f"${{{name}}}"
            if name in values:
                return values[name]
            resource, dot, attribute = name.partition(".")
            return self.attribute(resource, attribute) if dot else str(self.ref(name))

        return _VARIABLE.sub(of, text)


def _computed(function: str, argument: Any) -> Any:  # noqa: ANN401 (as resolve)
    match function, argument:
        case "Equals", [one, other]:
            return one == other
        case "Not", [one]:
            return not one
        case "And", [*several]:
            return all(several)
        case "Or", [*several]:
            return any(several)
        case "Join", [str(separator), [*parts]]:
            return separator.join(parts)
        case "Split", [str(separator), str(text)]:
            return text.split(separator)
    raise ValueError(f"Fn::{function} with {argument!r} is not known to this resolver")
