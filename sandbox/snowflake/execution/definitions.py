"""What CREATE makes of its properties, checked.

Which error Snowflake gives for a wrong value is documented for none of them: 001008 is a guess.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING, TypedDict

from sandbox.snowflake.account.policies import (
    IPV4,
    AuthenticationPolicy,
    Content,
    NetworkPolicy,
    NetworkRule,
)
from sandbox.snowflake.answers import setup_refusals
from sandbox.snowflake.answers.refusals import SnowflakeError
from sandbox.snowflake.execution.naming import expect_visible
from sandbox.snowflake.objects import Kind, ObjectId
from sandbox.snowflake.sql.token_cursor import TokenCursor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.snowflake.account.accounts import Account
    from sandbox.snowflake.sql.setup_statements import CreateObject

# [D] sql-reference/sql/create-authentication-policy, create-network-rule, create-user
METHODS = frozenset(
    {"ALL", "SAML", "OIDC", "PASSWORD", "OAUTH", "KEYPAIR", "PROGRAMMATIC_ACCESS_TOKEN"}
) | {"WORKLOAD_IDENTITY"}
CLIENT_TYPES = frozenset({"ALL", "SNOWFLAKE_UI", "DRIVERS", "SNOWSQL", "SNOWFLAKE_CLI"})
RULE_TYPES = frozenset({IPV4, "AWSVPCEID"})
_IAM_ROLE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]{1,512}")
USER_TYPES = frozenset({"PERSON", "SERVICE", "LEGACY_SERVICE"})


class UserProperties(TypedDict):
    """What CREATE USER says, as ``Account.create_user`` takes it."""

    user_type: str
    default_role: str
    rsa_public_key: str | None
    rsa_public_key_2: str | None
    workload_arn: str | None


def user_properties(statement: CreateObject) -> UserProperties:
    """Return the properties of a user.

    Raises:
        SnowflakeError: 001008.

    """
    user_type = statement.text("TYPE", "PERSON")
    _expect_known([user_type], USER_TYPES, "TYPE")
    _expect_known(statement.texts("DEFAULT_SECONDARY_ROLES"), {"ALL"}, "DEFAULT_SECONDARY_ROLES")
    return UserProperties(
        user_type=user_type,
        default_role=statement.text("DEFAULT_ROLE", "PUBLIC"),
        rsa_public_key=statement.text("RSA_PUBLIC_KEY") or None,
        rsa_public_key_2=statement.text("RSA_PUBLIC_KEY_2") or None,
        workload_arn=_workload_arn(statement, user_type),
    )


def _workload_arn(statement: CreateObject, user_type: str) -> str | None:
    """Return the IAM role of ``WORKLOAD_IDENTITY = (TYPE = AWS ARN = '…')``."""
    identity = statement.texts("WORKLOAD_IDENTITY")
    if not identity:
        return None
    # For services only ([D] user-guide/workload-identity-federation); ours are AWS's alone.
    _expect_known([user_type], {"SERVICE"}, "TYPE")
    kind, arn = identity
    _expect_known([kind], {"AWS"}, "WORKLOAD_IDENTITY")
    if not _IAM_ROLE.fullmatch(arn):
        raise SnowflakeError(setup_refusals.invalid_value(arn, "ARN"))
    return arn


def content_of(statement: CreateObject, account: Account, role: str) -> Content:
    """Return what a policy or rule says; None for what only has a name.

    Raises:
        SnowflakeError: 001008, 002003 (a rule that a network policy names), 090105.

    """
    match statement.target.kind:
        case Kind.AUTHENTICATION_POLICY:
            return _authentication_policy(statement)
        case Kind.NETWORK_RULE:
            return _network_rule(statement)
        case Kind.NETWORK_POLICY:
            return NetworkPolicy(
                allowed=_rules(statement, "ALLOWED_NETWORK_RULE_LIST", account, role),
                blocked=_rules(statement, "BLOCKED_NETWORK_RULE_LIST", account, role),
            )
        case _:
            return None


def _authentication_policy(statement: CreateObject) -> AuthenticationPolicy:
    methods = statement.texts("AUTHENTICATION_METHODS", ("ALL",))
    client_types = statement.texts("CLIENT_TYPES", ("ALL",))
    _expect_known(methods, METHODS, "AUTHENTICATION_METHODS")
    _expect_known(client_types, CLIENT_TYPES, "CLIENT_TYPES")
    return AuthenticationPolicy(frozenset(methods), frozenset(client_types))


def _network_rule(statement: CreateObject) -> NetworkRule:
    rule_type, values = statement.text("TYPE"), statement.texts("VALUE_LIST")
    _expect_known([rule_type], RULE_TYPES, "TYPE")
    # the default is [D]; the other modes are for stages and for egress
    _expect_known([statement.text("MODE", "INGRESS")], {"INGRESS"}, "MODE")
    for value in values or ("",):
        if not (_is_ipv4(value) if rule_type == IPV4 else value.startswith("vpce-")):
            raise SnowflakeError(setup_refusals.invalid_value(value, "VALUE_LIST"))
    return NetworkRule(rule_type, values)


def _rules(statement: CreateObject, name: str, account: Account, role: str) -> tuple[ObjectId, ...]:
    """Return the rules that a list names: each text is an identifier, folded as in SQL."""
    rules = tuple(
        ObjectId(Kind.NETWORK_RULE, TokenCursor(text).path()) for text in statement.texts(name)
    )
    for rule in rules:
        expect_visible(account, role, rule, statement.kind)
    return rules


def _expect_known(values: Iterable[str], known: Iterable[str], parameter: str) -> None:
    for value in values:
        if value not in known:
            raise SnowflakeError(setup_refusals.invalid_value(value, parameter))


def _is_ipv4(text: str) -> bool:
    try:
        ipaddress.IPv4Network(text, strict=False)
    except ValueError:
        return False
    return True
