"""The rotation admin in Snowflake: implements ``ports.RotationAdmin`` in two ways.

The admin alters users and looks at none: slots are read as the service user. The one exception
is a user's first key, when nobody can log in as that user.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from rotation.errors.admin import (
    AdminInOtherAccount,
    AdminLoginRejected,
    AdminPrivilegeMissing,
    AdminSecretUnusable,
    SlotsNotVisible,
)
from rotation.errors.aws_answers import SecretNotFound, SecretsManagerDenied
from rotation.errors.secret import MalformedSecret
from rotation.errors.snowflake_answers import (
    AuthenticationPolicyBlocked,
    LoginFailed,
    LoginRejected,
    NetworkPolicyBlocked,
    RoleNotGranted,
    SnowflakeError,
    UserLockedOrDisabled,
)
from rotation.keys import credential
from rotation.ports import AdminLogin, Deadline
from rotation.rules.words import Sensitive, Slot, UserDescription
from rotation.settings import Settings
from rotation.snowflake_api.connection import Connection, Login
from rotation.snowflake_api.errors import NO_PRIVILEGE, OBJECT_MISSING
from rotation.snowflake_api.user import key_pair

_NOT_LET_IN = (
    LoginRejected,
    UserLockedOrDisabled,
    NetworkPolicyBlocked,
    AuthenticationPolicyBlocked,
    RoleNotGranted,
    LoginFailed,
)
# A role without any privilege on a user is told that there is no such user.
_NOT_ALLOWED = frozenset({OBJECT_MISSING, NO_PRIVILEGE})
# https://docs.snowflake.com/en/user-guide/workload-identity-federation
_OWN_IAM_ROLE = {"authenticator": "WORKLOAD_IDENTITY", "workload_identity_provider": "AWS"}


class CurrentValue(Protocol):
    """The admin's secret."""

    def read_current(self) -> Sensitive[str]:
        """Read AWSCURRENT. Raises SecretsManagerError or OutOfTime."""


class AdminFromSecret:
    """A rotation admin whose key pair is in a secret of its own."""

    def __init__(self, settings: Settings, deadline: Deadline, secret: CurrentValue) -> None:
        self._settings = settings
        self._deadline = deadline
        self._secret = secret

    def read(self, account: str) -> AdminLogin:
        """Read the admin's secret, which has to name this account.

        The admin's user has to match no pattern of the stack: those say whose keys may be
        changed. It is the stack that names the admin's secret.
        """
        try:
            found = credential.read(self._secret.read_current(), self._settings.form)
        except (SecretNotFound, SecretsManagerDenied, MalformedSecret) as error:
            raise AdminSecretUnusable(f"In the rotation admin's secret: {error.found}") from None
        if found.account.upper() != account.upper():
            raise AdminInOtherAccount(
                f"The rotation admin's secret names account {found.account!r}, the secret "
                f"{account!r}."
            )
        return AdminLogin(account, found)

    def log_in(self, login: AdminLogin) -> "SnowflakeAdminSession":
        """Log in with the key of the admin's secret."""
        if login.credential is None:
            raise ValueError("an admin from a secret has a credential")
        return _log_in(self._settings, self._deadline, login, key_pair(login.credential))


class AdminByWorkloadIdentity:
    """A rotation admin without a key: the function's own IAM role, attested by AWS."""

    def __init__(self, settings: Settings, deadline: Deadline) -> None:
        self._settings = settings
        self._deadline = deadline

    def read(self, account: str) -> AdminLogin:
        """Nothing to read: Snowflake finds the admin by the IAM role's ARN."""
        return AdminLogin(account)

    def log_in(self, login: AdminLogin) -> "SnowflakeAdminSession":
        """Log in with a request to AWS STS that the connector signs and Snowflake sends."""
        return _log_in(self._settings, self._deadline, login, _OWN_IAM_ROLE)


class SnowflakeAdminSession:
    """A session of the rotation admin."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def describe_user(self, name: str) -> UserDescription:
        """DESC USER, which takes OWNERSHIP.

        https://docs.snowflake.com/en/sql-reference/sql/desc-user
        """
        try:
            return self._connection.describe(name)
        except SnowflakeError as error:
            if error.code not in _NOT_ALLOWED:
                raise
            code = error.code
        raise SlotsNotVisible(
            f"The rotation admin may not describe user {name!r}, or there is none (code "
            f"{code:06d}).",
            code=code,
        )

    def install_key(self, user: str, slot: Slot, public_key_body: str) -> None:
        """ALTER USER … SET."""
        self._altering(lambda: self._connection.install_key(user, slot, public_key_body))

    def retire_key(self, user: str, slot: Slot) -> None:
        """ALTER USER … UNSET."""
        self._altering(lambda: self._connection.retire_key(user, slot))

    def close(self) -> None:
        """End the session."""
        self._connection.close()

    def _altering(self, alter: Callable[[], None]) -> None:
        try:
            alter()
        except SnowflakeError as error:
            if error.code not in _NOT_ALLOWED:
                raise
            found, code = error.found, error.code
        else:
            return
        raise AdminPrivilegeMissing(f"As the rotation admin: {found}", code=code)


def _log_in(
    settings: Settings, deadline: Deadline, login: AdminLogin, proof: Mapping[str, object]
) -> SnowflakeAdminSession:
    try:
        connection = Connection(
            settings, deadline, Login(login.account, settings.admin_role, proof)
        )
    except _NOT_LET_IN as error:
        found, code = error.found, error.code
    else:
        return SnowflakeAdminSession(connection)
    raise AdminLoginRejected(f"As the rotation admin: {found}", code=code)
