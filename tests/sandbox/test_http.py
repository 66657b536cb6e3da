"""The server that all services stand on: connections, replies, its end."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from sandbox.http import HttpReply, HttpRequest, HttpServer

if TYPE_CHECKING:
    from collections.abc import Iterator


def echo(request: HttpRequest) -> HttpReply | None:
    if request.path == "/cut":
        return None
    if request.path == "/fail":
        raise ZeroDivisionError
    text = f"{request.method} {request.path} {request.headers.get('x-tell')} ".encode()
    return HttpReply(200, text + request.body, {"X-Told": "yes"})


@pytest.fixture
def server() -> Iterator[HttpServer]:
    with HttpServer(echo) as server:
        yield server


@pytest.fixture
def client(server: HttpServer) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(server.address, timeout=5)
    yield connection
    connection.close()


def ask(
    client: http.client.HTTPConnection, path: str = "/", body: bytes = b"", method: str = "POST"
) -> http.client.HTTPResponse:
    client.request(method, path, body, {"X-Tell": "me"})
    return client.getresponse()


def test_a_request_arrives_and_its_reply_goes_back(client: http.client.HTTPConnection) -> None:
    reply = ask(client, "/a?b=c", b"body")
    assert (reply.status, reply.getheader("X-Told")) == (200, "yes")
    assert reply.read() == b"POST /a?b=c me body"
    assert ask(client, method="GET").read() == b"GET / me "


def test_a_connection_is_kept(client: http.client.HTTPConnection) -> None:
    ask(client).read()
    before = client.sock
    ask(client).read()
    assert client.sock is before
    assert before is not None


def test_a_reply_arrives_in_one_piece(server: HttpServer) -> None:
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n")
        assert connection.recv(65536).endswith(b"GET /x None ")


def test_no_reply_cuts_the_connection_and_no_other(
    server: HttpServer, client: http.client.HTTPConnection
) -> None:
    other = http.client.HTTPConnection(server.address, timeout=5)
    ask(other).read()
    kept = other.sock
    with pytest.raises(http.client.RemoteDisconnected):
        ask(client, "/cut")
    ask(other).read()
    assert other.sock is kept
    other.close()


def test_a_request_that_ends_early_is_not_answered() -> None:
    seen: list[HttpRequest] = []

    def answer(request: HttpRequest) -> HttpReply:
        seen.append(request)
        return HttpReply(200)

    with HttpServer(answer) as server:
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf")
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(65536) == b""
        assert seen == []


def test_its_end_does_not_wait_for_idle_connections() -> None:
    with HttpServer(echo) as server:
        client = http.client.HTTPConnection(server.address, timeout=5)
        ask(client).read()
        before = time.monotonic()
    assert time.monotonic() - before < 1
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
        ask(client)
    client.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port))


def test_a_reply_under_way_goes_out_at_its_end() -> None:
    arrived, go_on = threading.Event(), threading.Event()

    def answer(_: HttpRequest) -> HttpReply:
        arrived.set()
        assert go_on.wait(5)
        return HttpReply(200, b"late")

    server = HttpServer(answer)
    client = http.client.HTTPConnection(server.address, timeout=5)
    with ThreadPoolExecutor() as pool:
        reply = pool.submit(ask, client)
        assert arrived.wait(5)
        closing = pool.submit(server.close)
        time.sleep(0.05)
        assert not closing.done()
        go_on.set()
        assert reply.result().read() == b"late"
        closing.result(5)
    client.close()


def test_closing_twice_is_once() -> None:
    server = HttpServer(echo)
    server.close()
    server.close()


def test_what_failed_is_told_at_its_end() -> None:
    server = HttpServer(echo)
    client = http.client.HTTPConnection(server.address, timeout=5)
    with pytest.raises(http.client.RemoteDisconnected):
        ask(client, "/fail")
    client.close()
    with pytest.raises(RuntimeError, match="failed while it answered") as caught:
        server.close()
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_a_client_that_goes_away_is_no_failure() -> None:
    go_on = threading.Event()

    def answer(_: HttpRequest) -> HttpReply:
        go_on.wait(5)
        return HttpReply(200, b"x" * 1_000_000)

    with HttpServer(answer) as server:
        connection = socket.create_connection(("127.0.0.1", server.port))
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.close()
        go_on.set()


def test_it_listens_on_the_port_it_is_told() -> None:
    with HttpServer(echo) as server:
        port = server.port
    with HttpServer(echo, port) as again:
        assert again.url == f"http://127.0.0.1:{port}"


def test_no_thread_is_left() -> None:
    before = set(threading.enumerate())
    with HttpServer(echo) as server:
        client = http.client.HTTPConnection(server.address, timeout=5)
        ask(client).read()
        assert len(set(threading.enumerate()) - before) == 2
    assert set(threading.enumerate()) <= before
    client.close()
