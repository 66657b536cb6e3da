"""The service user in Snowflake, through the Snowflake connector (5.x deployed, 4.x tested)."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

import snowflake.connector
from snowflake.connector import SnowflakeConnection
from snowflake.connector.errors import Error as ConnectorError

from rotation import keypair
from rotation.connector_timeouts import (
    LONGEST_CLOSE_SECONDS,
    longest_login_seconds,
    timeout_arguments,
)
from rotation.credential import Credential
from rotation.errors import SnowflakeError, SnowflakeUnreachable
from rotation.model import Fingerprint, Slot, SlotFingerprints, UserDescription
from rotation.ports import Deadline
from rotation.settings import Settings
from rotation.snowflake_errors import LOGIN, NO_PRIVILEGE, OBJECT_MISSING, meaning_of

Result = TypeVar("Result")
_LOGIN_SECONDS = 10
_REQUEST_SECONDS = 10
# A step may need two logins and four statements; each may take this part of what is left.
_PART_OF_TIME_LEFT = 0.25
_EMPTY = frozenset({"", "null"})
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")


class SnowflakeUserKeys:
    """Implements ``ports.UserKeys``: a new session for every login, none is kept."""

    def __init__(self, settings: Settings, deadline: Deadline) -> None:
        self._settings = settings
        self._deadline = deadline

    def log_in(self, credential: Credential) -> "SnowflakeSession":
        """Log in with the credential's key. Raises SnowflakeError or OutOfTime."""
        seconds = self._deadline.share(_PART_OF_TIME_LEFT, most_seconds=_LOGIN_SECONDS)
        self._deadline.require(longest_login_seconds(seconds))
        arguments = {
            "account": credential.account,
            "user": credential.user,
            "authenticator": "SNOWFLAKE_JWT",
            "private_key": keypair.private_key_der(credential.private_key.reveal()),
            # Snowflake echoes it in the login reply, and the connector then sends none.
            "session_parameters": {"CLIENT_TELEMETRY_ENABLED": False},
            **timeout_arguments(seconds),
            **self._elsewhere(),
        }
        connection = _translated(LOGIN, lambda: snowflake.connector.connect(**arguments))
        return SnowflakeSession(connection, credential.user, self._deadline, seconds)

    def _elsewhere(self) -> dict[str, object]:
        settings = self._settings
        chosen = {"role": settings.role, "host": settings.host, "port": settings.port}
        arguments: dict[str, object] = {k: v for k, v in chosen.items() if v is not None}
        return arguments | ({"protocol": settings.protocol} if settings.host else {})


class SnowflakeSession:
    """Implements ``ports.UserSession`` for the user that logged in."""

    def __init__(
        self,
        connection: SnowflakeConnection,
        login: str,
        deadline: Deadline,
        request_seconds: int,
    ) -> None:
        self._connection = connection
        self._login = login
        self._deadline = deadline
        self._request_seconds = request_seconds
        self._name: str | None = None

    def current_user(self) -> str:
        """SELECT CURRENT_USER()."""
        rows = self._query("SELECT CURRENT_USER()")
        self._name = str(next(iter(rows[0].values())))
        return self._name

    def describe(self) -> UserDescription:
        """DESC USER of oneself, which needs no privilege.

        The secret holds the login name. It is nearly always the user's name too, folded to
        upper case, so that is tried first; otherwise Snowflake is asked for the name. ALTER
        USER then names the user that is logged in, and no other.
        https://docs.snowflake.com/en/sql-reference/sql/desc-user
        """
        if self._name is None:
            guess = self._describe_if_present(self._login.upper())
            if guess and guess.login_name.upper() == self._login.upper():
                self._name = guess.name
                return guess
        return self._describe(self._name or self.current_user())

    def install_key(self, slot: Slot, public_key_body: str) -> None:
        """ALTER USER … SET. Raises ValueError for a body that is not one line of base64.

        https://docs.snowflake.com/en/sql-reference/sql/alter-user
        """
        if not _BASE64.fullmatch(public_key_body):
            raise ValueError("a public key body is one line of base64")
        self._execute(f"ALTER USER {self._quoted_name()} SET {slot} = '{public_key_body}'")

    def retire_key(self, slot: Slot) -> None:
        """ALTER USER … UNSET."""
        self._execute(f"ALTER USER {self._quoted_name()} UNSET {slot}")

    def close(self) -> None:
        """End the session; what fails here fails silently: the step's work is done."""
        with suppress(Exception):
            self._connection.close()

    def _describe_if_present(self, name: str) -> UserDescription | None:
        try:
            return self._describe(name)
        except SnowflakeError as error:
            if error.code not in {OBJECT_MISSING, NO_PRIVILEGE}:
                raise
            return None

    def _describe(self, name: str) -> UserDescription:
        rows = self._query(f"DESC USER {quoted(name)}")
        properties = {str(row.get("property")): row.get("value") for row in rows}
        return UserDescription(
            name=_text(properties, "NAME") or name,
            login_name=_text(properties, "LOGIN_NAME"),
            slots=SlotFingerprints(
                one=_fingerprint(properties, Slot.ONE),
                two=_fingerprint(properties, Slot.TWO),
                set_times={
                    slot: since
                    for slot in Slot
                    if (since := _text(properties, f"{slot}_LAST_SET_TIME"))
                },
            ),
        )

    def _quoted_name(self) -> str:
        return quoted(self._name or self.current_user())

    def _query(self, statement: str) -> list[dict[str, Any]]:
        rows = self._execute(statement)
        if not rows:
            raise SnowflakeUnreachable(f"{_verb(statement)} was answered without a row.")
        return rows

    def _execute(self, statement: str) -> list[dict[str, Any]]:
        self._deadline.require(self._request_seconds + LONGEST_CLOSE_SECONDS)
        return _translated(_verb(statement), lambda: _rows(self._connection, statement))


def _verb(statement: str) -> str:
    return " ".join(statement.split()[:2])


def quoted(identifier: str) -> str:
    """Quote an identifier so that it names exactly this object.

    https://docs.snowflake.com/en/sql-reference/identifiers-syntax
    """
    return '"' + identifier.replace('"', '""') + '"'


def _rows(connection: SnowflakeConnection, statement: str) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _translated(doing: str, request: Callable[[], Result]) -> Result:
    failure: SnowflakeError
    try:
        return request()
    except ConnectorError as error:
        failure = meaning_of(_code(error), str(error.msg or ""), doing)
    except Exception as error:  # noqa: BLE001 (a reply that is no reply breaks the connector)
        failure = meaning_of(None, "", f"{doing} ({type(error).__name__})")
    # Raised here, outside the handlers, so that the connector's error is not in its chain.
    raise failure


def _code(error: ConnectorError) -> int | None:
    return error.errno if error.errno and error.errno > 0 else None


def _text(properties: Mapping[str, Any], name: str) -> str:
    value = properties.get(name)
    return "" if value is None or value in _EMPTY else str(value)


def _fingerprint(properties: Mapping[str, Any], slot: Slot) -> Fingerprint | None:
    text = _text(properties, f"{slot}_FP")
    return Fingerprint(text) if text else None
