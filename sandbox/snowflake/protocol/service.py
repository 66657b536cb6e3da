"""One request from arrival to reply: its record, its faults and its endpoint."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sandbox.http import HttpReply
from sandbox.snowflake.answers.refusals import Refusal
from sandbox.snowflake.faults import (
    Call,
    CutAfter,
    CutBefore,
    Delay,
    Effect,
    Faults,
    Garbage,
    Hang,
    Kind,
    Refuse,
    Unavailable,
    When,
)
from sandbox.snowflake.protocol import wire
from sandbox.snowflake.protocol.endpoints import Request
from sandbox.snowflake.record import Record, RequestEntry

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from sandbox.http import HttpRequest
    from sandbox.snowflake.protocol.endpoints import Endpoints


TEXT = {"Content-Type": "text/plain"}


class ConnectionCutError(Exception):
    """There is no reply: the connection is to be cut."""


class Service:
    """Answers requests, with the faults that were asked for."""

    def __init__(
        self,
        endpoints: Endpoints,
        faults: Faults,
        record: Record,
        clock: Callable[[], float],
        stopping: threading.Event,
    ) -> None:
        self._endpoints = endpoints
        self._faults = faults
        self._record = record
        self._clock = clock
        self._stopping = stopping

    def answer(self, request: HttpRequest) -> HttpReply | None:
        """Answer a request; None when a fault, or the end of the server, leaves it without one."""
        try:
            decoded = Request.from_http(request)
        except ValueError:
            return HttpReply(400, b"Bad Request", TEXT)
        try:
            return self._answer(decoded)
        except ConnectionCutError:
            return None

    def _answer(self, request: Request) -> HttpReply:
        kind = request.kind
        effects = self._faults.take(kind, request.sql)
        names = tuple(type(effect).__name__ for effect in effects)
        self._record.add(RequestEntry(self._clock(), kind, request.method, request.path, names))
        for effect in effects:
            instead = self._before(effect, kind)
            if instead is not None:
                return instead
        if kind is Kind.UNKNOWN:
            return HttpReply(404, b"Not Found", TEXT)
        reply = _json_reply(self._endpoints.answer(request))
        for effect in effects:
            _after(effect)
        return reply

    def _before(self, effect: Effect, kind: Kind) -> HttpReply | None:
        """Do what a fault does before the effect; return a reply that replaces the real one."""
        match effect:
            case Delay(seconds):
                if self._stopping.wait(seconds):
                    raise ConnectionCutError
            case Hang(seconds):
                self._stopping.wait(seconds)
                raise ConnectionCutError
            case CutBefore():
                raise ConnectionCutError
            case Call(function, When.BEFORE_EFFECT):
                function()
            case Unavailable(status):
                return HttpReply(status, b"", TEXT)
            case Garbage(body, content_type):
                return HttpReply(200, body, {"Content-Type": content_type})
            case Refuse(code, message, sqlstate):
                refused = wire.login_refused if kind is Kind.LOGIN else wire.refused
                return _json_reply(refused(Refusal(code, message, sqlstate)))
        return None


def _after(effect: Effect) -> None:
    match effect:
        case CutAfter():
            raise ConnectionCutError
        case Call(function, When.AFTER_EFFECT):
            function()


def _json_reply(value: wire.Json) -> HttpReply:
    return HttpReply(200, json.dumps(value).encode(), {"Content-Type": "application/json"})
