"""The Runtime API itself, as "Using the Lambda runtime API for custom runtimes" describes it."""

from __future__ import annotations

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from sandbox.aws.lambda_runtime.runtime_api import PREFIX, RuntimeApi
from sandbox.aws.lambda_runtime.runtime_state import Answered, RuntimeState, Work

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def state() -> RuntimeState:
    return RuntimeState()


@pytest.fixture
def api(state: RuntimeState) -> Iterator[RuntimeApi]:
    served = RuntimeApi(state, "arn:function")
    yield served
    state.exited(0)
    served.close()


def ask(
    api: RuntimeApi, method: str, path: str, body: bytes = b""
) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection(api.address, timeout=20)
    try:
        connection.request(method, PREFIX + path, body)
        reply = connection.getresponse()
        return reply.status, reply.headers, reply.read()
    finally:
        connection.close()


def test_an_event_goes_out_with_its_headers_and_the_answer_comes_back(
    api: RuntimeApi, state: RuntimeState
) -> None:
    work = Work("the-id", b'{"x":1}', time.time() + 20)
    with ThreadPoolExecutor() as pool:
        outcome = pool.submit(state.run, work)
        status, headers, body = ask(api, "GET", "invocation/next")
        accepted, _, _ = ask(api, "POST", "invocation/the-id/response", b'"done"')

    assert (status, body, accepted) == (200, b'{"x":1}', 202)
    assert headers["Lambda-Runtime-Aws-Request-Id"] == "the-id"
    assert headers["Lambda-Runtime-Deadline-Ms"] == str(int(work.deadline * 1000))
    assert headers["Lambda-Runtime-Invoked-Function-Arn"] == "arn:function"
    assert outcome.result() == Answered(b'"done"', is_error=False)


def test_an_answer_to_another_invocation_is_refused(api: RuntimeApi, state: RuntimeState) -> None:
    with ThreadPoolExecutor() as pool:
        outcome = pool.submit(state.run, Work("the-id", b"{}", time.time() + 20))
        ask(api, "GET", "invocation/next")
        status, _, body = ask(api, "POST", "invocation/a-late-one/response", b"1")
        ask(api, "POST", "invocation/the-id/error", b"2")

    assert (status, json.loads(body)["errorType"]) == (400, "InvalidRequestID")
    assert outcome.result() == Answered(b"2", is_error=True)


def test_an_unknown_path_is_not_found(api: RuntimeApi) -> None:
    assert ask(api, "GET", "elsewhere")[0] == 404
