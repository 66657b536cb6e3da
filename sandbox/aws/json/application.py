"""AWS's JSON 1.1 protocol around a service's operations."""

from __future__ import annotations

import json
import uuid
from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sandbox.record import Record
from sandbox.server import Asked, Service

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.http import HttpReply, HttpRequest

__all__ = ["JsonApplication", "JsonRequest"]

SENSITIVE = ("SecretString", "SecretBinary", "RotationToken")
"""Recorded as "***", to show that they were there."""


@dataclass(frozen=True, slots=True)
class JsonRequest:
    """A request as it came, and the parameters in it."""

    http: HttpRequest
    parameters: dict[str, Any]


class JsonApplication(Service):
    """Answers the protocol; a service says what its operations do.

    The record has the ``shown`` parameters of each call, lists joined by commas. An allow list: a
    parameter that AWS adds tomorrow stays out of the record.
    """

    def __init__(self, shown: Sequence[str]) -> None:
        super().__init__(Record())
        self._shown = shown

    @abstractmethod
    def dispatch(
        self, operation: str, request: HttpRequest, parameters: dict[str, Any]
    ) -> HttpReply:
        """Run one operation, by the name that the protocol has; refusals are replies too."""

    def decode(self, request: HttpRequest) -> Asked:
        """Read the operation's name from its header, and the parameters from the body."""
        operation = request.headers.get("x-amz-target", "").rpartition(".")[2]
        parameters: dict[str, Any] = json.loads(request.body or b"{}")
        secret_id = parameters.get("SecretId", parameters.get("Name"))
        return Asked(
            operation,
            None if secret_id is None else str(secret_id),
            _without_values(parameters, self._shown),
            JsonRequest(request, parameters),
        )

    def carry_out(self, asked: Asked) -> HttpReply:
        """Run the operation."""
        request: JsonRequest = asked.content
        return self.dispatch(asked.operation, request.http, request.parameters)

    def answer(self, request: HttpRequest) -> HttpReply | None:
        """Return the reply with a request id, as every one of AWS's has it."""
        reply = super().answer(request)
        if reply is None:
            return None
        return replace(reply, headers={**reply.headers, "x-amzn-RequestId": str(uuid.uuid4())})


def _without_values(parameters: Mapping[str, object], shown_names: Sequence[str]) -> dict[str, str]:
    shown = {name: _text(parameters[name]) for name in shown_names if name in parameters}
    return shown | {name: "***" for name in SENSITIVE if name in parameters}


def _text(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
