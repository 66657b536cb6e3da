"""GRANT and REVOKE. No I/O; the caller holds the account's lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.snowflake import setup_refusals
from sandbox.snowflake.naming import expect_visible
from sandbox.snowflake.objects import ObjectId, role_id, user_id
from sandbox.snowflake.privileges import may_grant
from sandbox.snowflake.refusals import SnowflakeError
from sandbox.snowflake.results import EXECUTED, ResultSet

if TYPE_CHECKING:
    from sandbox.snowflake.accounts import Account
    from sandbox.snowflake.setup_statements import ChangeGrants, ChangeRoleOfUser


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


def _expect_may_grant(target: ObjectId, account: Account, role: str, command: str) -> None:
    expect_visible(account, role, target, command)
    if not may_grant(account, role, target):
        raise SnowflakeError(setup_refusals.no_privilege_on(target))
