"""The rotation function, invoked through the real boto3 on a scripted server."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest
from botocore.config import Config
from types_boto3_lambda import LambdaClient

from rotation.aws_api import rotation_function
from rotation.aws_api.calls import new_client
from rotation.aws_api.rotation_function import RotationFunction
from rotation.errors.function import OutOfTime
from rotation.errors.retirement import RotationFunctionFailed
from rotation.ports import Deadline
from rotation.rules.errand import (
    Beside,
    KeyOperation,
    KeyReport,
    KeyRequest,
)
from rotation.rules.words import Fingerprint, Slot
from sandbox.http import HttpReply, HttpRequest, HttpServer

FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:snowflake-key-rotation"
REQUEST = KeyRequest(KeyOperation.LOOK, "arn:secret", "v1")
REPORT = KeyReport("SVC_APP", Beside.OLD_KEY, Slot.TWO, Fingerprint("SHA256:old"), "2026")
FAILED = {"X-Amz-Function-Error": "Unhandled"}
# Lambda's own words: tests/sandbox/aws/lambda_runtime.
TIMED_OUT = {
    "errorType": "Sandbox.Timedout",
    "errorMessage": "RequestId: 7 Error: Task timed out after 60.00 seconds",
}
CRASHED = {"errorType": "Runtime.ExitError", "errorMessage": "RequestId: 7 Error: killed"}


@dataclass
class ScriptedLambda:
    """Answers with ``reply``; None cuts the connection."""

    reply: HttpReply | None = None
    requests: list[HttpRequest] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.http = HttpServer(self._answer)

    def answer(self, payload: object, headers: dict[str, str] | None = None) -> None:
        self.reply = HttpReply(200, json.dumps(payload).encode(), headers or {})

    def refuse(self, status: int, code: str) -> None:
        body = json.dumps({"Message": f"{code}: told by AWS"}).encode()
        self.reply = HttpReply(status, body, {"x-amzn-ErrorType": code})

    def _answer(self, request: HttpRequest) -> HttpReply | None:
        self.requests.append(request)
        return self.reply

    def client(self) -> LambdaClient:
        """Return the client that the function has, on this server."""
        own = new_client("lambda", rotation_function.PACE).meta.config
        return boto3.client(
            "lambda",
            "eu-west-1",
            endpoint_url=f"http://{self.http.address}",
            aws_access_key_id="x",
            aws_secret_access_key="x",
            config=own.merge(Config(proxies={})),
        )

    def run(self, left: float = 300, client: LambdaClient | None = None) -> KeyReport:
        deadline = Deadline(lambda: left)
        return RotationFunction(lambda: client or self.client(), FUNCTION, deadline).run(REQUEST)

    def fails(self) -> RotationFunctionFailed:
        with pytest.raises(RotationFunctionFailed) as caught:
            self.run()
        assert caught.value.__context__ is None, "boto3's error is not in its chain"
        assert len(self.requests) == 1, "an invocation is not repeated: it may be at work"
        return caught.value


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedLambda]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    server = ScriptedLambda()
    yield server
    server.http.close()


def test_it_is_invoked_once_and_its_answer_read(server: ScriptedLambda) -> None:
    server.answer(REPORT.to_json())
    assert server.run() == REPORT
    (sent,) = server.requests
    assert (sent.method, json.loads(sent.body)) == ("POST", REQUEST.to_json())
    path = FUNCTION.replace(":", "%3A")
    assert sent.path == f"/2015-03-31/functions/{path}/invocations"
    assert sent.headers.get("x-amz-invocation-type", "RequestResponse") == "RequestResponse"


def test_its_own_error_comes_with_its_class_and_text(server: ScriptedLambda) -> None:
    message = "AWSCURRENT's key is in neither slot. Rotate again."
    server.answer({"errorType": "CurrentKeyNotInstalled", "errorMessage": message}, FAILED)
    error = server.fails()
    assert error.code == "CurrentKeyNotInstalled"
    told = f"The rotation function failed with CurrentKeyNotInstalled: {message}"
    assert error.found == told
    assert str(error).endswith("Go on at the heading of that reason in docs/runbook.md.")


@pytest.mark.parametrize(
    ("case", "payload", "code", "text"),
    [
        ("it timed out", TIMED_OUT, "Sandbox.Timedout", "Task timed out"),
        ("it crashed", CRASHED, "Runtime.ExitError", "killed"),
        ("no class", {"errorMessage": "x"}, None, "with None: x"),
        ("an empty class", {"errorType": "", "errorMessage": "x"}, None, "with None: x"),
        ("no text", {"errorType": "E"}, "E", "with E: no message"),
        ("a null text", {"errorType": "E", "errorMessage": None}, "E", "with E: no message"),
        ("no object", ["x"], None, "with None: no message"),
        ("nothing", None, None, "with None: no message"),
    ],
)
def test_a_failure_of_any_shape_is_told(
    server: ScriptedLambda, case: str, payload: object, code: str | None, text: str
) -> None:
    server.answer(payload, FAILED)
    error = server.fails()
    assert error.code == code, case
    assert text in error.found, case


@pytest.mark.parametrize(
    ("status", "code", "found"),
    [
        (
            403,
            "AccessDeniedException",
            ("Invoke was answered with AccessDeniedException. AccessDeniedException: told by AWS"),
        ),
        (404, "ResourceNotFoundException", "Invoke was answered with ResourceNotFoundException."),
        (429, "TooManyRequestsException", "Invoke was answered with TooManyRequestsException."),
        (500, "ServiceException", "Invoke was answered with ServiceException."),
    ],
)
def test_what_lambda_refuses_is_told_by_its_code(
    server: ScriptedLambda, status: int, code: str, found: str
) -> None:
    server.refuse(status, code)
    error = server.fails()
    assert (error.found, error.code) == (found, None)


def test_no_answer_is_told(server: ScriptedLambda) -> None:
    error = server.fails()
    assert error.found == "Invoke got no answer: ConnectionClosedError."


def test_a_call_that_can_not_be_sent_is_told(server: ScriptedLambda) -> None:
    client = boto3.client("lambda", "eu-west-1", endpoint_url=f"http://{server.http.address}")
    client.meta.events.register("before-sign", _without_credentials)
    with pytest.raises(RotationFunctionFailed, match="Invoke was not sent: NoCredentialsError"):
        server.run(client=client)
    assert server.requests == []


def _without_credentials(**_: object) -> None:
    from botocore.exceptions import NoCredentialsError  # noqa: PLC0415

    raise NoCredentialsError


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b'{"user": "x"}',
        json.dumps(REPORT.to_json() | {"beside": "?"}).encode(),
        json.dumps(REPORT.to_json() | {"slot": "RSA_PUBLIC_KEY_3"}).encode(),
        b"\xff\xfe",
    ],
)
def test_an_answer_that_is_none_is_told_without_its_text(
    server: ScriptedLambda, body: bytes
) -> None:
    server.reply = HttpReply(200, body)
    error = server.fails()
    assert error.found.startswith("Invoke got an unusable answer: ")
    assert error.code is None


def test_it_is_not_begun_without_the_time_for_its_answer(server: ScriptedLambda) -> None:
    server.answer(REPORT.to_json())
    with pytest.raises(OutOfTime):
        server.run(left=89.9)
    assert server.requests == []
    assert server.run(left=90) == REPORT


def test_the_client_asks_once_and_waits_longer_than_the_function_may_take(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    config: Any = new_client("lambda", rotation_function.PACE).meta.config
    assert config.retries == {"mode": "standard", "total_max_attempts": 1}
    assert (config.connect_timeout, config.read_timeout) == (2, 85)
