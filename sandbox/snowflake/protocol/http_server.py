"""HTTP/1.1 on 127.0.0.1, one thread a connection.

Written on http.server, not on werkzeug's server: that one closes the connection after every
reply, while real Snowflake keeps it open, and only on a kept connection do the clients show
what they do when it is cut under them.
"""

from __future__ import annotations

import gzip
import json
import socket
import socketserver
import sys
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from sandbox.snowflake.protocol.endpoints import Request
from sandbox.snowflake.protocol.service import ConnectionCutError, Reply

if TYPE_CHECKING:
    from collections.abc import Callable


class HttpServer(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Serves one ``answer`` function; ``failures`` holds what it raised unexpectedly."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, answer: Callable[[Request], Reply]) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.answer = answer
        self.failures: list[BaseException] = []
        self._connections: set[socket.socket] = set()

    @property
    def port(self) -> int:
        """The port in use."""
        return int(self.socket.getsockname()[1])

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection and remember it."""
        connection, address = super().get_request()
        self._connections.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - as declared by the base
        """Forget a connection and close it."""
        self._connections.discard(request)
        super().shutdown_request(request)

    def cut_connections(self) -> None:
        """Cut the connections that are open: kept ones would be served after the end."""
        for connection in list(self._connections):
            cut(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401, ARG002
        """Keep an unexpected error for whoever stops the server; a client may just go away."""
        error = sys.exception()
        if error is not None and not isinstance(error, ConnectionError):
            self.failures.append(error)


def cut(connection: socket.socket) -> None:
    """Cut a connection in both directions."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side was faster


class Handler(BaseHTTPRequestHandler):
    """Reads requests off one connection and writes the replies."""

    protocol_version = "HTTP/1.1"
    # headers and body leave in one write: two cost a client 40 ms of delayed acknowledgement
    wbufsize = -1
    disable_nagle_algorithm = True
    server: HttpServer

    def do_POST(self) -> None:
        """Answer a POST."""
        self._serve()

    def do_GET(self) -> None:
        """Answer a GET."""
        self._serve()

    def _serve(self) -> None:
        request = self._read()
        if request is None:
            self._write(Reply(400, b"Bad Request", "text/plain"))
            return
        try:
            reply = self.server.answer(request)
        except ConnectionCutError:
            self.close_connection = True
            cut(self.connection)
        else:
            self._write(reply)

    def _read(self) -> Request | None:
        """Read the request's body; None if it is no JSON object."""
        url = urlsplit(self.path)
        try:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.headers.get("Content-Encoding") == "gzip":
                raw = gzip.decompress(raw)
            body = json.loads(raw) if raw.strip() else {}
        except (ValueError, OSError, EOFError):
            return None
        if not isinstance(body, dict | None):
            return None
        return Request(
            method=self.command,
            path=url.path,
            query={name: values[0] for name, values in parse_qs(url.query).items()},
            authorization=self.headers.get("Authorization") or "",
            body=body or {},
        )

    def _write(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as in the base
        """Log nothing: a record is kept, and a log line could carry more than it should."""
