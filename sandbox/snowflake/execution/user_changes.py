"""ALTER USER: what each change needs, and what it does. The caller holds the account's lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.snowflake.account.privileges import may_apply_authentication_policy, may_set_keys, owns
from sandbox.snowflake.account.users import KeySlot
from sandbox.snowflake.answers import refusals, setup_refusals
from sandbox.snowflake.answers.refusals import SnowflakeError
from sandbox.snowflake.answers.results import EXECUTED, ResultSet
from sandbox.snowflake.execution import key_pairs
from sandbox.snowflake.execution.naming import expect_visible
from sandbox.snowflake.sql.setup_statements import (
    SetAuthenticationPolicy,
    SetNetworkPolicy,
    UnsetAuthenticationPolicy,
    UnsetNetworkPolicy,
)
from sandbox.snowflake.sql.statements import (
    AddKeyPair,
    AlterUser,
    Change,
    RemoveKeyPair,
    SetDisabled,
    SetKey,
    UnsetKey,
)

if TYPE_CHECKING:
    from sandbox.snowflake.account.accounts import Account
    from sandbox.snowflake.account.users import User


def alter_user(statement: AlterUser, account: Account, role: str) -> ResultSet:
    """Change a user. Everything is checked first: a refused statement changes nothing."""
    user = account.users.get(statement.user)
    if user is None:
        if statement.if_exists:
            return EXECUTED
        raise SnowflakeError(refusals.user_unknown(statement.user))
    for change in statement.changes:
        if not _may(change, account, role, user):
            raise SnowflakeError(refusals.no_privilege_on_user(user.name))
    for change in statement.changes:
        _check(change, account, role, user)
    for change in statement.changes:
        _apply(change, user, account.now())
    return EXECUTED


def _may(change: Change, account: Account, role: str, user: User) -> bool:
    match change:
        case SetKey() | UnsetKey() | AddKeyPair() | RemoveKeyPair():
            return may_set_keys(account, role, user)
        case SetAuthenticationPolicy() | UnsetAuthenticationPolicy():
            return may_apply_authentication_policy(account, role, user)
        case _:
            return owns(account, role, user)


def _check(change: Change, account: Account, role: str, user: User) -> None:
    match change:
        case SetKey(slot, text):
            user.key_slot(slot).holding(text, account.now())
        case AddKeyPair(name, text):
            key_pairs.check_new(user, name, text, account.now())
        case RemoveKeyPair(name):
            key_pairs.expect(user, name)
        case SetNetworkPolicy(policy):
            expect_visible(account, role, policy, "ALTER USER")
        case SetAuthenticationPolicy(policy, force):
            expect_visible(account, role, policy, "ALTER USER")
            if user.authentication_policy is not None and not force:
                raise SnowflakeError(setup_refusals.policy_already_set(user.name))
        case UnsetAuthenticationPolicy():
            if user.authentication_policy is None:
                raise SnowflakeError(setup_refusals.policy_not_set(user.name))


def _apply(change: Change, user: User, now: float) -> None:
    match change:
        case SetKey(slot, text):
            user.set_key(slot, text)
        case UnsetKey(slot):
            user.unset_key(slot)
        case AddKeyPair(name, text):
            user.key_pairs[name] = KeySlot().holding(text, now)
        case RemoveKeyPair(name):
            del user.key_pairs[name]
        case SetDisabled(disabled):
            user.disabled = disabled
        case SetNetworkPolicy(policy):
            user.network_policy = policy
        case UnsetNetworkPolicy():
            user.network_policy = None
        case SetAuthenticationPolicy(policy):
            user.authentication_policy = policy
        case UnsetAuthenticationPolicy():
            user.authentication_policy = None
