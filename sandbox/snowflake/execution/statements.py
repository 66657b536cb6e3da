"""What a statement does. No I/O; the caller holds the account's lock."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, assert_never

from sandbox.snowflake.account.privileges import may_describe, usable_roles
from sandbox.snowflake.account.users import SLOTS, Slot, User
from sandbox.snowflake.answers import refusals, results
from sandbox.snowflake.answers.refusals import SnowflakeError
from sandbox.snowflake.answers.results import EXECUTED, Column, ResultSet, text_columns
from sandbox.snowflake.execution import listing
from sandbox.snowflake.execution.grants import change_grants, change_role_of_user, grant_ownership
from sandbox.snowflake.execution.session_changes import change_session
from sandbox.snowflake.execution.setup import create, drop
from sandbox.snowflake.execution.user_changes import alter_user
from sandbox.snowflake.sql.session_statements import EndTransaction, SetAutocommit
from sandbox.snowflake.sql.setup_statements import (
    ChangeGrants,
    ChangeRoleOfUser,
    CreateObject,
    DropObject,
    GrantOwnership,
    SetupStatement,
)
from sandbox.snowflake.sql.statements import (
    AlterUser,
    ContextFunction,
    DescribeUser,
    Expression,
    Number,
    Select,
    ShowKeyPairs,
    ShowUsers,
    Statement,
    Text,
    UseRole,
)

if TYPE_CHECKING:
    from sandbox.snowflake.account.accounts import Account
    from sandbox.snowflake.login.sessions import Session

SERVER_VERSION = "10.99.0"


def execute(statement: Statement, account: Account, session: Session) -> ResultSet:
    """Carry out a statement in a session's current role.

    Raises:
        SnowflakeError: 002043, 003013, 390000, and what ``user_changes``, ``setup`` and ``grants``
            name; then nothing has changed.

    """
    match statement:
        case DescribeUser(name):
            return _describe_user(name, account, session)
        case ShowUsers() | ShowKeyPairs():
            return listing.show(statement, account, session)
        case UseRole(role):
            return _use_role(role, account, session)
        case Select():
            return _select(statement, account, session)
        case SetAutocommit() | EndTransaction():
            return change_session(statement, session)
        case _:
            return _change(statement, account, session.role)


def _change(statement: AlterUser | SetupStatement, account: Account, role: str) -> ResultSet:
    match statement:
        case AlterUser():
            return alter_user(statement, account, role)
        case CreateObject():
            return create(statement, account, role)
        case DropObject():
            return drop(statement, account, role)
        case ChangeGrants():
            return change_grants(statement, account, role)
        case ChangeRoleOfUser():
            return change_role_of_user(statement, account, role)
        case GrantOwnership():
            return grant_ownership(statement, account, role)
        case _:
            assert_never(statement)


def _describe_user(name: str, account: Account, session: Session) -> ResultSet:
    user = account.users.get(name)
    if user is None:
        raise SnowflakeError(refusals.user_unknown(name))
    if not may_describe(account, session.role, user, asking=session.user):
        raise SnowflakeError(refusals.no_privilege_on_user(name))
    # texts: example output of [D] sql-reference/sql/desc-user, which has more properties
    rows = [
        ("NAME", user.name, "null", "Name"),
        ("DISPLAY_NAME", user.name, "null", "Display name of the associated object"),
        ("TYPE", user.user_type, "null", "Type of the user"),
        ("LOGIN_NAME", user.login_name, "null", "Login name of the user"),
        ("DISABLED", _boolean(user.disabled), "false", "Whether the entity is disabled"),
        ("DEFAULT_ROLE", user.default_role, "null", "Role of the session at login"),
        *(row for slot in SLOTS for row in _slot_rows(user, slot)),
    ]
    columns = text_columns("property", "value", "default", "description")
    return ResultSet(columns, tuple(rows), results.SHOW)


def _slot_rows(user: User, slot: Slot) -> list[tuple[str, str, str, str]]:
    content = user.key_slot(slot)
    name = "RSA_PUBLIC_KEY" if slot == 1 else "RSA_PUBLIC_KEY_2"
    set_time = None if content.last_set_time is None else _timestamp(content.last_set_time)
    return [
        (name, _or_null(content.text), "null", "RSA public key of the user"),
        (f"{name}_FP", _or_null(content.fingerprint), "null", "Fingerprint of the key"),
        (f"{name}_LAST_SET_TIME", _or_null(set_time), "null", "When the key was last set"),
    ]


def _use_role(role: str, account: Account, session: Session) -> ResultSet:
    if role not in account.roles:
        raise SnowflakeError(refusals.OBJECT_UNKNOWN)
    if role not in usable_roles(session.user):
        raise SnowflakeError(refusals.role_not_usable(role))
    session.role = role
    return EXECUTED


def _select(statement: Select, account: Account, session: Session) -> ResultSet:
    columns = tuple(_column(item.label, item.expression) for item in statement.items)
    row = tuple(_value(item.expression, account, session) for item in statement.items)
    return ResultSet(columns, (row,), results.SELECT)


def _column(label: str, expression: Expression) -> Column:
    if not isinstance(expression, Number):
        return Column(label)
    whole, _, fraction = expression.digits.partition(".")
    return Column(label, precision=len(whole) + len(fraction), scale=len(fraction))


def _value(expression: Expression, account: Account, session: Session) -> str | None:
    match expression:
        case Text(value) | Number(value):
            return value
        case ContextFunction(name):
            return {
                "CURRENT_USER": session.user.name,
                "CURRENT_ROLE": session.role,
                "CURRENT_ACCOUNT": account.name,
                "CURRENT_VERSION": SERVER_VERSION,
                "CURRENT_SESSION": str(session.number),
                "CURRENT_DATABASE": None,
                "CURRENT_SCHEMA": None,
            }[name]
        case _:
            assert_never(expression)


def _timestamp(epoch_seconds: float) -> str:
    """Return UTC with milliseconds; DESC USER was seen with one to three digits ([2nd])."""
    moment = datetime.fromtimestamp(epoch_seconds, UTC)
    return moment.strftime("%Y-%m-%d %H:%M:%S.") + f"{moment.microsecond // 1000:03d}"


def _or_null(text: str | None) -> str:
    return "null" if text is None else text


def _boolean(value: bool) -> str:  # noqa: FBT001 - the value itself
    return "true" if value else "false"
