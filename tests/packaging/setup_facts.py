"""What setup/snowflake/service_user.sql makes, as facts that Terraform can be compared by."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sandbox.snowflake.objects import Kind
from sandbox.snowflake.sql.parser import parse
from sandbox.snowflake.sql.setup_statements import (
    ChangeGrants,
    ChangeRoleOfUser,
    CreateObject,
    SetAuthenticationPolicy,
    SetNetworkPolicy,
)
from sandbox.snowflake.sql.statements import AlterUser, Statement, UseRole

SETUP = Path(__file__).parents[2] / "setup"
KEY, ADDRESSES = "QUJD", ("203.0.113.7", "198.51.100.0/28")
USER = "SVC_PIPELINE"
ALLOWED = "ALLOWED_NETWORK_RULE_LIST"
# A fact is what is made or granted, as text; its value is the role that does it.
Facts = dict[str, str]


def fact(*parts: object) -> str:
    return " | ".join(", ".join(sorted(p)) if isinstance(p, set) else str(p) for p in parts)


def properties(found: dict[str, Any]) -> str:
    texts = {
        name: ",".join(sorted(value)) if isinstance(value, tuple | list) else value
        for name, value in found.items()
    }
    return fact({f"{name}={text}" for name, text in texts.items()})


class Script:
    """The facts of service_user.sql."""

    def __init__(self) -> None:
        text = (SETUP / "snowflake" / "service_user.sql").read_text(encoding="utf-8")
        values = {"public_key": KEY, "addresses": ", ".join(f"'{a}'" for a in ADDRESSES)}
        text = re.sub(r"^\s*--.*$", "", text, flags=re.MULTILINE)
        text = re.sub(r"<% (\w+) %>", lambda mark: values[mark[1]], text)
        self.statements = [parse(each) for each in text.split(";") if each.strip()]
        self.facts: Facts = {}
        role = ""
        for statement in self.statements:
            if isinstance(statement, UseRole):
                role = statement.role
            else:
                self.facts[self.fact_of(statement)] = role

    @staticmethod
    def fact_of(statement: Statement) -> str:
        match statement:
            case CreateObject(target=target, properties=found):
                stated = {name: found[name] for name in found if name not in ("COMMENT", "TYPE")}
                if target.kind is Kind.NETWORK_POLICY:
                    stated[ALLOWED] = tuple(rule.upper() for rule in statement.texts(ALLOWED))
                kind = found.get("TYPE", "")
                if target.kind is Kind.NETWORK_RULE:
                    stated["TYPE"], kind = kind, ""
                return fact("create", target.kind.value, kind, target, properties(stated))
            case ChangeGrants(privileges, target, role):
                return fact("grant", set(privileges), target.kind.value, target, role)
            case ChangeRoleOfUser(role, user):
                return fact("grant role", role, user)
            case AlterUser(user, _, (SetNetworkPolicy(policy),)):
                return fact("network policy", user, policy)
            case AlterUser(user, _, (SetAuthenticationPolicy(policy),)):
                return fact("authentication policy", user, policy)
        raise AssertionError(f"nothing in Terraform stands for {statement}")
