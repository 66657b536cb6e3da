"""One request from arrival to reply: its record, its faults and its endpoint."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
from sandbox.snowflake.record import Record, RequestEntry

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from sandbox.snowflake.protocol.endpoints import Endpoints, Request


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP reply."""

    status: int
    body: bytes
    content_type: str = "application/json"


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

    def answer(self, request: Request) -> Reply:
        """Answer a request.

        Raises:
            ConnectionCutError: a fault, or the end of the server, leaves it without a reply.

        """
        kind = request.kind
        effects = self._faults.take(kind, request.sql)
        names = tuple(type(effect).__name__ for effect in effects)
        self._record.add(RequestEntry(self._clock(), kind, request.method, request.path, names))
        for effect in effects:
            instead = self._before(effect, kind)
            if instead is not None:
                return instead
        if kind is Kind.UNKNOWN:
            return Reply(404, b"Not Found", "text/plain")
        reply = _json_reply(self._endpoints.answer(request))
        for effect in effects:
            _after(effect)
        return reply

    def _before(self, effect: Effect, kind: Kind) -> Reply | None:
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
                return Reply(status, b"", "text/plain")
            case Garbage(body, content_type):
                return Reply(200, body, content_type)
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


def _json_reply(value: wire.Json) -> Reply:
    return Reply(200, json.dumps(value).encode())
