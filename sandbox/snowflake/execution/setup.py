"""CREATE and DROP. No I/O; the caller holds the account's lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.snowflake.account.grants import OWNERSHIP
from sandbox.snowflake.account.policies import NetworkPolicy
from sandbox.snowflake.account.privileges import has, owns_object
from sandbox.snowflake.answers import setup_refusals
from sandbox.snowflake.answers.refusals import SnowflakeError
from sandbox.snowflake.answers.results import ResultSet, done
from sandbox.snowflake.execution.definitions import content_of, user_properties
from sandbox.snowflake.execution.naming import expect_full_name, expect_parents, expect_visible
from sandbox.snowflake.objects import THE_ACCOUNT, Kind, ObjectId

if TYPE_CHECKING:
    from sandbox.snowflake.account.accounts import Account
    from sandbox.snowflake.sql.setup_statements import CreateObject, DropObject


def create(statement: CreateObject, account: Account, role: str) -> ResultSet:
    """Create an object; the role then owns it.

    Raises:
        SnowflakeError: 001008, 002002, 002003, 003001, 090105, 390000; then nothing has changed.

    """
    target = statement.target
    expect_full_name(target, statement.kind)
    expect_parents(account, role, target)
    if statement.or_alter and account.exists(target):
        return _alter(statement, account, role)
    _expect_may_create(account, role, target)
    if _exists(account, target):
        if statement.if_not_exists:
            return done(f"{target.name} already exists, statement succeeded.")
        raise SnowflakeError(setup_refusals.object_exists(target))
    _add(statement, account, role)
    account.grants.add((OWNERSHIP, target, role))
    return done(f"{target.kind.value.capitalize()} {target.name} successfully created.")


def drop(statement: DropObject, account: Account, role: str) -> ResultSet:
    """Drop an object, with what is in it and every grant on it.

    Raises:
        SnowflakeError: 002003, 003001, 090105, or a code that says what it is in use for.

    """
    target = statement.target
    expect_full_name(target, statement.kind)
    # IF EXISTS succeeds for whatever the role can't see, too ([D] for the object alone)
    if not account.exists(target) and statement.if_exists:
        return done(
            "Drop statement executed successfully "
            f"({target.name} already dropped or not authorized)."
        )
    expect_visible(account, role, target, statement.kind)
    if not owns_object(account, role, target):
        raise SnowflakeError(setup_refusals.no_privilege_on(target))
    _expect_unused(account, target)
    account.remove(target)
    return done(f"{target.name} successfully dropped.")


def _alter(statement: CreateObject, account: Account, role: str) -> ResultSet:
    """Make an existing object what the statement says; its owner may."""
    target = statement.target
    if not owns_object(account, role, target):
        raise SnowflakeError(setup_refusals.no_privilege_on(target))
    account.objects[target] = content_of(statement, account, role)
    return done(f"{target.kind.value.capitalize()} {target.name} successfully altered.")


def _expect_may_create(account: Account, role: str, target: ObjectId) -> None:
    place = target.parent or THE_ACCOUNT
    privilege = f"CREATE {target.kind.value}"
    if not (has(account, role, privilege, place) or owns_object(account, role, place)):
        raise SnowflakeError(setup_refusals.no_privilege_on(place))


def _add(statement: CreateObject, account: Account, role: str) -> None:
    target = statement.target
    match target.kind:
        case Kind.USER:
            account.create_user(target.name, **user_properties(statement))
        case Kind.ROLE:
            account.create_role(target.name)
        case _:
            account.objects[target] = content_of(statement, account, role)


def _exists(account: Account, target: ObjectId) -> bool:
    # a user is there too when another one logs in with this name
    return account.exists(target) or (
        target.kind is Kind.USER and account.user_logging_in_as(target.name) is not None
    )


def _expect_unused(account: Account, target: ObjectId) -> None:
    """Refuse to drop what is in use, or what holds it.

    That a database with an assigned authentication policy can't be dropped is a guess.
    """
    for user in account.users.values():
        if user.network_policy == target:
            raise SnowflakeError(setup_refusals.network_policy_in_use(target, user.name))
        if user.authentication_policy and _is_or_holds(target, user.authentication_policy):
            raise SnowflakeError(setup_refusals.policy_in_use(user.authentication_policy))
    policies = (each for each in account.objects.values() if isinstance(each, NetworkPolicy))
    rules = {rule for policy in policies for rule in (*policy.allowed, *policy.blocked)}
    if any(_is_or_holds(target, rule) for rule in rules):
        raise SnowflakeError(setup_refusals.rule_in_use(target))


def _is_or_holds(target: ObjectId, inner: ObjectId) -> bool:
    if target.kind not in (Kind.DATABASE, Kind.SCHEMA):
        return target == inner
    return inner.path[: len(target.path)] == target.path
