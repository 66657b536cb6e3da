"""Snowflake's protocol around its endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.http import HttpReply
from sandbox.server import Asked, Service
from sandbox.snowflake.protocol import wire
from sandbox.snowflake.protocol.requests import Kind, Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.http import HttpRequest
    from sandbox.record import Record
    from sandbox.snowflake.protocol.endpoints import Endpoints


class SnowflakeService(Service):
    """Answers on one account's endpoints, by the account's clock."""

    def __init__(self, endpoints: Endpoints, record: Record, clock: Callable[[], float]) -> None:
        super().__init__(record)
        self._endpoints = endpoints
        self._clock = clock

    def now(self) -> float:
        """Return the account's time in Unix seconds."""
        return self._clock()

    def decode(self, request: HttpRequest) -> Asked:
        """Read a request; its subject is its SQL."""
        decoded = Request.from_http(request)
        asked = {"method": decoded.method, "path": decoded.path}
        return Asked(decoded.kind, decoded.sql, asked, decoded)

    def carry_out(self, asked: Asked) -> HttpReply:
        """Answer a request of a known kind; the others are 404s."""
        if asked.operation == Kind.UNKNOWN:
            return HttpReply(404, b"Not Found", {"Content-Type": "text/plain"})
        return wire.http_reply(self._endpoints.answer(asked.content))
