"""The rotation function, invoked through boto3: implements ``ports.Keys``.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import boto3
from botocore.config import Config

from rotation.aws_api import calls
from rotation.errors.retirement import RotationFunctionFailed
from rotation.rules.errand import KeyReport

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_lambda import LambdaClient

    from rotation.ports import Deadline
    from rotation.rules.errand import KeyRequest

Answer = TypeVar("Answer")
_MEANINGS = calls.Meanings(*(RotationFunctionFailed,) * 4)
# The rotation function's own time-out, and a cold start.
_READ_SECONDS = 75
_CONNECT_SECONDS = 2


def new_client() -> LambdaClient:
    """Return a client that asks once: an invocation without an answer may be at work still."""
    asked_once = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": 1},
    )
    return boto3.client("lambda", config=asked_once)


class RotationFunction:
    """``arn`` is the rotation function's."""

    def __init__(self, client: LambdaClient, arn: str, deadline: Deadline) -> None:
        self._client = client
        self._arn = arn
        self._deadline = deadline

    def run(self, request: KeyRequest) -> KeyReport:
        """Invoke, and wait for the answer. Raises RotationFunctionFailed or OutOfTime."""
        self._deadline.require(_READ_SECONDS + _CONNECT_SECONDS)
        failed, payload = self._translated(lambda: self._invoke(request))
        if failed:
            raise _failure(payload)
        return self._translated(lambda: KeyReport.from_json(payload))

    def _invoke(self, request: KeyRequest) -> tuple[bool, Any]:
        answer = self._client.invoke(
            FunctionName=self._arn, Payload=json.dumps(request.to_json()).encode()
        )
        return "FunctionError" in answer, json.loads(answer["Payload"].read())

    @staticmethod
    def _translated(call: Callable[[], Answer]) -> Answer:
        return calls.translated(_MEANINGS, "Invoke", call)


def _failure(payload: object) -> RotationFunctionFailed:
    """Read what Lambda answers for a function that failed: its error's class and text.

    https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html
    """
    told = payload if isinstance(payload, Mapping) else {}
    code = str(told.get("errorType") or "") or None
    text = str(told.get("errorMessage") or "no message")
    return RotationFunctionFailed(f"The rotation function failed with {code}: {text}", code=code)
