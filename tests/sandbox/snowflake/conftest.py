"""An account with a service user, a server for it, and clients of two kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import snowflake.connector

from sandbox.snowflake import Account, SnowflakeServer
from tests.sandbox.snowflake.helpers import MODIFY, BareClient, Connect, KeyPair, Run, new_key_pair

if TYPE_CHECKING:
    from collections.abc import Iterator

    from snowflake.connector import SnowflakeConnection


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("SNOWFLAKE_DISABLE_PLATFORM_DETECTION", "true")


@pytest.fixture(scope="session")
def key() -> KeyPair:
    return new_key_pair()


@pytest.fixture(scope="session")
def second_key() -> KeyPair:
    return new_key_pair()


@pytest.fixture(scope="session")
def foreign_key() -> KeyPair:
    return new_key_pair()


@pytest.fixture
def account(key: KeyPair) -> Account:
    account = Account("SANDBOX")
    account.create_user("SVC_APP", rsa_public_key=key.body)
    account.create_user("OTHER")
    account.create_role("ROTATION")
    account.grant_role("ROTATION", to_user="SVC_APP")
    account.grant(MODIFY, on_user="SVC_APP", to_role="ROTATION")
    return account


@pytest.fixture
def server(account: Account) -> Iterator[SnowflakeServer]:
    # With the codes that some accounts tell: they say what was refused.
    with SnowflakeServer(account, detailed_jwt_errors=True) as server:
        yield server


@pytest.fixture
def bare(server: SnowflakeServer) -> Iterator[BareClient]:
    client = BareClient(server)
    yield client
    client.close()


@pytest.fixture
def connect(server: SnowflakeServer, key: KeyPair) -> Iterator[Connect]:
    """Log in with the real connector as SVC_APP, if not told otherwise."""
    opened: list[SnowflakeConnection] = []

    def connect(name: str = "SVC_APP", /, **changes: Any) -> SnowflakeConnection:  # noqa: ANN401
        arguments = {
            **server.connect_arguments(name),
            "private_key": key.der,
            "session_parameters": {"CLIENT_TELEMETRY_ENABLED": False},
            "login_timeout": 5,
            **changes,
        }
        connection = snowflake.connector.connect(**arguments)
        opened.append(connection)
        return connection

    yield connect
    server.faults.clear()
    for connection in opened:
        connection.close()


@pytest.fixture
def run(connect: Connect) -> Run:
    """Run a statement as SVC_APP in a role."""

    def run(sql: str, role: str = "PUBLIC") -> list[tuple[Any, ...]]:
        cursor = connect(role=role).cursor()
        cursor.execute(sql)
        return [tuple(row) for row in cursor.fetchall()]

    return run
