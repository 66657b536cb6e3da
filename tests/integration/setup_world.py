"""A stack whose Snowflake account has an administrator, and the scripts of setup/snowflake."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import snowflake.connector
from cryptography.hazmat.primitives import serialization

from sandbox.snowflake.objects import role_id, user_id
from sandbox.stack import ROLE, USER, Stack
from tests.integration.observed import forget
from tests.shared import keys

if TYPE_CHECKING:
    from snowflake.connector import SnowflakeConnection

REPOSITORY = Path(__file__).parents[2]
SETUP = REPOSITORY / "setup" / "snowflake"
ADMIN = "ADMIN"
HERE, ELSEWHERE = "127.0.0.1", "203.0.113.7"


def der(private_key: str) -> bytes:
    """Return a PEM key as every line of the connector takes it."""
    key = serialization.load_pem_private_key(
        private_key.encode(), None, unsafe_skip_rsa_key_validation=True
    )
    return key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def one_line(public_key: str) -> str:
    return "".join(public_key.strip().splitlines()[1:-1])


def script(public_key: str, *addresses: str) -> str:
    """Return service_user.sql with its two variables replaced, as the Snowflake CLI does it."""
    values = {
        "public_key": one_line(public_key),
        "addresses": ", ".join(f"'{address}'" for address in addresses),
    }
    text = (SETUP / "service_user.sql").read_text(encoding="utf-8")
    return re.sub(r"<% (\w+) %>", lambda mark: values[mark[1]], text)


class World:
    """A stack whose Snowflake account has an administrator and no service user yet."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.account = stack.account
        self.private_key, self.public_key = keys.key_pair("service user")
        self._admin_key, public = keys.key_pair("administrator")
        self.account.remove(user_id(USER))
        self.account.remove(role_id(ROLE))
        self.account.create_user(ADMIN, rsa_public_key=public)
        self.account.grant_role("ACCOUNTADMIN", to_user=ADMIN)

    def connect(self, user: str, private_key: str, role: str = "PUBLIC") -> SnowflakeConnection:
        return snowflake.connector.connect(
            **self.stack.snowflake.connect_arguments(user),
            private_key=der(private_key),
            role=role,
            session_parameters={"CLIENT_TELEMETRY_ENABLED": False},
        )

    def run(self, sql: str, role: str = "ACCOUNTADMIN") -> None:
        """Send a script statement by statement, as an administrator."""
        with self.connect(ADMIN, self._admin_key, role) as connection:
            for cursor in connection.execute_string(sql, remove_comments=True):
                cursor.close()

    def set_up(self, *addresses: str) -> None:
        self.run(script(self.public_key, *addresses or (HERE,)))

    def fill_secret(self) -> None:
        content = self.stack.read_current()
        content |= {"privateKey": self.private_key, "publicKey": self.public_key}
        self.stack.aws.client().put_secret_value(
            SecretId=self.stack.secret_arn, SecretString=json.dumps(content)
        )

    def rotatable(self) -> None:
        self.set_up()
        self.fill_secret()
        self.stack.attach()
        forget(self.stack)

    def last_error(self) -> str | None:
        return self.stack.rotate().steps[-1].error_type
