"""Connections to Snowflake through its connector (5.x deployed, 4.x tested), whoever logs in."""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import snowflake.connector
from snowflake.connector.errors import Error as ConnectorError

from rotation.errors.snowflake_answers import SnowflakeError, SnowflakeUnreachable
from rotation.ports import Deadline
from rotation.rules.words import Fingerprint, Slot, UserDescription
from rotation.settings import Endpoint
from rotation.snowflake_api import accounts, description
from rotation.snowflake_api.errors import LOGIN, SYNTAX_ERROR, meaning_of
from rotation.snowflake_api.login import Login
from rotation.snowflake_api.timeouts import (
    LONGEST_CLOSE_SECONDS,
    exact_host_arguments,
    longest_login_seconds,
    timeout_arguments,
)

Result = TypeVar("Result")
_LOGIN_SECONDS = 10
# A step may need two logins and four statements; each may take this part of what is left.
_PART_OF_TIME_LEFT = 0.25
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")


class Connection:
    """A login, and what it may say about users: DESC USER and ALTER USER."""

    def __init__(self, endpoint: Endpoint, deadline: Deadline, login: Login) -> None:
        """Log in. Raises SnowflakeError or OutOfTime."""
        self._deadline = deadline
        self._seconds = deadline.share(_PART_OF_TIME_LEFT, most_seconds=_LOGIN_SECONDS)
        deadline.require(longest_login_seconds(self._seconds))
        arguments = {
            "account": accounts.connecting_as(login.account),
            **login.proof,
            # Snowflake echoes it in the login reply, and the connector then sends none.
            "session_parameters": {"CLIENT_TELEMETRY_ENABLED": False},
            **timeout_arguments(self._seconds),
            **exact_host_arguments(),
            **_chosen(endpoint, login),
        }
        self._connection = _translated(LOGIN, lambda: snowflake.connector.connect(**arguments))

    def close(self) -> None:
        """End the session; what fails here fails silently: the step's work is done."""
        with suppress(Exception):
            self._connection.close()

    def query(self, statement: str) -> list[dict[str, Any]]:
        """Run a statement that has to answer with a row. Raises SnowflakeError or OutOfTime."""
        rows = self._execute(statement)
        if not rows:
            raise SnowflakeUnreachable(f"{_verb(statement)} was answered without a row.")
        return rows

    def describe(self, name: str) -> UserDescription:
        """DESC USER. Raises SnowflakeUnreachable for an answer without the slots' rows."""
        return description.read(name, self.query(f"DESC USER {quoted(name)}"))

    def named_key_pairs(self, name: str) -> frozenset[Fingerprint]:
        """SHOW USER KEY PAIRS. None where the account does not know the statement.

        https://docs.snowflake.com/en/sql-reference/sql/show-user-key-pairs
        """
        try:
            rows = self._execute(f"SHOW USER KEY PAIRS FOR USER {quoted(name)}")
        except SnowflakeError as error:
            if error.code != SYNTAX_ERROR:
                raise
            return frozenset()
        return description.active_key_pairs(rows)

    def install_key(self, user: str, slot: Slot, public_key_body: str) -> None:
        """ALTER USER … SET. Raises ValueError for a body that is not one line of base64.

        https://docs.snowflake.com/en/sql-reference/sql/alter-user
        """
        if not _BASE64.fullmatch(public_key_body):
            raise ValueError("a public key body is one line of base64")
        self._execute(f"ALTER USER {quoted(user)} SET {slot} = '{public_key_body}'")

    def retire_key(self, user: str, slot: Slot) -> None:
        """ALTER USER … UNSET."""
        self._execute(f"ALTER USER {quoted(user)} UNSET {slot}")

    def _execute(self, statement: str) -> list[dict[str, Any]]:
        self._deadline.require(self._seconds + LONGEST_CLOSE_SECONDS)
        return _translated(_verb(statement), lambda: self._rows(statement))

    def _rows(self, statement: str) -> list[dict[str, Any]]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)
            names = [column.name for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def quoted(identifier: str) -> str:
    """Quote an identifier so that it names exactly this object.

    https://docs.snowflake.com/en/sql-reference/identifiers-syntax
    """
    return '"' + identifier.replace('"', '""') + '"'


def _chosen(endpoint: Endpoint, login: Login) -> dict[str, object]:
    """Return what is set on connect: the role, so that the user's default does not matter."""
    chosen = {
        "role": login.role,
        "host": endpoint.host or accounts.host(login.account),
        "port": endpoint.port,
        "protocol": endpoint.protocol if endpoint.host else None,
    }
    return {name: value for name, value in chosen.items() if value is not None}


def _verb(statement: str) -> str:
    return " ".join(statement.split()[:2])


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
