"""A service behind a port: one way from a request to its reply, one way to start and to stop."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from sandbox.faults import ConnectionCutError, Faults, When
from sandbox.http import HOST, HttpReply, HttpServer
from sandbox.record import CONNECTION_CUT, Call, Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.faults import Strikes
    from sandbox.http import HttpRequest

__all__ = ["Asked", "Server", "Service"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, decoded: the first three are the record's, ``content`` is for the service."""

    operation: str
    subject: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    content: Any = field(default=None, repr=False)


class Service(ABC):
    """Answers requests: notes one, lets faults strike, carries it out, lets them strike again."""

    record: Record

    def __init__(self, record: Record) -> None:
        self.record = record
        self.faults = Faults()

    @abstractmethod
    def decode(self, request: HttpRequest) -> Asked:
        """Read a request. Raises ValueError when it is none."""

    @abstractmethod
    def carry_out(self, asked: Asked) -> HttpReply:
        """Do what a request asks for; refusals are replies too."""

    def now(self) -> float:
        """Return the time that the record has, in Unix seconds."""
        return time.time()

    def answer(self, request: HttpRequest) -> HttpReply | None:
        """Return the reply, or None to cut the connection."""
        try:
            asked = self.decode(request)
        except ValueError:
            return HttpReply(400, b"Bad Request", {"Content-Type": "text/plain"})
        strikes = self.faults.take(asked.operation, asked.subject)
        call = Call(self.now(), asked.operation, asked.subject, asked.parameters, strikes.names)
        key = self.record.add(call)
        try:
            reply = self._struck(asked, call, strikes)
        except ConnectionCutError:
            self.record.finish(key, CONNECTION_CUT)
            return None
        self.record.finish(key, reply.error_code)
        return reply

    def _struck(self, asked: Asked, call: Call, strikes: Strikes) -> HttpReply:
        instead = strikes.strike(When.BEFORE, call)
        if instead is not None:
            return instead
        reply = self.carry_out(asked)
        return strikes.strike(When.AFTER, call) or reply


class Server(ABC):
    """Serves while it is entered as a context; ``port`` 0 takes a free one."""

    host = HOST

    def __init__(self, service: Service, port: int = 0) -> None:
        self.service = service
        self._wanted_port = port
        self._http: HttpServer | None = None

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    @abstractmethod
    def environment(self) -> dict[str, str]:
        """Return the variables with which the service's clients find this server."""

    def start(self) -> None:
        """Listen, and answer in threads of the server's own."""
        self._http = HttpServer(self.service.answer, self._wanted_port)

    def stop(self) -> None:
        """Stop listening, cut every connection, release calls that hang. Twice is once.

        Raises RuntimeError when something failed while the server answered: a fault of the sandbox
        or of a test's function.
        """
        http, self._http = self._http, None
        self.faults.clear()
        if http is not None:
            http.close()

    @property
    def http(self) -> HttpServer:
        """The HTTP server. Raises RuntimeError when it does not run."""
        if self._http is None:
            raise RuntimeError("the server does not run: start it, or enter it as a context")
        return self._http

    @property
    def port(self) -> int:
        """The port in use. Raises RuntimeError when the server does not run."""
        return self.http.port

    @property
    def url(self) -> str:
        """The URL, without a path. Raises RuntimeError when the server does not run."""
        return self.http.url

    @property
    def record(self) -> Record:
        """What clients asked for."""
        return self.service.record

    @property
    def faults(self) -> Faults:
        """What is to go wrong, by operation."""
        return self.service.faults
