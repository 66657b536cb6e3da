"""A small HTTP/1.1 server on 127.0.0.1: one function answers, one write per reply.

Both embedded services stand on it. A reply leaves in one write, because
headers and body in two meet delayed acknowledgement and cost 40 ms a call.
Every connection is closed after its reply, so closing the server can wait for
its threads instead of guessing which connections are idle.
"""

from __future__ import annotations

import socketserver
import threading
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["HttpReply", "HttpRequest", "LoopbackServer"]

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request; header names are lower case, the body is whole."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class HttpReply:
    """One reply; Content-Length and Connection are added on the way out."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class LoopbackServer:
    """Serves ``answer`` on a port of the system's choice until ``close``.

    ``answer`` runs in a thread per connection. It returns a reply, or None to
    close the connection without a word. Whatever can make it wait has to be
    released before ``close``, which joins those threads.
    """

    def __init__(self, answer: Callable[[HttpRequest], HttpReply | None]) -> None:
        self._server = _Server(answer)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    @property
    def address(self) -> str:
        """``127.0.0.1:port``."""
        return f"{HOST}:{self._server.server_address[1]}"

    def close(self) -> None:
        """Stop listening, then wait for the replies under way."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 64

    def __init__(self, answer: Callable[[HttpRequest], HttpReply | None]) -> None:
        self.answer = answer
        super().__init__((HOST, 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Stay quiet about clients that went away: killed functions do that."""
        import sys  # noqa: PLC0415 - only needed where something already went wrong

        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30

    def _serve(self) -> None:
        self.close_connection = True
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = HttpRequest(self.command, self.path, headers, self.rfile.read(length))
        reply = cast("_Server", self.server).answer(request)
        if reply is not None:
            self.wfile.write(_serialised(reply))

    do_GET = _serve  # noqa: N815 - the name http.server looks for
    do_POST = _serve  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401
        """Write no access log: what matters is in the record of calls."""


def _serialised(reply: HttpReply) -> bytes:
    headers = {
        **reply.headers,
        "Content-Length": str(len(reply.body)),
        "Connection": "close",
    }
    lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + reply.body
