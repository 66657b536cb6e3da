"""ECS's operations behind the JSON 1.1 protocol."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sandbox.aws.ecs.errors import EcsError
from sandbox.aws.json.application import JsonApplication
from sandbox.aws.json.replies import json_reply

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping

    from sandbox.aws.json.shapes import Json
    from sandbox.http import HttpReply, HttpRequest

__all__ = ["Application"]

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


class Application(JsonApplication):
    """Answers on ``operations``, by the name that the protocol has."""

    def __init__(
        self, operations: Mapping[str, Callable[[Json], Json]], lock: threading.RLock
    ) -> None:
        super().__init__(SHOWN)
        self._operations = operations
        self._lock = lock

    def dispatch(self, operation: str, request: HttpRequest, parameters: Json) -> HttpReply:  # noqa: ARG002 - all is in the body
        """Run one operation."""
        run = self._operations.get(operation)
        if run is None:
            message = f"not in this sandbox: {operation}"
            return EcsError("UnknownOperationException", message).reply()
        try:
            with self._lock:
                return json_reply(json.dumps(run(parameters)))
        except EcsError as refusal:
            return refusal.reply()
