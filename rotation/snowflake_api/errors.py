"""What an error of the Snowflake connector means, decided once for both of its lines.

Codes: https://docs.snowflake.com/en/user-guide/key-pair-auth-troubleshooting for the JWT ones;
the others are second-hand and therefore backed by Snowflake's own words. The connector's text
is read here and never kept: only the code and a name for it go on.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rotation.errors.base import RotationError
from rotation.errors.snowflake_answers import (
    AuthenticationPolicyBlocked,
    InsufficientPrivilege,
    KeyRejected,
    LoginFailed,
    LoginRejected,
    NetworkPolicyBlocked,
    RoleNotGranted,
    SnowflakeError,
    SnowflakeUnreachable,
    StatementFailed,
    UserLockedOrDisabled,
)

SYNTAX_ERROR = 1003
OBJECT_MISSING = 2003
NO_PRIVILEGE = 3001
# A role without any privilege on a user is told that there is no such user.
NOT_VISIBLE = frozenset({OBJECT_MISSING, NO_PRIVILEGE})
LOGIN = "The login"

# The key may be in no slot. A wrong key is reported as either of the two.
_KEY_UNKNOWN = {
    390144: "the key, the user's LOGIN_NAME, the account's form or the function's clock is wrong",
    394304: "the key's fingerprint is in neither slot",
}
# The key can't be the reason: another key would be rejected in the same way.
_TOKEN_REFUSED = {
    394300: "the token's user is unknown",
    394301: "the token lacks its issue or expiry time",
    394302: "the token is older than 60 s: check the function's clock",
    394303: "the token has expired: check the function's clock",
    394305: "the token's algorithm is not accepted",
    394306: "the token's signature is invalid",
    394307: "the token is for another account",
}


@dataclass(frozen=True)
class _Meaning:
    """Codes and phrases that mean one error class; some only where a login fails."""

    error: Callable[..., SnowflakeError]
    what: str
    codes: frozenset[int]
    phrases: tuple[str, ...]
    login_only: bool = False


_MEANINGS = (
    _Meaning(
        UserLockedOrDisabled,
        "the user is locked or disabled",
        frozenset({390101, 390102}),
        ("temporarily locked", "user access disabled", "user is disabled"),
    ),
    _Meaning(
        NetworkPolicyBlocked,
        "a network policy refuses this address",
        frozenset({390420, 390422}),
        ("is not allowed to access snowflake",),
    ),
    _Meaning(
        AuthenticationPolicyBlocked,
        "an authentication policy refuses key pairs, or this client",
        frozenset({390202}),
        ("current authentication policy",),
    ),
    _Meaning(
        RoleNotGranted,
        "the role does not exist or is not granted",
        frozenset({390186, 390189}),
        ("specified in the connect string", "default role"),
        login_only=True,
    ),
    _Meaning(
        InsufficientPrivilege,
        "the role may not do this",
        frozenset({NO_PRIVILEGE}),
        ("insufficient privileges",),
    ),
)
# From here on an error number is Snowflake's own; below, and 25xxxx, it is the connector's.
_SERVER_CODES = range(390_000, 400_000)
_SQL_CODES = range(500, 10_000)


def meaning_of(code: int | None, message: str, doing: str) -> SnowflakeError:
    """Return the error to raise for a connector error.

    ``code`` is the connector's errno, ``message`` its text, ``doing`` the name of the
    request: LOGIN, or the statement's verb.
    """
    text = message.lower()
    if code in _KEY_UNKNOWN:
        return KeyRejected(_rejection(code, _KEY_UNKNOWN[code]), code=code)
    if code in _TOKEN_REFUSED:
        return LoginRejected(_rejection(code, _TOKEN_REFUSED[code]), code=code)
    for meaning in _MEANINGS:
        if meaning.login_only and doing != LOGIN:
            continue
        if code in meaning.codes or any(phrase in text for phrase in meaning.phrases):
            return meaning.error(f"{doing} failed: {meaning.what} ({_number(code)}).", code=code)
    if code is not None and (code in _SERVER_CODES or code in _SQL_CODES):
        error = LoginFailed if doing == LOGIN else StatementFailed
        return error(f"{doing} failed ({_number(code)}).", code=code)
    return SnowflakeUnreachable(f"{doing} got no usable answer ({_number(code)}).", code=code)


@contextmanager
def told_as(tell: Callable[[RotationError], RotationError | None]) -> Iterator[None]:
    """Raise in an error's place what ``tell`` makes of it; the error itself when that is None."""
    try:
        yield
    except RotationError as error:
        told = tell(error)
        if told is None:
            raise
        raise told from None


def _rejection(code: int, why: str) -> str:
    return f"Snowflake rejects the login: {why} ({_number(code)})."


def _number(code: int | None) -> str:
    return "no code" if code is None else f"code {code:06d}"
