"""The service user in Snowflake: implements ``ports.UserKeys`` and ``ports.UserSession``."""

from typing import TYPE_CHECKING

from rotation.errors.snowflake_answers import SnowflakeError
from rotation.keys import pair
from rotation.keys.credential import Credential
from rotation.ports import Deadline
from rotation.rules.words import Fingerprint, Slot, UserDescription
from rotation.settings import Endpoint
from rotation.snowflake_api.errors import NOT_VISIBLE
from rotation.snowflake_api.login import Login
from rotation.snowflake_api.opening import open_connection

if TYPE_CHECKING:
    from rotation.snowflake_api.connection import Connection


def key_pair(credential: Credential) -> dict[str, object]:
    """Return the connector's arguments that log in with the credential's key."""
    return {
        "user": credential.user,
        "authenticator": "SNOWFLAKE_JWT",
        "private_key": pair.private_key_der(credential.private_key.reveal()),
    }


class SnowflakeUserKeys:
    """A new session for every login, none is kept. ``role`` is connected with, None the default."""

    def __init__(self, endpoint: Endpoint, deadline: Deadline, role: str | None) -> None:
        self._endpoint = endpoint
        self._deadline = deadline
        self._role = role

    def log_in(self, credential: Credential) -> "SnowflakeSession":
        """Log in with the credential's key. Raises SnowflakeError or OutOfTime."""
        login = Login(credential.account, self._role, key_pair(credential))
        connection = open_connection(self._endpoint, self._deadline, login)
        return SnowflakeSession(connection, credential.user)


class SnowflakeSession:
    """A session of the user that logged in as ``login``."""

    def __init__(self, connection: "Connection", login: str) -> None:
        self._connection = connection
        self._login = login
        self._name: str | None = None

    def current_user(self) -> str:
        """SELECT CURRENT_USER()."""
        rows = self._connection.query("SELECT CURRENT_USER()")
        self._name = str(next(iter(rows[0].values())))
        return self._name

    def describe(self) -> UserDescription:
        """DESC USER of oneself, which needs no privilege.

        The secret holds the login name. It is nearly always the user's name too, folded to
        upper case, so that is tried first; otherwise Snowflake is asked for the name. Only the
        name of the user that is logged in is ever described, and so altered.
        https://docs.snowflake.com/en/sql-reference/sql/desc-user
        """
        if self._name is None:
            guess = self._describe_if_present(self._login.upper())
            if guess and guess.login_name.upper() == self._login.upper():
                self._name = guess.name
                return guess
        return self._connection.describe(self._name or self.current_user())

    def named_key_pairs(self) -> frozenset[Fingerprint]:
        """SHOW USER KEY PAIRS."""
        return self._connection.named_key_pairs(self._name or self.current_user())

    def install_key(self, user: str, slot: Slot, public_key_body: str) -> None:
        """ALTER USER … SET."""
        self._connection.install_key(user, slot, public_key_body)

    def retire_key(self, user: str, slot: Slot) -> None:
        """ALTER USER … UNSET."""
        self._connection.retire_key(user, slot)

    def close(self) -> None:
        """End the session."""
        self._connection.close()

    def _describe_if_present(self, name: str) -> UserDescription | None:
        try:
            return self._connection.describe(name)
        except SnowflakeError as error:
            if error.code not in NOT_VISIBLE:
                raise
            return None
