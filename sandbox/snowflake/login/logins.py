"""The rules of a login. No I/O; the clock is an argument.

The order account, network, lock, authentication policy, authenticator, JWT, disabled, role is
ours: no page gives it. Nor does one say whether a login that a policy refuses counts towards the
lock; here it does not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.snowflake.account.privileges import usable_roles
from sandbox.snowflake.answers import refusals
from sandbox.snowflake.answers.refusals import SnowflakeError
from sandbox.snowflake.login import aws_attestation, key_pair_jwt, policies
from sandbox.snowflake.sql.tokenizer import fold_identifier

if TYPE_CHECKING:
    from sandbox.snowflake.account.accounts import Account
    from sandbox.snowflake.account.users import Slot, User

# [D] user-guide/admin-user-management
LOCK_SECONDS = 15 * 60
WORKLOAD_IDENTITY = "WORKLOAD_IDENTITY"
# Every client of this server is on this machine.
CLIENT_ADDRESS = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class LoginRequest:
    """What a client sends to log in; ``role`` comes from the query parameter roleName.

    ``jwt`` is the token; with a workload identity it is the attestation, of ``provider``.
    ``login_name`` is empty for clients that send none, as Go's: the token names the user then.
    """

    account_name: str
    login_name: str
    authenticator: str
    jwt: str = field(repr=False)
    role: str | None = None
    provider: str | None = None
    session_parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Login:
    """A login that succeeded: who, by which slot, in which role.

    ``slot`` is None without a key, and for a named pair's.
    """

    user: User
    slot: Slot | None
    role: str


@dataclass(frozen=True, slots=True)
class LoginPolicy:
    """How strict logins are.

    ``lock_after_failed_logins``: None never locks. ``detailed_jwt_errors``: tell the client which
    of the 3943xx it is, as some accounts do; 390144 for every JWT failure is what drivers' tests
    on real accounts see.
    """

    detailed_jwt_errors: bool = False
    lock_after_failed_logins: int | None = 5


def log_in(account: Account, request: LoginRequest, policy: LoginPolicy, now: float) -> Login:
    """Let a client in, or say why not.

    Raises:
        SnowflakeError: 390100, 390101, 390102, 390144, 390186, 390189, 390202, 390422,
            394300 to 394307.

    """
    with account.lock:
        try:
            return _log_in(account, request, policy, now)
        except SnowflakeError as error:
            if policy.detailed_jwt_errors or not error.refusal.code.startswith("3943"):
                raise
            raise SnowflakeError(refusals.jwt_invalid(refusals.JWT_INVALID)) from error


def _log_in(account: Account, request: LoginRequest, policy: LoginPolicy, now: float) -> Login:
    if not account.answers_to(request.account_name):
        raise SnowflakeError(refusals.jwt_invalid(refusals.JWT_ACCOUNT_MISMATCH))
    if not account.network_allowed:
        raise SnowflakeError(refusals.NETWORK_POLICY)
    if request.authenticator.upper() == WORKLOAD_IDENTITY:
        return _log_workload_in(account, request, now)
    named = account.user_logging_in_as(request.login_name or key_pair_jwt.claimed_user(request.jwt))
    if named is not None:
        refuse_by_address(account, named)
        _refuse_if_locked(named, now)
        _refuse_by_method(account, named, request.authenticator)
    try:
        user, slot = _authenticate(account, request, now)
    except SnowflakeError:
        if named is not None:
            _count_failure(named, policy, now)
        raise
    user.failed_logins = 0
    if user.disabled:
        raise SnowflakeError(refusals.USER_DISABLED)
    return Login(user, slot, _first_role(account, user, request.role))


def _log_workload_in(account: Account, request: LoginRequest, now: float) -> Login:
    """Let a workload in; which user it is follows from its IAM role, not from a name."""
    if request.provider != "AWS":
        raise SnowflakeError(refusals.attestation_refused("its provider is not AWS"))
    arn = aws_attestation.role_arn(request.jwt, account.aws_workloads, now)
    user = account.user_of_workload(arn)
    if user is None:
        raise SnowflakeError(refusals.attestation_refused("no user has its identity"))
    refuse_by_address(account, user)
    if not policies.allows_method(account, user, WORKLOAD_IDENTITY):
        raise SnowflakeError(refusals.AUTHENTICATION_POLICY)
    if user.disabled:
        raise SnowflakeError(refusals.USER_DISABLED)
    return Login(user, None, _first_role(account, user, request.role))


def refuse_by_address(account: Account, user: User) -> None:
    """Refuse a user whose network policy does not let this machine in.

    Raises:
        SnowflakeError: 390422.

    """
    if not policies.allows_address(account, user, CLIENT_ADDRESS):
        raise SnowflakeError(refusals.NETWORK_POLICY)


def _refuse_by_method(account: Account, user: User, authenticator: str) -> None:
    # which method another authenticator stands for makes no difference: none is accepted
    method = policies.KEY_PAIR if authenticator.upper() == "SNOWFLAKE_JWT" else "PASSWORD"
    if not policies.allows_method(account, user, method):
        raise SnowflakeError(refusals.AUTHENTICATION_POLICY)


def _authenticate(account: Account, request: LoginRequest, now: float) -> tuple[User, Slot | None]:
    if request.authenticator.upper() != "SNOWFLAKE_JWT":
        raise SnowflakeError(refusals.wrong_credentials())
    jwt = key_pair_jwt.decode(request.jwt)
    if request.login_name and request.login_name.upper() != jwt.login_name.upper():
        raise SnowflakeError(refusals.jwt_invalid(refusals.JWT_INVALID))
    return key_pair_jwt.verify(jwt, account, now)


def _refuse_if_locked(user: User, now: float) -> None:
    if user.locked_until is None:
        return
    if now < user.locked_until:
        raise SnowflakeError(refusals.USER_LOCKED)
    user.locked_until, user.failed_logins = None, 0


def _count_failure(user: User, policy: LoginPolicy, now: float) -> None:
    user.failed_logins += 1
    limit = policy.lock_after_failed_logins
    if limit is not None and user.failed_logins >= limit:
        user.locked_until = now + LOCK_SECONDS


def _first_role(account: Account, user: User, requested: str | None) -> str:
    if not requested:
        if user.default_role not in usable_roles(user):
            raise SnowflakeError(refusals.default_role_not_granted(user.default_role))
        return user.default_role
    role = fold_identifier(requested)
    if role not in account.roles:
        raise SnowflakeError(refusals.role_unknown(role))
    if role not in usable_roles(user):
        raise SnowflakeError(refusals.role_not_granted(role))
    return role
