"""What all servers have in common, shown at one that only echoes."""

from __future__ import annotations

import http.client
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from sandbox.faults import ANY, Callback, Cut, Delay, Garbage, Hang, Unavailable, When
from sandbox.http import HttpReply
from sandbox.record import CONNECTION_CUT, Call, Record
from sandbox.server import Asked, Server, Service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.http import HttpRequest


class Echoes(Service):
    def __init__(self) -> None:
        super().__init__(Record())
        self.carried_out: list[str | None] = []

    def decode(self, request: HttpRequest) -> Asked:
        operation, _, subject = request.body.decode().partition(" ")
        if not operation:
            raise ValueError("nothing is asked for")
        return Asked(operation, subject, {"shown": subject}, request.body)

    def carry_out(self, asked: Asked) -> HttpReply:
        self.carried_out.append(asked.subject)
        code = "Refused" if asked.operation == "refuse" else None
        return HttpReply(200, asked.content, error_code=code)

    def now(self) -> float:
        return 4711.0


class EchoServer(Server):
    service: Echoes

    def __init__(self) -> None:
        super().__init__(Echoes())

    def environment(self) -> dict[str, str]:
        return {"ECHO": self.url}


@pytest.fixture
def server() -> Iterator[EchoServer]:
    with EchoServer() as server:
        yield server


def ask(server: Server, text: str) -> tuple[int, str]:
    client = http.client.HTTPConnection(server.host, server.port, timeout=5)
    try:
        client.request("POST", "/", text.encode())
        reply = client.getresponse()
        return reply.status, reply.read().decode()
    finally:
        client.close()


def test_a_call_is_carried_out_and_recorded(server: EchoServer) -> None:
    assert ask(server, "say hello") == (200, "say hello")
    assert ask(server, "refuse me") == (200, "refuse me")
    assert server.record.calls == [
        Call(4711.0, "say", "hello", {"shown": "hello"}),
        Call(4711.0, "refuse", "me", {"shown": "me"}, error_code="Refused"),
    ]


def test_what_is_no_request_is_a_400_and_no_call(server: EchoServer) -> None:
    assert ask(server, "")[0] == 400
    assert server.record.calls == []


@pytest.mark.parametrize(
    ("when", "carried_out"), [(When.BEFORE, []), (When.AFTER, ["hello"])], ids=["before", "after"]
)
class TestAFault:
    def test_may_cut(self, server: EchoServer, when: When, carried_out: list[str]) -> None:
        server.faults.add("say", Cut(), when=when)
        with pytest.raises(http.client.RemoteDisconnected):
            ask(server, "say hello")
        assert server.service.carried_out == carried_out
        (call,) = server.record.calls
        assert (call.faults, call.error_code) == (("Cut",), CONNECTION_CUT)

    def test_may_answer_instead(
        self, server: EchoServer, when: When, carried_out: list[str]
    ) -> None:
        server.faults.add("say", Unavailable(503), when=when)
        assert ask(server, "say hello") == (503, "")
        assert server.service.carried_out == carried_out

    def test_may_answer_with_garbage(
        self, server: EchoServer, when: When, carried_out: list[str]
    ) -> None:
        server.faults.add("say", Garbage(b"<html>"), when=when)
        assert ask(server, "say hello") == (200, "<html>")
        assert server.service.carried_out == carried_out

    def test_may_call_a_function_with_the_call(
        self, server: EchoServer, when: When, carried_out: list[str]
    ) -> None:
        seen: list[tuple[str | None, int]] = []
        look = Callback(lambda call: seen.append((call.subject, len(server.service.carried_out))))
        server.faults.add("say", look, when=when)
        assert ask(server, "say hello") == (200, "say hello")
        assert seen == [("hello", len(carried_out))]

    def test_may_take_time(self, server: EchoServer, when: When, carried_out: list[str]) -> None:
        server.faults.add("say", Delay(0.05), when=when)
        before = time.monotonic()
        assert ask(server, "say hello") == (200, "say hello")
        assert time.monotonic() - before >= 0.05
        assert server.service.carried_out[: len(carried_out)] == carried_out


@pytest.mark.parametrize("released_by", ["clear", "stop"])
def test_a_call_that_hangs_is_cut_when_it_is_released(released_by: str) -> None:
    arrived = threading.Event()
    with EchoServer() as server, ThreadPoolExecutor() as pool:
        server.faults.add(ANY, Callback(lambda _: arrived.set()))
        server.faults.add(ANY, Hang())
        hanging = pool.submit(ask, server, "say hello")
        assert arrived.wait(5)
        server.faults.clear() if released_by == "clear" else server.stop()
        with pytest.raises((http.client.RemoteDisconnected, ConnectionError)):
            hanging.result(5)
        assert server.service.carried_out == []


def test_a_call_under_way_when_the_record_is_cleared_stays_forgotten(server: EchoServer) -> None:
    server.faults.add(ANY, Callback(lambda _: server.record.clear()))
    ask(server, "say hello")
    assert server.record.calls == []


def test_it_serves_while_it_is_entered_and_no_longer() -> None:
    server = EchoServer()
    with pytest.raises(RuntimeError, match="does not run"):
        _ = server.url
    with server:
        assert server.environment() == {"ECHO": f"http://127.0.0.1:{server.port}"}
        host, port = server.host, server.port
    with pytest.raises(ConnectionRefusedError):
        http.client.HTTPConnection(host, port).connect()
    server.stop()


def test_what_a_function_raised_is_told_when_it_stops() -> None:
    server = EchoServer()
    server.start()
    server.faults.add(ANY, Callback(lambda _: 1 / 0))
    with pytest.raises(http.client.RemoteDisconnected):
        ask(server, "say hello")
    with pytest.raises(RuntimeError, match="failed while it answered"):
        server.stop()
