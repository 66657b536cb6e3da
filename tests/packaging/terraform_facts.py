"""What setup/terraform makes, as the facts of ``setup_facts``. Parsed, never planned or applied."""

from __future__ import annotations

import re
from typing import Any

import hcl2

from sandbox.snowflake.objects import Kind
from tests.packaging.setup_facts import (
    ADDRESSES,
    ALLOWED,
    KEY,
    SETUP,
    USER,
    Facts,
    fact,
    properties,
)

VARIABLES = {
    "var.user": USER,
    "var.database": "SERVICE_USERS",
    "var.public_key": KEY,
    "var.addresses": list(ADDRESSES),
}
USER_ARGUMENTS = {
    "RSA_PUBLIC_KEY": "rsa_public_key",
    "DEFAULT_SECONDARY_ROLES": "default_secondary_roles_option",
}
# resource type -> kind of object, and the argument of each property
RESOURCES: dict[str, tuple[Kind, dict[str, str]]] = {
    "snowflake_database": (Kind.DATABASE, {}),
    "snowflake_schema": (Kind.SCHEMA, {}),
    "snowflake_account_role": (Kind.ROLE, {}),
    "snowflake_service_user": (Kind.USER, USER_ARGUMENTS),
    "snowflake_authentication_policy": (
        Kind.AUTHENTICATION_POLICY,
        {"AUTHENTICATION_METHODS": "authentication_methods", "CLIENT_TYPES": "client_types"},
    ),
    "snowflake_network_rule": (
        Kind.NETWORK_RULE,
        {"TYPE": "type", "MODE": "mode", "VALUE_LIST": "value_list"},
    ),
    "snowflake_network_policy": (Kind.NETWORK_POLICY, {ALLOWED: "allowed_network_rule_list"}),
}


class Configuration:
    """The facts of setup/terraform."""

    def __init__(self) -> None:
        self.blocks: dict[str, list[dict[str, Any]]] = {}
        for path in sorted((SETUP / "terraform").glob("*.tf")):
            with path.open(encoding="utf-8") as file:
                for name, found in plain(hcl2.load(file)).items():
                    self.blocks.setdefault(name, []).extend(found)
        self.resources: dict[tuple[str, str], dict[str, Any]] = {
            (kind, name): arguments
            for block in self.blocks["resource"]
            for kind, named in block.items()
            for name, arguments in named.items()
        }
        self.roles = {
            provider["alias"]: provider["role"]
            for block in self.blocks["provider"]
            for provider in block.values()
        }
        self.facts: Facts = {}
        for (kind, _), arguments in self.resources.items():
            role = self.roles[arguments["provider"].removeprefix("${snowflake.").rstrip("}")]
            self.facts |= dict.fromkeys(self.facts_of(kind, arguments), role)

    def facts_of(self, resource: str, arguments: dict[str, Any]) -> list[str]:
        if resource in RESOURCES:
            return self.created(resource, arguments)
        value = {name: self.value(found) for name, found in arguments.items()}
        if resource == "snowflake_grant_privileges_to_account_role":
            kind, target = self.granted_on(value)
            role = value["account_role_name"]
            return [fact("grant", set(value["privileges"]), kind, target, role)]
        if resource == "snowflake_grant_account_role":
            return [fact("grant role", value["role_name"], value["user_name"])]
        assert resource == "snowflake_user_authentication_policy_attachment"
        policy = value["authentication_policy_name"]
        return [fact("authentication policy", value["user_name"], policy)]

    def created(self, resource: str, arguments: dict[str, Any]) -> list[str]:
        kind, names = RESOURCES[resource]
        found = {name: self.value(arguments[argument]) for name, argument in names.items()}
        if found.get("DEFAULT_SECONDARY_ROLES") == "NONE":
            found["DEFAULT_SECONDARY_ROLES"] = ()
        path, user_type = self.path(arguments), "SERVICE" if kind is Kind.USER else ""
        facts = [fact("create", kind.value, user_type, path, properties(found))]
        if "network_policy" in arguments:
            facts.append(fact("network policy", path, self.value(arguments["network_policy"])))
        return facts

    @staticmethod
    def granted_on(value: dict[str, Any]) -> tuple[str, str]:
        if "on_schema" in value:
            return "SCHEMA", value["on_schema"][0]["schema_name"]
        (target,) = value["on_account_object"]
        return target["object_type"], target["object_name"]

    def path(self, arguments: dict[str, Any]) -> str:
        parts = [arguments[part] for part in ("database", "schema", "name") if part in arguments]
        return ".".join(self.value(part) for part in parts)

    def value(self, expression: Any) -> Any:  # noqa: ANN401 - text, a list or a block
        """Return what an expression comes to: only references and texts occur."""
        if isinstance(expression, list):
            return [self.value(each) for each in expression]
        if isinstance(expression, dict):
            return {name: self.value(each) for name, each in expression.items()}
        if not isinstance(expression, str):
            return expression
        whole = re.fullmatch(r"\$\{([\w.]+)\}|((?:snowflake_\w+|var|local)\.[\w.]+)", expression)
        if whole:
            return self.reference(whole[1] or whole[2])
        return re.sub(r"\$\{([\w.]+)\}", lambda mark: str(self.reference(mark[1])), expression)

    def reference(self, name: str) -> Any:  # noqa: ANN401 - as value
        if name in VARIABLES:
            return VARIABLES[name]
        first, second, *rest = name.split(".")
        if first == "local":
            return self.value(self.blocks["locals"][0][second])
        if first in {"var", "snowflake"}:
            return name
        arguments = self.resources[first, second]
        return (
            self.path(arguments)
            if rest == ["fully_qualified_name"]
            else self.value(arguments[rest[0]])
        )


def plain(parsed: Any) -> Any:  # noqa: ANN401 - what hcl2 returns
    """Take python-hcl2's quotes and notes off."""
    if isinstance(parsed, list):
        return [plain(each) for each in parsed]
    if isinstance(parsed, dict):
        return {
            name.strip('"'): plain(each)
            for name, each in parsed.items()
            if name not in ("__comments__", "__inline_comments__", "__is_block__")
        }
    return parsed.strip('"') if isinstance(parsed, str) else parsed
