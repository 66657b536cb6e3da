"""How Snowflake refuses what a set-up script asks for, each with its source.

Sources: as in ``refusals``; [C] here also the Snowflake Terraform provider, whose guides and tests
quote what the server answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.snowflake.answers.refusals import Refusal

if TYPE_CHECKING:
    from sandbox.snowflake.objects import ObjectId


def object_exists(target: ObjectId) -> Refusal:
    """Refuse to create what exists ([D] user-guide/object-clone shows it for a table)."""
    return _compilation("002002", f"Object '{target.name}' already exists.", "42710")


def object_unknown(target: ObjectId) -> Refusal:
    """Refuse a statement about what does not exist, or what the role may not see ([2nd])."""
    kind = target.kind.value.capitalize()
    return _compilation("002003", f"{kind} '{target}' does not exist or not authorized.", "02000")


def no_privilege_on(target: ObjectId) -> Refusal:
    """Refuse for want of a privilege ([2nd]; newer servers add which role needs which)."""
    return Refusal(
        "003001",
        "SQL access control error:\n"
        f"Insufficient privileges to operate on {target.kind.value.lower()} '{target.name}'",
        "42501",
    )


def no_current_database(command: str) -> Refusal:
    """Refuse a name without its database or schema: sessions here never have one ([2nd])."""
    return Refusal(
        "090105",
        f"Cannot perform {command}. This session does not have a current database. Call 'USE "
        "DATABASE', or use a qualified name.",
        "22000",
    )


def invalid_value(value: str, parameter: str) -> Refusal:
    """Refuse a property's value ([C] for other objects; for these it is a guess)."""
    return _compilation("001008", f"invalid value [{value}] for parameter '{parameter}'", "22023")


def dependent_grant(privilege: str, target: ObjectId) -> Refusal:
    """Refuse to move an ownership while others hold a privilege ([2nd], its code is a guess)."""
    return Refusal(
        "003036",
        f"SQL execution error:\nDependent grant of privilege '{privilege}' on securable "
        f"'{target.name}' exists. It must be revoked first.",
        "42501",
    )


def policy_already_set(user: str) -> Refusal:
    """Refuse a second authentication policy without FORCE ([C] for an account)."""
    return Refusal(
        "003549",
        f"Object {user} already has a AUTHENTICATION_POLICY. Only one AUTHENTICATION_POLICY is "
        "allowed at a time.",
        "23505",
    )


def policy_not_set(user: str) -> Refusal:
    """Refuse to unset an authentication policy that is not there (a guess)."""
    return Refusal(
        "003551",
        f"Any policy of kind AUTHENTICATION_POLICY is not attached to {user}.",
        "23503",
    )


def policy_in_use(target: ObjectId) -> Refusal:
    """Refuse to drop an authentication policy that a user has ([2nd] for policies of tables)."""
    return _compilation(
        "003531",
        f"Policy {target.name} cannot be dropped/replaced as it is associated with one or more "
        "entities.",
        "42601",
    )


def network_policy_in_use(target: ObjectId, user: str) -> Refusal:
    """Refuse to drop a network policy that a user has ([C])."""
    return _compilation(
        "001492",
        f"Cannot perform Drop operation on network policy {target.name}. The policy is attached to "
        f"USER with name {user}. Unset the network policy from USER and try the Drop operation "
        "again.",
        "42601",
    )


def rule_in_use(target: ObjectId) -> Refusal:
    """Refuse to drop a network rule that a network policy names, or what holds one.

    [C] for a database; for the rule itself and for a schema the words are a guess.
    """
    return Refusal(
        "098507",
        f"Cannot drop {target.kind.value.lower()} {target.name} as it includes network rule - "
        "policy associations.",
        "2BP01",
    )


def _compilation(code: str, message: str, sqlstate: str) -> Refusal:
    return Refusal(code, f"SQL compilation error:\n{message}", sqlstate)
