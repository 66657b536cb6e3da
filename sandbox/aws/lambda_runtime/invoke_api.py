"""Lambda's Invoke on 127.0.0.1, for a function that invokes another through the real boto3.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from sandbox.http import HttpReply
from sandbox.record import Record
from sandbox.server import Asked, Server, Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.aws.lambda_runtime.invocation import Invocation
    from sandbox.http import HttpRequest

__all__ = ["LambdaApi"]

_PATH = re.compile(r"/2015-03-31/functions/([^/]+)/invocations")
_JSON = {"Content-Type": "application/json"}


class LambdaApi(Server):
    """Functions that were added can be invoked by their ARN or name, and wait for the answer.

    ``events`` holds what each invocation was called with.
    """

    def __init__(self) -> None:
        self._invocations = _Invocations()
        super().__init__(self._invocations)

    @property
    def events(self) -> list[tuple[str, object]]:
        """The function's ARN and the event of each invocation."""
        return self._invocations.events

    def environment(self) -> dict[str, str]:
        """Return the variable with which boto3 finds this server."""
        return {"AWS_ENDPOINT_URL_LAMBDA": self.url}

    def add(self, arn: str, invoke: Callable[[object], Invocation]) -> None:
        """Let a function be invoked."""
        self._invocations.functions[arn] = invoke

    def clear(self) -> None:
        """Forget what was invoked so far, and the faults; functions can be invoked as before."""
        self.faults.clear()
        self.events.clear()
        self.record.clear()


class _Invocations(Service):
    def __init__(self) -> None:
        super().__init__(Record())
        self.functions: dict[str, Callable[[object], Invocation]] = {}
        self.events: list[tuple[str, object]] = []

    def decode(self, request: HttpRequest) -> Asked:
        asked = _PATH.fullmatch(request.path)
        name = unquote(asked[1]) if asked else ""
        return Asked("Invoke", name, content=json.loads(request.body or b"null"))

    def carry_out(self, asked: Asked) -> HttpReply:
        name = asked.subject
        found = next((a for a in self.functions if name in {a, a.rpartition(":")[2]}), None)
        if found is None:
            return _not_found(name)
        self.events.append((found, asked.content))
        return _reply(self.functions[found](asked.content))


def _not_found(name: str | None) -> HttpReply:
    code = "ResourceNotFoundException"
    message = json.dumps({"Type": "User", "Message": f"Function not found: {name}"})
    return HttpReply(404, message.encode(), _JSON | {"x-amzn-ErrorType": code}, code)


def _reply(invocation: Invocation) -> HttpReply:
    failed = {"X-Amz-Function-Error": invocation.function_error or ""}
    headers = _JSON | (failed if invocation.function_error else {})
    return HttpReply(200, json.dumps(invocation.payload).encode(), headers)
