"""Which key a step proves itself with, and how often it may be refused.

Five failed logins may lock a user for 15 minutes, so that every try here is counted.
https://docs.snowflake.com/en/user-guide/key-pair-auth-troubleshooting
"""

from collections.abc import Callable
from dataclasses import dataclass

from rotation.errors.slots import CurrentKeyNotInstalled, PendingKeyNotInstalled
from rotation.errors.snowflake_answers import KeyRejected
from rotation.keys.credential import Credential
from rotation.ports import UserKeys, UserSession

# A key that was just set may take a moment to be accepted everywhere.
_PAUSES_SECONDS = (1.0, 3.0)


def as_current(users: UserKeys, current: Credential) -> UserSession:
    """Log in with AWSCURRENT's key, once. Raises CurrentKeyNotInstalled when it is rejected."""
    try:
        return users.log_in(current)
    except KeyRejected as error:
        raise _rejected(f"{_rejection(current, error)}.") from None


@dataclass(frozen=True)
class Opened:
    """A session, and whether AWSCURRENT's key opened it; else AWSPENDING's did."""

    session: UserSession
    by_current: bool


def as_current_or_pending(users: UserKeys, current: Credential, pending: Credential) -> Opened:
    """Log in with AWSCURRENT's key; with AWSPENDING's only when that one is rejected.

    If the pending key logs in, a person took the current key away after our ALTER USER, and
    going on ends the lockout. Raises CurrentKeyNotInstalled when both are rejected.
    """
    try:
        return Opened(users.log_in(current), by_current=True)
    except KeyRejected as error:
        rejection = _rejection(current, error)
    try:
        return Opened(users.log_in(pending), by_current=False)
    except KeyRejected:
        raise _rejected(f"{rejection}, and AWSPENDING's too.") from None


def as_pending_patiently(
    users: UserKeys, pending: Credential, pause: Callable[[float], None]
) -> UserSession:
    """Log in with AWSPENDING's key, three times at most, with growing pauses between.

    Raises PendingKeyNotInstalled when the last try is rejected too.
    """
    for pause_seconds in _PAUSES_SECONDS:
        try:
            return users.log_in(pending)
        except KeyRejected:
            pause(pause_seconds)
    return as_pending(users, pending)


def as_pending(users: UserKeys, pending: Credential) -> UserSession:
    """Log in with AWSPENDING's key, once. Raises PendingKeyNotInstalled when it is rejected."""
    try:
        return users.log_in(pending)
    except KeyRejected as error:
        raise PendingKeyNotInstalled(
            f"Snowflake rejects AWSPENDING's key {pending.fingerprint} (code {error.code}).",
            remedy=PendingKeyNotInstalled.not_accepted,
        ) from None


def _rejected(found: str) -> CurrentKeyNotInstalled:
    return CurrentKeyNotInstalled(found, remedy=CurrentKeyNotInstalled.slots_not_seen)


def _rejection(current: Credential, error: KeyRejected) -> str:
    account, user = current.shown
    return (
        f"Snowflake rejects AWSCURRENT's key {current.fingerprint} for user {user} of "
        f"account {account} (code {error.code})"
    )
