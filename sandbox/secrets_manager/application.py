"""One request: note it, let the faults strike, run it, let them strike again."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from moto.core.request import Request

from sandbox.loopback_http import HttpReply, HttpRequest
from sandbox.secrets_manager.errors import error_reply
from sandbox.secrets_manager.faults import ConnectionCutError, Faults, When
from sandbox.secrets_manager.record import ApiCall, ApiRecord
from sandbox.secrets_manager.responses import AwsSecretsManagerResponse

if TYPE_CHECKING:
    from sandbox.secrets_manager.backend import AwsSecretsManagerBackend

__all__ = ["Application"]

CONNECTION_CUT = "ConnectionCut"


class Application:
    """Answers Secrets Manager's JSON 1.1 protocol on one backend."""

    def __init__(self, backend: AwsSecretsManagerBackend) -> None:
        self._backend = backend
        self.record = ApiRecord()
        self.faults = Faults()

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
        headers = {**reply.headers, "x-amzn-RequestId": str(uuid.uuid4())}
        return replace(reply, headers=headers)

    def _run(self, call: ApiCall, request: HttpRequest, parameters: dict[str, Any]) -> HttpReply:
        refused = self.faults.strike(When.BEFORE, call)
        if refused is not None:
            return refused
        reply = self._dispatch(call.operation, request, parameters)
        return self.faults.strike(When.AFTER, call) or reply

    def _dispatch(
        self, operation: str, request: HttpRequest, parameters: dict[str, Any]
    ) -> HttpReply:
        response = AwsSecretsManagerResponse(self._backend, parameters)
        url = f"http://{request.headers['host']}{request.path}"
        moto_request = Request.from_primitives(
            request.method, url, dict(request.headers), request.body
        )
        try:
            with self._backend.lock:
                status, body = response.answer(moto_request)
        except NotImplementedError:
            return error_reply("UnknownOperationException", f"not in this sandbox: {operation}")
        return HttpReply(200, body.encode(), JSON_1_1) if status == OK else _as_aws_error(body)


OK = 200
JSON_1_1 = {"Content-Type": "application/x-amz-json-1.1"}


def _as_aws_error(body: str) -> HttpReply:
    """Turn moto's error into AWS's: status 400 where moto has 404, "Message" in capitals."""
    error = json.loads(body)
    return error_reply(error["__type"], error["message"])
