"""CREATE, DROP, GRANT and REVOKE from SQL text, as far as the set-up scripts need them.

There is no OR REPLACE: a script that uses it on a user would reset keys, and must not pass here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.snowflake.account.grants import GRANTABLE
from sandbox.snowflake.objects import Kind, ObjectId
from sandbox.snowflake.sql.setup_statements import (
    ChangeGrants,
    ChangeRoleOfUser,
    CreateObject,
    DropObject,
    GrantOwnership,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.snowflake.sql.token_cursor import TokenCursor

# What a property's value looks like.
TEXT, WORD, LIST, IDENTITY = "text", "word", "list", "identity"
# Sources: [D] sql-reference/sql/create-user and the other pages of that name.
PROPERTIES: dict[Kind, dict[str, str]] = {
    Kind.USER: {
        "TYPE": WORD,
        "RSA_PUBLIC_KEY": TEXT,
        "RSA_PUBLIC_KEY_2": TEXT,
        "DEFAULT_ROLE": WORD,
        "DEFAULT_SECONDARY_ROLES": LIST,
        "WORKLOAD_IDENTITY": IDENTITY,
    },
    Kind.ROLE: {},
    Kind.DATABASE: {},
    Kind.SCHEMA: {},
    Kind.AUTHENTICATION_POLICY: {"AUTHENTICATION_METHODS": LIST, "CLIENT_TYPES": LIST},
    Kind.NETWORK_RULE: {"TYPE": WORD, "VALUE_LIST": LIST, "MODE": WORD},
    Kind.NETWORK_POLICY: {"ALLOWED_NETWORK_RULE_LIST": LIST, "BLOCKED_NETWORK_RULE_LIST": LIST},
}
# OR ALTER and IF NOT EXISTS: only where the script needs the one, and the page has the other.
OR_ALTER = frozenset({Kind.NETWORK_RULE})
_PRIVILEGES = sorted({privilege for known in GRANTABLE.values() for privilege in known})


def create(cursor: TokenCursor) -> CreateObject:
    """Read what follows CREATE."""
    or_alter = cursor.take_words("OR", "ALTER")
    kind = _kind(cursor, OR_ALTER if or_alter else PROPERTIES)
    # CREATE NETWORK RULE has no IF NOT EXISTS ([D] sql-reference/sql/create-network-rule)
    may_skip = kind is not Kind.NETWORK_RULE
    if_not_exists = may_skip and cursor.take_words("IF", "NOT", "EXISTS")
    target = ObjectId(kind, cursor.path())
    return CreateObject(target, if_not_exists, or_alter, _properties(cursor, kind))


def drop(cursor: TokenCursor) -> DropObject:
    """Read what follows DROP."""
    kind = _kind(cursor, PROPERTIES)
    if_exists = cursor.take_words("IF", "EXISTS")
    return DropObject(ObjectId(kind, cursor.path()), if_exists)


def change_grants(
    cursor: TokenCursor, *, revoke: bool
) -> ChangeGrants | ChangeRoleOfUser | GrantOwnership:
    """Read what follows GRANT or REVOKE."""
    preposition = "FROM" if revoke else "TO"
    if cursor.take_words("ROLE"):
        role = cursor.name()
        cursor.expect_words(preposition, "USER")
        return ChangeRoleOfUser(role, cursor.name(), revoke)
    if not revoke and cursor.take_words("OWNERSHIP", "ON", "USER"):
        return _ownership(cursor)
    start = cursor.position
    privileges = _privileges(cursor)
    cursor.expect_words("ON")
    kind = _kind(cursor, GRANTABLE)
    if not GRANTABLE[kind].issuperset(privileges):
        cursor.position = start
        cursor.fail()
    target = ObjectId(kind, cursor.path())
    cursor.expect_words(preposition, "ROLE")
    return ChangeGrants(privileges, target, cursor.name(), revoke)


def _ownership(cursor: TokenCursor) -> GrantOwnership:
    """Read ``GRANT OWNERSHIP ON USER u TO ROLE r [COPY | REVOKE CURRENT GRANTS]``."""
    user = cursor.name()
    cursor.expect_words("TO", "ROLE")
    role = cursor.name()
    current_grants = next(
        (word for word in ("COPY", "REVOKE") if cursor.take_words(word, "CURRENT", "GRANTS")), None
    )
    return GrantOwnership(user, role, current_grants)


def _workload_identity(cursor: TokenCursor) -> tuple[str, str]:
    """Read ``( TYPE = AWS ARN = 'arn' )`` ([D] sql-reference/sql/create-user)."""
    cursor.expect_symbol("(")
    cursor.expect_words("TYPE")
    cursor.expect_symbol("=")
    kind = cursor.word()
    cursor.take_symbol(",")
    cursor.expect_words("ARN")
    cursor.expect_symbol("=")
    arn = cursor.string()
    cursor.expect_symbol(")")
    return kind, arn


def _kind(cursor: TokenCursor, kinds: Iterable[Kind]) -> Kind:
    for kind in kinds:
        if cursor.take_words(*kind.value.split()):
            return kind
    return cursor.fail()


def _privileges(cursor: TokenCursor) -> tuple[str, ...]:
    found = [_privilege(cursor)]
    while cursor.take_symbol(","):
        found.append(_privilege(cursor))
    return tuple(found)


def _privilege(cursor: TokenCursor) -> str:
    for privilege in _PRIVILEGES:
        # ownership is given with another statement, GRANT OWNERSHIP, which is not modelled
        if privilege != "OWNERSHIP" and cursor.take_words(*privilege.split()):
            return privilege
    return cursor.fail()


def _properties(cursor: TokenCursor, kind: Kind) -> dict[str, Value]:
    forms = {**PROPERTIES[kind], "COMMENT": TEXT}
    found: dict[str, Value] = {}
    while cursor.token.value in forms and cursor.token.value not in found:
        name = cursor.word()
        cursor.expect_symbol("=")
        found[name] = _value(cursor, forms[name])
    return found


def _value(cursor: TokenCursor, form: str) -> Value:
    if form == LIST:
        return cursor.strings()
    if form == IDENTITY:
        return _workload_identity(cursor)
    return cursor.string() if form == TEXT else cursor.name()
