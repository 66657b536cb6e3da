"""Who may do what.

Only the session's current role counts, with the roles it inherits, and no secondary roles. The
hierarchy is that of the system roles; GRANT ROLE … TO ROLE is not modelled. ACCOUNTADMIN may do
everything. Sources: [D] user-guide/security-access-control-overview (system roles and what they
may), user-guide/key-pair-auth for keys, sql-reference/sql/desc-user,
user-guide/network-policies and user-guide/authentication-policies for the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.snowflake.account.grants import (
    APPLY_AUTHENTICATION_POLICY,
    GRANTABLE,
    MANAGE_GRANTS,
    MODIFY_AUTHENTICATION,
    OWNERSHIP,
)
from sandbox.snowflake.objects import THE_ACCOUNT, user_id

if TYPE_CHECKING:
    from sandbox.snowflake.account.accounts import Account
    from sandbox.snowflake.account.users import User
    from sandbox.snowflake.objects import ObjectId

_INHERITS = {
    "ACCOUNTADMIN": frozenset({"SECURITYADMIN", "USERADMIN", "SYSADMIN"}),
    "SECURITYADMIN": frozenset({"USERADMIN"}),
}


def inherited(role: str) -> frozenset[str]:
    """Return the role and all roles whose privileges it has."""
    return _INHERITS.get(role, frozenset()) | {role, "PUBLIC"}


def usable_roles(user: User) -> frozenset[str]:
    """Return the roles a user may take: those granted, and those they inherit."""
    return frozenset().union(*(inherited(role) for role in user.roles))


def has(account: Account, role: str, privilege: str, target: ObjectId) -> bool:
    """Say whether a role has a privilege on an object."""
    if role == "ACCOUNTADMIN":
        return True
    return any((privilege, target, held) in account.grants for held in inherited(role))


def owns_object(account: Account, role: str, target: ObjectId) -> bool:
    """Say whether a role owns an object, itself or through a role it inherits."""
    return has(account, role, OWNERSHIP, target)


def may_grant(account: Account, role: str, target: ObjectId) -> bool:
    """Say whether a role may grant privileges on an object ([D] sql-reference/sql/grant-privilege).

    A role is granted to users by who owns it ([D] sql-reference/sql/grant-role).
    """
    return owns_object(account, role, target) or has(account, role, MANAGE_GRANTS, THE_ACCOUNT)


def owns(account: Account, role: str, user: User) -> bool:
    """Say whether the role may change every property of the user."""
    return owns_object(account, role, user_id(user.name))


def may_set_keys(account: Account, role: str, user: User) -> bool:
    """Say whether the role may set and unset the user's keys; being that user gives no right."""
    return owns(account, role, user) or has(
        account, role, MODIFY_AUTHENTICATION, user_id(user.name)
    )


def may_describe(account: Account, role: str, user: User, *, asking: User) -> bool:
    """Say whether ``asking``, in this role, may read the user's properties."""
    return asking is user or owns(account, role, user)


def may_apply_authentication_policy(account: Account, role: str, user: User) -> bool:
    """Say whether the role may put an authentication policy on the user."""
    places = (THE_ACCOUNT, user_id(user.name))
    return any(has(account, role, APPLY_AUTHENTICATION_POLICY, place) for place in places)


def may_use(account: Account, role: str, target: ObjectId) -> bool:
    """Say whether the role has any privilege on an object: without one it does not see it."""
    return owns_object(account, role, target) or any(
        has(account, role, privilege, target) for privilege in GRANTABLE.get(target.kind, ())
    )
