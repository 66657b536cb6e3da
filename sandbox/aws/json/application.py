"""One request: note it, let the faults strike, run it, let them strike again."""

from __future__ import annotations

import json
import uuid
from abc import ABC, abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sandbox.aws.json.faults import ConnectionCutError, Faults, When

if TYPE_CHECKING:
    from sandbox.aws.json.record import ApiCall, ApiRecord
    from sandbox.http import HttpReply, HttpRequest

__all__ = ["JsonApplication"]

CONNECTION_CUT = "ConnectionCut"


class JsonApplication(ABC):
    """Answers the JSON 1.1 protocol; a service says what its operations do."""

    def __init__(self, record: ApiRecord) -> None:
        self.record = record
        self.faults = Faults()

    @abstractmethod
    def dispatch(
        self, operation: str, request: HttpRequest, parameters: dict[str, Any]
    ) -> HttpReply:
        """Run one operation, by the name that the protocol has; refusals are replies too."""

    def answer(self, request: HttpRequest) -> HttpReply | None:
        """Return the reply, or None to cut the connection."""
        operation = request.headers.get("x-amz-target", "").rpartition(".")[2]
        parameters: dict[str, Any] = json.loads(request.body or b"{}")
        key, call = self.record.begin(operation, parameters)
        try:
            reply = self._run(call, request, parameters)
        except ConnectionCutError:
            self.record.finish(key, CONNECTION_CUT)
            return None
        self.record.finish(key, reply.headers.get("x-amzn-ErrorType"))
        return replace(reply, headers={**reply.headers, "x-amzn-RequestId": str(uuid.uuid4())})

    def _run(self, call: ApiCall, request: HttpRequest, parameters: dict[str, Any]) -> HttpReply:
        refused = self.faults.strike(When.BEFORE, call)
        if refused is not None:
            return refused
        reply = self.dispatch(call.operation, request, parameters)
        return self.faults.strike(When.AFTER, call) or reply
