"""The server as a server: connections, ports, starting and stopping."""

from __future__ import annotations

import socket

import pytest

from sandbox.snowflake import Account, SnowflakeServer
from tests.sandbox.snowflake.helpers import BareClient, KeyPair


@pytest.mark.parametrize(
    "path", ["/", "/session", "/session/v1/login", "/queries/v1/other", "/oauth/token-request"]
)
def test_an_unknown_path_is_404(bare: BareClient, path: str) -> None:
    assert bare.request(path, {})[0] == 404


def test_get_is_404(bare: BareClient) -> None:
    assert bare.request("/session/v1/login-request", {}, method="GET")[0] == 404


@pytest.mark.parametrize("body", [[1], "text", 1])
def test_a_body_that_is_no_object_is_400(bare: BareClient, body: object) -> None:
    assert bare.request("/session/v1/login-request", body)[0] == 400


def test_the_connection_is_kept_between_requests(server: SnowflakeServer) -> None:
    with socket.create_connection((server.host, server.port), timeout=5) as connection:
        for _ in range(2):
            connection.sendall(
                b"POST /telemetry/send HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
            )
            reply = connection.recv(65536)
            assert reply.startswith(b"HTTP/1.1 200")
            assert b"Log Received" in reply


def test_after_stop_no_kept_connection_is_served(account: Account) -> None:
    server = SnowflakeServer(account)
    server.start()
    client = BareClient(server)
    assert client.post("/telemetry/send")["success"]
    host, port = server.host, server.port

    server.stop()
    server.stop()

    client._connection.auto_open = 0
    with pytest.raises((ConnectionError, OSError)):
        client.post("/telemetry/send")
    client.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, port), timeout=5)


def test_a_server_that_does_not_run_has_no_port(account: Account) -> None:
    with pytest.raises(RuntimeError, match="does not run"):
        _ = SnowflakeServer(account).url


def test_a_stopped_server_starts_again_on_its_port_with_its_sessions(
    account: Account, key: KeyPair
) -> None:
    with SnowflakeServer(account) as server:
        port = server.port
    server = SnowflakeServer(account, port=port)
    with server:
        assert server.url == f"http://127.0.0.1:{port}"
        client = BareClient(server)
        client.log_in("SVC_APP", key)
        client.close()
    with server:
        again = BareClient(server)
        again.token = client.token
        assert again.execute("SELECT 1")["success"]
        again.close()
