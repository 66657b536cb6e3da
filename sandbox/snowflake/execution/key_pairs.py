"""Named key pairs of a user: ADD and REMOVE KEY PAIR, SHOW USER KEY PAIRS.

What is here is on the pages [D] sql-reference/sql/alter-user and show-user-key-pairs; ROTATE,
MODIFY, expiry and role restrictions are left out. The texts of refusals are a guess.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.snowflake.account.privileges import may_set_keys
from sandbox.snowflake.account.users import KeySlot
from sandbox.snowflake.answers import refusals, results
from sandbox.snowflake.answers.refusals import SnowflakeError
from sandbox.snowflake.answers.results import ResultSet, text_columns

if TYPE_CHECKING:
    from sandbox.snowflake.account.accounts import Account
    from sandbox.snowflake.account.users import User

# [D]: reserved for the slots.
RESERVED = frozenset({"PUBLIC_KEY_1", "PUBLIC_KEY_2"})
MOST = 10
_COLUMNS = ("name", "user_name", "fingerprint", "role_scope", "status", "comment")


def check_new(user: User, name: str, text: str, now: float) -> None:
    """Refuse a name that is taken or reserved, an eleventh pair, a key that the user has."""
    made = KeySlot().holding(text, now)
    taken = name in RESERVED or name in user.key_pairs or len(user.key_pairs) >= MOST
    if taken or made.fingerprint is None or user.key_with(made.fingerprint):
        raise SnowflakeError(refusals.key_pair_refused(name))


def expect(user: User, name: str) -> None:
    """Refuse a name that no pair of the user has."""
    if name not in user.key_pairs:
        raise SnowflakeError(refusals.key_pair_unknown(name))


def show(name: str, account: Account, role: str) -> ResultSet:
    """List a user's pairs, to whoever may change them."""
    user = account.users.get(name)
    if user is None:
        raise SnowflakeError(refusals.user_unknown(name))
    if not may_set_keys(account, role, user):
        raise SnowflakeError(refusals.no_privilege_on_user(name))
    rows = tuple(
        (pair, user.name, held.fingerprint, None, "ACTIVE", None)
        for pair, held in sorted(user.key_pairs.items())
    )
    return ResultSet(text_columns(*_COLUMNS), rows, results.SHOW)
