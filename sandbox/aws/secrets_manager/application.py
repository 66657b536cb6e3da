"""Secrets Manager's operations behind the JSON 1.1 protocol: moto's, with AWS's errors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.core.request import Request

from sandbox.aws.json.application import JsonApplication
from sandbox.aws.json.replies import error_reply, json_reply
from sandbox.aws.secrets_manager.responses import AwsSecretsManagerResponse
from sandbox.aws.secrets_manager.stale import StaleReads

if TYPE_CHECKING:
    from sandbox.aws.secrets_manager.backend import AwsSecretsManagerBackend
    from sandbox.http import HttpReply, HttpRequest

__all__ = ["Application"]

OK = 200
SHOWN = (
    "ClientRequestToken",
    "VersionId",
    "VersionStage",
    "VersionStages",
    "MoveToVersionId",
    "RemoveFromVersionId",
    "RotationLambdaARN",
    "RotateImmediately",
    "IncludeDeprecated",
)


class Application(JsonApplication):
    """Answers on one backend."""

    def __init__(self, backend: AwsSecretsManagerBackend) -> None:
        super().__init__(SHOWN)
        self._backend = backend
        self.stale = StaleReads(backend)

    def dispatch(
        self, operation: str, request: HttpRequest, parameters: dict[str, Any]
    ) -> HttpReply:
        """Run one operation."""
        response = AwsSecretsManagerResponse(self._backend, parameters)
        url = f"http://{request.headers['host']}{request.path}"
        moto_request = Request.from_primitives(
            request.method, url, dict(request.headers), request.body
        )
        try:
            with self._backend.lock, self.stale.view(operation):
                status, body = response.answer(moto_request)
        except NotImplementedError:
            return error_reply("UnknownOperationException", f"not in this sandbox: {operation}")
        return json_reply(body) if status == OK else _as_aws_error(body)


def _as_aws_error(body: str) -> HttpReply:
    """Turn moto's error into AWS's: status 400 where moto has 404, "Message" in capitals."""
    error = json.loads(body)
    return error_reply(error["__type"], error["message"])
