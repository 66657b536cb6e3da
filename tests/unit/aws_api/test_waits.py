"""The waits of the pinned boto3, against which the time of a call is reckoned.

Its own client is asked, with a server that throttles or is gone: nothing waits here. When a new
botocore pauses longer, or oftener, this fails before a step runs out of time.
"""

from __future__ import annotations

import random
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from botocore import endpoint
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError, ConnectTimeoutError
from botocore.retries import bucket, quota, standard

from rotation.aws_api import calls, ecs, secret, secrets_list
from rotation.aws_api.calls import Pace, new_client

if TYPE_CHECKING:
    from collections.abc import Callable

THROTTLED = b'{"__type": "ThrottlingException"}'
BUCKET: Any = bucket.TokenBucket
CHECKER: Any = standard.RetryQuotaChecker
ONE_DAY_MS = "86400000"
RETRYING = {
    "a step's": secret.PACE,
    "the hourly function's": secrets_list.PACE,
    "ECS's": ecs.PACE,
}


class Body:
    """What botocore reads an answer's bytes from."""

    def stream(self, **_: object) -> list[bytes]:
        return [THROTTLED]


def throttled(_: object) -> AWSResponse:
    headers: Any = {"x-amz-retry-after": ONE_DAY_MS}
    return AWSResponse("https://aws", 400, headers, Body())


def gone(_: object) -> AWSResponse:
    raise ConnectTimeoutError(endpoint_url="https://aws")


class Clock:
    """Time that goes by in pauses alone."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, jitter: float) -> None:
        self.pauses: list[float] = []
        backoff = partial(standard.ExponentialBackoff, random=lambda: jitter)
        monkeypatch.setattr(standard, "ExponentialBackoff", backoff)
        monkeypatch.setattr(random, "random", lambda: jitter)
        monkeypatch.setattr(endpoint, "time", self)
        # Adaptive mode holds a call back for as long as its bucket is empty: counted apart.
        monkeypatch.setattr(bucket.TokenBucket, "acquire", lambda *_, **__: True)

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        return getattr(time, name)


def pauses(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, pace: Pace, send: Callable[[object], AWSResponse]
) -> list[float]:
    """Return how long a client of this pace pauses between its tries of one call."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "unused")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    client: Any = new_client("secretsmanager", pace)
    tries: list[object] = []

    def counted(request: object) -> AWSResponse:
        tries.append(request)
        return send(request)

    monkeypatch.setattr(client._endpoint.http_session, "send", counted)
    with pytest.raises((ClientError, ConnectTimeoutError)):
        client.describe_secret(SecretId="app")
    assert len(tries) == pace.tries
    return clock.pauses


@pytest.mark.parametrize("pace", RETRYING.values(), ids=RETRYING)
def test_the_longest_call_is_what_botocore_makes_of_it(
    pace: Pace, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = pauses(Clock(monkeypatch, jitter=1.0), monkeypatch, pace, throttled)
    assert waited == [2.0**n + 5 for n in range(pace.tries - 1)]
    held_back = 1 / BUCKET._MIN_RATE if pace.mode == "adaptive" else 0
    each = calls._CONNECT_SECONDS + pace.read_seconds + held_back
    assert pace.longest_seconds == pace.tries * each + sum(waited)


@pytest.mark.parametrize("pace", RETRYING.values(), ids=RETRYING)
def test_after_a_broken_connection_it_hardly_pauses(
    pace: Pace, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = pauses(Clock(monkeypatch, jitter=1.0), monkeypatch, pace, gone)
    assert waited == pytest.approx([0.05 * 2**n for n in range(pace.tries - 1)])


def test_a_warm_function_retries_until_its_quota_is_used_up() -> None:
    # docs/limits.md: with three tries a call, 17 calls whose connection breaks; then one try each.
    left, cost = quota.RetryQuota(), CHECKER._RETRY_COST
    assert left.available_capacity // (2 * cost) == 17
