"""The rotation function, invoked through boto3: implements ``ports.Errands``.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from rotation.aws_api.calls import Caller, Meanings, Pace
from rotation.errors.retirement import RotationFunctionFailed
from rotation.rules.errand import KeyReport

if TYPE_CHECKING:
    from types_boto3_lambda import LambdaClient

    from rotation.ports import Deadline
    from rotation.rules.errand import KeyRequest

_MEANINGS = Meanings(*(RotationFunctionFailed,) * 4)
# An invocation without an answer may be at work still: it is asked once. 85 seconds are the
# rotation function's own time-out, and a cold start.
PACE = Pace(read_seconds=85, tries=1, mode="standard")


class RotationFunction:
    """``client`` makes the client, when it is asked for; ``arn`` is the rotation function's."""

    def __init__(self, client: Callable[[], LambdaClient], arn: str, deadline: Deadline) -> None:
        self._client = client
        self._arn = arn
        self._aws = Caller(_MEANINGS, PACE, deadline)

    def run(self, request: KeyRequest) -> KeyReport:
        """Invoke, and wait for the answer. Raises RotationFunctionFailed or OutOfTime."""
        answer = self._aws.call("Invoke", lambda: self._invoke(request))
        if isinstance(answer, RotationFunctionFailed):
            raise answer
        return answer

    def _invoke(self, request: KeyRequest) -> KeyReport | RotationFunctionFailed:
        asked = json.dumps(request.to_json()).encode()
        answer = self._client().invoke(FunctionName=self._arn, Payload=asked)
        payload = json.loads(answer["Payload"].read())
        failed = "FunctionError" in answer
        return _failure(payload) if failed else KeyReport.from_json(payload)


def _failure(payload: object) -> RotationFunctionFailed:
    """Read what Lambda answers for a function that failed: its error's class and text.

    https://docs.aws.amazon.com/lambda/latest/dg/python-exceptions.html
    """
    told = payload if isinstance(payload, Mapping) else {}
    code = str(told.get("errorType") or "") or None
    text = str(told.get("errorMessage") or "no message")
    return RotationFunctionFailed(f"The rotation function failed with {code}: {text}", code=code)
