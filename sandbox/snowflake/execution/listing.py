"""SHOW: what a session may list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sandbox.snowflake.account.privileges import owns
from sandbox.snowflake.answers import results
from sandbox.snowflake.answers.results import ResultSet, text_columns
from sandbox.snowflake.execution import key_pairs
from sandbox.snowflake.sql.statements import ShowKeyPairs, ShowUsers

if TYPE_CHECKING:
    from sandbox.snowflake.account.accounts import Account
    from sandbox.snowflake.login.sessions import Session


def show(statement: ShowUsers | ShowKeyPairs, account: Account, session: Session) -> ResultSet:
    """List users, or a user's named key pairs."""
    if isinstance(statement, ShowUsers):
        return _users(statement.pattern, account, session)
    return key_pairs.show(statement.user or session.user.name, account, session.role)


def _users(pattern: str | None, account: Account, session: Session) -> ResultSet:
    """List every user; what is more than the name only to an owner ([D] release note BCR-975)."""
    rows = []
    for user in sorted(account.users.values(), key=lambda each: each.name):
        if pattern is not None and not _like(user.name, pattern):
            continue
        details: tuple[str | None, ...] = (None,) * 5
        if owns(account, session.role, user):
            has_key = _boolean(any(user.slots))
            disabled = _boolean(user.disabled)
            details = (user.login_name, disabled, user.default_role, has_key, user.user_type)
        rows.append((user.name, *details))
    columns = text_columns(
        "name", "login_name", "disabled", "default_role", "has_rsa_public_key", "type"
    )
    return ResultSet(columns, tuple(rows), results.SHOW)


def _like(name: str, pattern: str) -> bool:
    """Match as SHOW … LIKE does: ``%`` and ``_``, without regard to case ([D])."""
    wildcards = {"%": ".*", "_": "."}
    regex = "".join(wildcards.get(char, re.escape(char)) for char in pattern)
    return re.fullmatch(regex, name, re.IGNORECASE | re.DOTALL) is not None


def _boolean(value: bool) -> str:  # noqa: FBT001 - the value itself
    return "true" if value else "false"
