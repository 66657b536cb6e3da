"""Lambda's Invoke on 127.0.0.1, for a function that invokes another through the real boto3.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Self
from urllib.parse import unquote

from sandbox.http import HttpReply, HttpRequest, HttpServer

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.aws.lambda_runtime.invocation import Invocation

__all__ = ["LambdaApi"]

_PATH = re.compile(r"/2015-03-31/functions/([^/]+)/invocations")
_JSON = {"Content-Type": "application/json"}


class LambdaApi:
    """Functions that were added can be invoked by their ARN or name, and wait for the answer.

    ``events`` holds what each invocation was called with.
    """

    def __init__(self) -> None:
        self._functions: dict[str, Callable[[object], Invocation]] = {}
        self.events: list[tuple[str, object]] = []
        self.http = HttpServer(self._answer)

    def __enter__(self) -> Self:
        """Return the server, which is up since it was constructed."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.http.close()

    def environment(self) -> dict[str, str]:
        """Return the variable with which boto3 finds this server."""
        return {"AWS_ENDPOINT_URL_LAMBDA": self.http.url}

    def add(self, arn: str, invoke: Callable[[object], Invocation]) -> None:
        """Let a function be invoked."""
        self._functions[arn] = invoke

    def clear(self) -> None:
        """Forget the events so far; functions can be invoked as before."""
        self.events.clear()

    def _answer(self, request: HttpRequest) -> HttpReply:
        asked = _PATH.fullmatch(request.path)
        name = unquote(asked[1]) if asked else ""
        found = next((a for a in self._functions if name in {a, a.rpartition(":")[2]}), None)
        if found is None:
            message = json.dumps({"Type": "User", "Message": f"Function not found: {name}"})
            headers = _JSON | {"x-amzn-ErrorType": "ResourceNotFoundException"}
            return HttpReply(404, message.encode(), headers)
        event: object = json.loads(request.body or b"null")
        self.events.append((found, event))
        return _reply(self._functions[found](event))


def _reply(invocation: Invocation) -> HttpReply:
    failed = {"X-Amz-Function-Error": invocation.function_error or ""}
    headers = _JSON | (failed if invocation.function_error else {})
    return HttpReply(200, json.dumps(invocation.payload).encode(), headers)
