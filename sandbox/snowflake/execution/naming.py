"""Which object a name means, and whether a role may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.snowflake.account.privileges import may_use
from sandbox.snowflake.answers import setup_refusals
from sandbox.snowflake.answers.refusals import SnowflakeError
from sandbox.snowflake.objects import Kind, ObjectId

if TYPE_CHECKING:
    from sandbox.snowflake.account.accounts import Account

# May be named by everyone: what they hold is guarded, not that they exist ([2nd] for roles).
_OPEN = frozenset({Kind.USER, Kind.ROLE})


def expect_full_name(target: ObjectId, command: str) -> None:
    """Check that a name has all its parts.

    Raises:
        SnowflakeError: 090105, a session of this sandbox has no current database.

    """
    if len(target.path) != target.kind.depth:
        raise SnowflakeError(setup_refusals.no_current_database(command))


def expect_parents(account: Account, role: str, target: ObjectId) -> None:
    """Check that a role may work in the schema and database of an object.

    It needs at least one privilege on each ([D] user-guide/authentication-policies).

    Raises:
        SnowflakeError: 002003, one is not there or not to be seen.

    """
    parent = target.parent
    if parent is None:
        return
    expect_parents(account, role, parent)
    if not account.exists(parent) or not may_use(account, role, parent):
        raise SnowflakeError(setup_refusals.object_unknown(parent))


def expect_visible(account: Account, role: str, target: ObjectId, command: str) -> None:
    """Check that an object exists and a role may name it.

    A policy in a schema can be named by who may use the schema ([D] for SHOW); whether applying
    it needs more is not documented for users.

    Raises:
        SnowflakeError: 002003, 090105.

    """
    expect_full_name(target, command)
    expect_parents(account, role, target)
    guarded = target.kind not in _OPEN and target.kind.depth == 1
    if not account.exists(target) or (guarded and not may_use(account, role, target)):
        raise SnowflakeError(setup_refusals.object_unknown(target))
