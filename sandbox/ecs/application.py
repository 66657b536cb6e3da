"""One request: note it, let the faults strike, run it, let them strike again."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from sandbox.ecs.errors import EcsError
from sandbox.loopback_http import HttpReply
from sandbox.secrets_manager.faults import ConnectionCutError, Faults, When
from sandbox.secrets_manager.record import ApiRecord

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping

    from sandbox.ecs.records import Json
    from sandbox.loopback_http import HttpRequest
    from sandbox.secrets_manager.record import ApiCall

__all__ = ["Application"]

CONNECTION_CUT = "ConnectionCut"
JSON_1_1 = {"Content-Type": "application/x-amz-json-1.1"}
SHOWN = (
    "cluster",
    "clusters",
    "service",
    "services",
    "serviceName",
    "task",
    "tasks",
    "taskDefinition",
    "family",
    "desiredCount",
    "desiredStatus",
    "forceNewDeployment",
    "force",
    "count",
    "group",
    "startedBy",
    "status",
    "createdAt",
    "maxResults",
    "nextToken",
    "reason",
)
"""An allow list: the environment of containers stays out of the record."""


class Application:
    """Answers ECS's JSON 1.1 protocol; ``operations`` by the name that the protocol has."""

    def __init__(
        self, operations: Mapping[str, Callable[[Json], Json]], lock: threading.RLock
    ) -> None:
        self._operations = operations
        self._lock = lock
        self.record = ApiRecord(SHOWN)
        self.faults = Faults()

    def answer(self, request: HttpRequest) -> HttpReply | None:
        """Return the reply, or None to cut the connection."""
        operation = request.headers.get("x-amz-target", "").rpartition(".")[2]
        asked: Json = json.loads(request.body or b"{}")
        key, call = self.record.begin(operation, asked)
        try:
            reply = self._run(call, asked)
        except ConnectionCutError:
            self.record.finish(key, CONNECTION_CUT)
            return None
        self.record.finish(key, reply.headers.get("x-amzn-ErrorType"))
        headers = {**reply.headers, "x-amzn-RequestId": str(uuid.uuid4())}
        return replace(reply, headers=headers)

    def _run(self, call: ApiCall, asked: Json) -> HttpReply:
        refused = self.faults.strike(When.BEFORE, call)
        if refused is not None:
            return refused
        reply = self._dispatch(call.operation, asked)
        return self.faults.strike(When.AFTER, call) or reply

    def _dispatch(self, operation: str, asked: Json) -> HttpReply:
        run = self._operations.get(operation)
        if run is None:
            message = f"not in this sandbox: {operation}"
            return EcsError("UnknownOperationException", message).reply()
        try:
            with self._lock:
                body = json.dumps(run(asked))
        except EcsError as refusal:
            return refusal.reply()
        return HttpReply(200, body.encode(), JSON_1_1)
