"""The Runtime API over HTTP, one server for each process, as in each Lambda sandbox.

Paths, headers and status codes follow "Using the Lambda runtime API for custom
runtimes" in the Lambda developer guide, version 2018-06-01.
"""

from __future__ import annotations

import json
import secrets
import time
from typing import TYPE_CHECKING

from sandbox.http import HttpReply, HttpRequest, HttpServer

if TYPE_CHECKING:
    from sandbox.aws.lambda_runtime.runtime_state import RuntimeState, Work

__all__ = ["RuntimeApi"]

PREFIX = "/2018-06-01/runtime/"
JSON = {"Content-Type": "application/json"}
ACCEPTED = HttpReply(202, b'{"status":"OK"}', JSON)


class RuntimeApi:
    """Serves one runtime; ``address`` is what AWS_LAMBDA_RUNTIME_API holds."""

    def __init__(self, state: RuntimeState, function_arn: str) -> None:
        self._state = state
        self._function_arn = function_arn
        self.http = HttpServer(self._answer)
        self.address = self.http.address

    def close(self) -> None:
        """Stop serving; the process has to be gone, or its poll never ends."""
        self.http.close()

    def _answer(self, request: HttpRequest) -> HttpReply | None:
        route = request.path.removeprefix(PREFIX).split("/")
        match (request.method, *route):
            case ("GET", "invocation", "next"):
                return self._next()
            case ("POST", "invocation", request_id, ("response" | "error") as kind):
                return self._result(request_id, request.body, is_error=kind == "error")
            case ("POST", "init", "error"):
                self._state.init_failed(request.body)
                return ACCEPTED
        return _refusal(404, "InvalidPath", f"no such path: {request.path}")

    def _next(self) -> HttpReply | None:
        work = self._state.next_work()
        return None if work is None else HttpReply(200, work.body, self._headers(work))

    def _headers(self, work: Work) -> dict[str, str]:
        return {
            **JSON,
            "Lambda-Runtime-Aws-Request-Id": work.request_id,
            "Lambda-Runtime-Deadline-Ms": str(int(work.deadline * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": self._function_arn,
            "Lambda-Runtime-Trace-Id": _trace_id(),
        }

    def _result(self, request_id: str, body: bytes, *, is_error: bool) -> HttpReply:
        if self._state.answer(request_id, body, is_error=is_error):
            return ACCEPTED
        return _refusal(400, "InvalidRequestID", "Invalid request ID")


def _trace_id() -> str:
    root = f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    return f"Root={root};Parent={secrets.token_hex(8)};Sampled=0"


def _refusal(status: int, error_type: str, message: str) -> HttpReply:
    body = json.dumps({"errorMessage": message, "errorType": error_type})
    return HttpReply(status, body.encode(), JSON)
