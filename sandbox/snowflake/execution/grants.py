"""GRANT and REVOKE. No I/O; the caller holds the account's lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.snowflake.account.grants import OWNERSHIP
from sandbox.snowflake.account.privileges import may_grant
from sandbox.snowflake.answers import setup_refusals
from sandbox.snowflake.answers.refusals import SnowflakeError
from sandbox.snowflake.answers.results import EXECUTED, ResultSet
from sandbox.snowflake.execution.naming import expect_visible
from sandbox.snowflake.objects import ObjectId, role_id, user_id

if TYPE_CHECKING:
    from sandbox.snowflake.account.accounts import Account
    from sandbox.snowflake.sql.setup_statements import (
        ChangeGrants,
        ChangeRoleOfUser,
        GrantOwnership,
    )


def change_grants(statement: ChangeGrants, account: Account, role: str) -> ResultSet:
    """Give privileges on an object to a role, or take them; either may be repeated.

    Raises:
        SnowflakeError: 002003, 003001, 090105; then nothing has changed.

    """
    _expect_may_grant(statement.target, account, role, statement.kind)
    expect_visible(account, role, role_id(statement.role), statement.kind)
    grants = {(each, statement.target, statement.role) for each in statement.privileges}
    account.grants = account.grants - grants if statement.revoke else account.grants | grants
    return EXECUTED


def change_role_of_user(statement: ChangeRoleOfUser, account: Account, role: str) -> ResultSet:
    """Give a role to a user, or take it; either may be repeated.

    Raises:
        SnowflakeError: 002003, 003001; then nothing has changed.

    """
    _expect_may_grant(role_id(statement.role), account, role, statement.kind)
    expect_visible(account, role, user_id(statement.user), statement.kind)
    roles = account.user(statement.user).roles
    if statement.revoke:
        roles.discard(statement.role)
    else:
        roles.add(statement.role)
    return EXECUTED


def grant_ownership(statement: GrantOwnership, account: Account, role: str) -> ResultSet:
    """Give a user to another role ([D] sql-reference/sql/grant-ownership).

    What others hold on the user must be copied or revoked, else it is in the way.

    Raises:
        SnowflakeError: 002003, 003001, 003036; then nothing has changed.

    """
    target = user_id(statement.user)
    _expect_may_grant(target, account, role, statement.kind)
    expect_visible(account, role, role_id(statement.role), statement.kind)
    others = {g for g in account.grants if g[1] == target and g[0] != OWNERSHIP}
    if others and statement.current_grants is None:
        raise SnowflakeError(setup_refusals.dependent_grant(min(others)[0], target))
    if statement.current_grants == "REVOKE":
        account.grants = account.grants - others
    account.grant(OWNERSHIP, on_user=statement.user, to_role=statement.role)
    return EXECUTED


def _expect_may_grant(target: ObjectId, account: Account, role: str, command: str) -> None:
    expect_visible(account, role, target, command)
    if not may_grant(account, role, target):
        raise SnowflakeError(setup_refusals.no_privilege_on(target))
