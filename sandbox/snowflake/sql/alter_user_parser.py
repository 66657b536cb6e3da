"""ALTER USER from SQL text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.snowflake.objects import Kind, ObjectId
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
from sandbox.snowflake.sql.tokenizer import Lexeme

if TYPE_CHECKING:
    from sandbox.snowflake.account.users import Slot
    from sandbox.snowflake.sql.token_cursor import TokenCursor

KEY_PROPERTIES: dict[str, Slot] = {"RSA_PUBLIC_KEY": 1, "RSA_PUBLIC_KEY_2": 2}


def alter_user(cursor: TokenCursor) -> AlterUser:
    """Read what follows ALTER USER ([D] sql-reference/sql/alter-user)."""
    if_exists = cursor.take_words("IF", "EXISTS")
    user = cursor.name()
    if cursor.take_words("SET"):
        changes = _set_changes(cursor)
    elif cursor.take_words("UNSET"):
        changes = _unset_changes(cursor)
    elif cursor.take_words("ADD", "KEY", "PAIR"):
        changes = (_added_pair(cursor),)
    elif cursor.take_words("REMOVE", "KEY", "PAIR"):
        changes = (RemoveKeyPair(cursor.name()),)
    else:
        cursor.fail()
    return AlterUser(user, if_exists, changes)


def _added_pair(cursor: TokenCursor) -> AddKeyPair:
    name = cursor.name()
    cursor.expect_words("PUBLIC_KEY")
    cursor.expect_symbol("=")
    return AddKeyPair(name, cursor.string())


def _set_changes(cursor: TokenCursor) -> tuple[Change, ...]:
    if cursor.take_words("AUTHENTICATION", "POLICY"):
        policy = ObjectId(Kind.AUTHENTICATION_POLICY, cursor.path())
        return (SetAuthenticationPolicy(policy, force=cursor.take_words("FORCE")),)
    _refuse_repeats(cursor)
    changes: list[Change] = [_set_change(cursor)]
    # the comma between properties is optional ([D] sql-reference/sql/alter-user)
    while cursor.take_symbol(",") or cursor.token.lexeme is Lexeme.WORD:
        changes.append(_set_change(cursor))
    return tuple(changes)


def _refuse_repeats(cursor: TokenCursor) -> None:
    """Refuse a property that is named twice; Snowflake does too, in other words ([2nd])."""
    seen = set[str]()
    for position, token in enumerate(cursor.rest, cursor.position):
        if token.lexeme is Lexeme.WORD and token.value in KEY_PROPERTIES:
            if token.value in seen:
                cursor.position = position
                cursor.fail()
            seen.add(token.value)


def _set_change(cursor: TokenCursor) -> Change:
    if cursor.take_words("DISABLED"):
        cursor.expect_symbol("=")
        if cursor.take_words("TRUE"):
            return SetDisabled(disabled=True)
        cursor.expect_words("FALSE")
        return SetDisabled(disabled=False)
    if cursor.take_words("NETWORK_POLICY"):
        cursor.expect_symbol("=")
        return SetNetworkPolicy(ObjectId(Kind.NETWORK_POLICY, (cursor.name(),)))
    slot = _key_slot(cursor)
    cursor.expect_symbol("=")
    return SetKey(slot, cursor.string())


def _unset_changes(cursor: TokenCursor) -> tuple[Change, ...]:
    if cursor.take_words("AUTHENTICATION", "POLICY"):
        return (UnsetAuthenticationPolicy(),)
    _refuse_repeats(cursor)
    changes = [_unset_change(cursor)]
    while cursor.take_symbol(","):
        changes.append(_unset_change(cursor))
    return tuple(changes)


def _unset_change(cursor: TokenCursor) -> Change:
    if cursor.take_words("NETWORK_POLICY"):
        return UnsetNetworkPolicy()
    return UnsetKey(_key_slot(cursor))


def _key_slot(cursor: TokenCursor) -> Slot:
    slot = KEY_PROPERTIES.get(cursor.token.value)
    if slot is None:
        cursor.fail()
    cursor.take(Lexeme.WORD)
    return slot
