"""The HTTP/1.1 server of every service here: on 127.0.0.1, one thread a connection.

Written on http.server's reader of requests. Not werkzeug's server, which moto brings along: it
closes the connection after every reply, while the real services keep it open, and only on a kept
connection do clients show what they do when it is cut under them.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["HOST", "Handler", "HttpReply", "HttpRequest", "HttpServer"]

HOST = "127.0.0.1"
WAITING_CLIENTS = 128


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request; header names are lower case, the body is whole."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class HttpReply:
    """One reply; Content-Length is added on the way out, ``error_code`` is for the record."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    error_code: str | None = None


class HttpServer:
    """Serves ``answer`` from its construction until ``close``; ``port`` 0 takes a free one.

    ``answer`` runs in the thread of its connection. It returns a reply, or None to cut the
    connection without a word. What it raises is kept for ``close``.
    """

    def __init__(self, answer: Callable[[HttpRequest], HttpReply | None], port: int = 0) -> None:
        self.answer = answer
        self.handler: type[Handler] = Handler
        self._listener = socket.create_server((HOST, port), backlog=WAITING_CLIENTS)
        self.port = int(self._listener.getsockname()[1])
        self._lock = threading.Lock()
        self._idle: set[socket.socket] = set()
        self._threads: set[threading.Thread] = set()
        self._failures: list[BaseException] = []
        self._closing = False
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    def __enter__(self) -> Self:
        """Return the server, which is up since it was constructed."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    @property
    def address(self) -> str:
        """``127.0.0.1:port``."""
        return f"{HOST}:{self.port}"

    @property
    def url(self) -> str:
        """The URL, without a path."""
        return f"http://{self.address}"

    def close(self) -> None:
        """Stop listening, cut connections that wait for a request, let replies under way go out.

        Whatever makes ``answer`` wait has to be released before. Twice is once.

        Raises:
            RuntimeError: ``answer`` failed; it was a fault of the sandbox or of a test's function.

        """
        if not self._begin_to_close():
            return
        # Closing a socket does not wake the thread that accepts on it; a last client does.
        with contextlib.suppress(OSError):
            socket.create_connection((HOST, self.port)).close()
        self._acceptor.join()
        self._listener.close()
        for thread in list(self._threads):
            thread.join()
        if self._failures:
            raise RuntimeError("the sandbox failed while it answered") from self._failures[0]

    def begins(self, connection: socket.socket) -> None:
        """Note that the connection's request has arrived: it is not cut before its reply."""
        with self._lock:
            self._idle.discard(connection)

    def waits(self, connection: socket.socket) -> bool:
        """Note that the connection waits for a request; False when none is to come any more."""
        with self._lock:
            if not self._closing:
                self._idle.add(connection)
            return not self._closing

    def _begin_to_close(self) -> bool:
        with self._lock:
            first, self._closing = not self._closing, True
            for connection in self._idle:
                cut(connection)
        return first

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._closing:
                connection.close()
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.add(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                self.handler(connection, HOST, self)  # type: ignore[arg-type]  # no server of socketserver
            except (ConnectionError, TimeoutError):
                pass  # the client went away: killed functions do that
            except BaseException as failure:  # noqa: BLE001 - for whoever closes the server
                self._failures.append(failure)
            finally:
                with self._lock:
                    self._idle.discard(connection)
        self._threads.discard(threading.current_thread())


def cut(connection: socket.socket) -> None:
    """Cut a connection in both directions; the other side may have been faster."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


class Handler(BaseHTTPRequestHandler):
    """Reads requests off one connection and writes the replies."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: HttpServer  # type: ignore[assignment]

    def handle(self) -> None:
        """Serve one request after the other."""
        self.close_connection = False
        while not self.close_connection and self.server.waits(self.connection):
            self.handle_one_request()

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:
            raise ConnectionAbortedError("the connection ended within a request")
        self.server.begins(self.connection)
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.answer(HttpRequest(self.command, self.path, headers, body))
        if reply is None:
            self.close_connection = True
            cut(self.connection)
        else:
            self.wfile.write(_serialised(reply))

    do_GET = _serve  # noqa: N815 - the name http.server looks for
    do_POST = _serve  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401
        """Write no access log: what matters is in the record, without values."""


def _serialised(reply: HttpReply) -> bytes:
    """Return head and body: in two writes they would meet delayed acknowledgement, 40 ms a call."""
    phrase, _ = BaseHTTPRequestHandler.responses.get(reply.status, ("", ""))
    lines = [f"HTTP/1.1 {reply.status} {phrase}"]
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    lines += [f"Content-Length: {len(reply.body)}", "", ""]
    return "\r\n".join(lines).encode("latin-1") + reply.body
