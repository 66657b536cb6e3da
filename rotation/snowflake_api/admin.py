"""The rotation admin in Snowflake: implements ``ports.RotationAdmin`` in two ways.

The admin alters users and looks at none: slots are read as the service user. The one exception
is a user's first key, when nobody can log in as that user.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from rotation.errors.admin import (
    AdminInOtherAccount,
    AdminLoginRejected,
    AdminPrivilegeMissing,
    AdminSecretUnusable,
    SlotsNotVisible,
)
from rotation.errors.aws_answers import (
    RequestInvalid,
    SecretNotFound,
    SecretsManagerDenied,
)
from rotation.errors.base import RotationError
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
from rotation.keys.form import SecretForm
from rotation.ports import AdminLogin, Deadline
from rotation.rules import names
from rotation.rules.words import Sensitive, Slot, UserDescription
from rotation.settings import Endpoint
from rotation.snowflake_api.errors import NOT_VISIBLE, told_as
from rotation.snowflake_api.login import Login
from rotation.snowflake_api.opening import open_connection
from rotation.snowflake_api.user import key_pair

if TYPE_CHECKING:
    from rotation.snowflake_api.connection import Connection

# https://docs.snowflake.com/en/user-guide/workload-identity-federation
_OWN_IAM_ROLE = {"authenticator": "WORKLOAD_IDENTITY", "workload_identity_provider": "AWS"}
_NOT_LET_IN = (
    LoginRejected,
    UserLockedOrDisabled,
    NetworkPolicyBlocked,
    AuthenticationPolicyBlocked,
    RoleNotGranted,
    LoginFailed,
)


class CurrentValue(Protocol):
    """The admin's secret."""

    def read_current(self) -> Sensitive[str]:
        """Read AWSCURRENT. Raises SecretsManagerError or OutOfTime."""


@dataclass(frozen=True)
class AdminFromSecret:
    """A rotation admin whose key pair is in a secret of its own, written in this ``form``."""

    endpoint: Endpoint
    deadline: Deadline
    role: str | None
    secret: CurrentValue
    form: SecretForm

    def read(self, account: str) -> AdminLogin:
        """Read the admin's secret, which has to name this account.

        The admin's user has to match no pattern of the stack: those say whose keys may be
        changed. It is the stack that names the admin's secret.
        """
        with told_as(_unusable):
            found = credential.read(self.secret.read_current(), self.form)
        if found.account.upper() != account.upper():
            raise AdminInOtherAccount(
                f"The rotation admin's secret names account {found.shown[0]}, the secret "
                f"{names.shown(account, elsewhere=())}."
            )
        return AdminLogin(account, found)

    def log_in(self, login: AdminLogin) -> "SnowflakeAdminSession":
        """Log in with the key of the admin's secret."""
        if login.credential is None:
            raise ValueError("an admin from a secret has a credential")
        proof = key_pair(login.credential)
        return _log_in(self.endpoint, self.deadline, Login(login.account, self.role, proof))


@dataclass(frozen=True)
class AdminByWorkloadIdentity:
    """A rotation admin without a key: the function's own IAM role, attested by AWS."""

    endpoint: Endpoint
    deadline: Deadline
    role: str | None

    def read(self, account: str) -> AdminLogin:
        """Nothing to read: Snowflake finds the admin by the IAM role's ARN."""
        return AdminLogin(account)

    def log_in(self, login: AdminLogin) -> "SnowflakeAdminSession":
        """Log in with a request to AWS STS that the connector signs and Snowflake sends."""
        return _log_in(self.endpoint, self.deadline, Login(login.account, self.role, _OWN_IAM_ROLE))


class SnowflakeAdminSession:
    """A session of the rotation admin."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection

    def describe_user(self, name: str) -> UserDescription:
        """DESC USER, which takes OWNERSHIP.

        https://docs.snowflake.com/en/sql-reference/sql/desc-user
        """
        with told_as(lambda error: _not_visible(error, name)):
            return self._connection.describe(name)

    def install_key(self, user: str, slot: Slot, public_key_body: str) -> None:
        """ALTER USER … SET."""
        with told_as(_privilege_missing):
            self._connection.install_key(user, slot, public_key_body)

    def retire_key(self, user: str, slot: Slot) -> None:
        """ALTER USER … UNSET."""
        with told_as(_privilege_missing):
            self._connection.retire_key(user, slot)

    def close(self) -> None:
        """End the session."""
        self._connection.close()


def _log_in(endpoint: Endpoint, deadline: Deadline, login: Login) -> SnowflakeAdminSession:
    with told_as(_not_let_in):
        return SnowflakeAdminSession(open_connection(endpoint, deadline, login))


# --- what an error means when it is the admin's -------------------------------------------------


_NOT_READ = (SecretNotFound, RequestInvalid, SecretsManagerDenied, MalformedSecret)


def _unusable(error: RotationError) -> RotationError | None:
    if not isinstance(error, _NOT_READ):
        return None
    return AdminSecretUnusable(f"In the rotation admin's secret: {error.found}")


def _not_let_in(error: RotationError) -> RotationError | None:
    if not isinstance(error, _NOT_LET_IN):
        return None
    return AdminLoginRejected(f"As the rotation admin: {error.found}", code=error.code)


def _privilege_missing(error: RotationError) -> RotationError | None:
    if not isinstance(error, SnowflakeError) or error.code not in NOT_VISIBLE:
        return None
    return AdminPrivilegeMissing(f"As the rotation admin: {error.found}", code=error.code)


def _not_visible(error: RotationError, name: str) -> RotationError | None:
    if not isinstance(error, SnowflakeError) or error.code not in NOT_VISIBLE:
        return None
    user = names.shown(name, elsewhere=())
    found = f"The rotation admin may not describe user {user}, or there is none"
    return SlotsNotVisible(f"{found} (code {error.code:06d}).", code=error.code)
