"""Who may do what to a user.

Only the session's current role counts, no secondary roles and no role hierarchy; ACCOUNTADMIN
may do everything. Sources: [D] user-guide/key-pair-auth for keys, [D] sql-reference/sql/desc-user.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.snowflake.accounts import Account
    from sandbox.snowflake.users import User

OWNERSHIP = "OWNERSHIP"
MODIFY_AUTHENTICATION = "MODIFY PROGRAMMATIC AUTHENTICATION METHODS"


def owns(account: Account, role: str, user: User) -> bool:
    """Say whether the role may change every property of the user."""
    return role == "ACCOUNTADMIN" or (OWNERSHIP, user.name, role) in account.grants


def may_set_keys(account: Account, role: str, user: User) -> bool:
    """Say whether the role may set and unset the user's keys; being that user gives no right."""
    return owns(account, role, user) or (MODIFY_AUTHENTICATION, user.name, role) in account.grants


def may_describe(account: Account, role: str, user: User, *, asking: User) -> bool:
    """Say whether ``asking``, in this role, may read the user's properties."""
    return asking is user or owns(account, role, user)
