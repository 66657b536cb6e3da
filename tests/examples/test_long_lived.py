"""long_lived.py: what its source asks of Secrets Manager and Snowflake, call by call."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError
from snowflake.connector.errors import DatabaseError

from examples.fargate.long_lived import (
    KeyPair,
    KeyPairSource,
    KeyRejectedError,
    UnusableSecretError,
    connect,
)
from sandbox.aws.json.failures import AwsFailure
from sandbox.snowflake import LOCKED_USER, Kind
from tests.examples.keys import PLAIN
from tests.examples.looks import current, forget, outcomes, rotate
from tests.examples.processes import Running, local_snowflake
from tests.integration.observed import AWS_CALLS_OF_A_ROTATION
from tests.shared.warm_function import warm_stack

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.stack import Stack


THREADS = 8
A_LONG_TIME = 3600.0
SECRET = json.dumps({"account": "A", "user": "U", "privateKey": PLAIN})


@pytest.fixture
def stack(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Stack:
    """The stack, as the process finds it that these tests run in."""
    for name, text in local_snowflake(stack).items():
        monkeypatch.setenv(name, text)
    return stack


@pytest.fixture
def source(stack: Stack) -> KeyPairSource:
    """A source that has logged in with the key of now; nothing is recorded yet."""
    source = KeyPairSource(stack.aws.client(), stack.secret_arn, A_LONG_TIME)
    source.log_in(connect).close()
    forget(stack)
    return source


def reads(stack: Stack) -> int:
    return sum(call.operation == "GetSecretValue" for call in stack.aws.record.calls)


def log_in_at_once(source: KeyPairSource) -> list[str]:
    """Log in from many threads; return the key that each ended with, or its error's name."""
    start = threading.Barrier(THREADS)

    def one(_: int) -> str:
        start.wait()
        try:
            source.log_in(connect).close()
        except KeyRejectedError:
            return "rejected"
        return source.fingerprint or ""

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


def take_keys_away(stack: Stack) -> None:
    for slot in (1, 2):
        stack.user.unset_key(slot)


def test_a_key_is_read_once_for_many_logins(stack: Stack) -> None:
    source = KeyPairSource(stack.aws.client(), stack.secret_arn)
    assert log_in_at_once(source) == [current(stack)] * THREADS
    assert reads(stack) == 2  # one of them is this test's own
    assert outcomes(stack) == ["success"] * THREADS


@pytest.mark.parametrize("detailed", [True, False], ids=["394304", "390144"])
def test_many_threads_with_a_key_that_is_gone_cost_one_rejected_login_and_one_read(
    detailed: bool,  # noqa: FBT001 - a parameter
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with warm_stack(detailed_jwt_errors=detailed) as stack:
        for name, text in local_snowflake(stack).items():
            monkeypatch.setenv(name, text)
        source = KeyPairSource(stack.aws.client(), stack.secret_arn, A_LONG_TIME)
        source.log_in(connect).close()
        rotate(stack)
        new = current(stack)
        forget(stack)
        assert log_in_at_once(source) == [new] * THREADS
        assert reads(stack) == 1
        code = "394304" if detailed else "390144"
        assert outcomes(stack) == [code] + ["success"] * THREADS


def test_many_threads_whose_new_key_is_rejected_too_cost_two_rejected_logins_and_one_read(
    stack: Stack, source: KeyPairSource
) -> None:
    rotate(stack)
    take_keys_away(stack)
    forget(stack)
    assert log_in_at_once(source) == ["rejected"] * THREADS
    assert log_in_at_once(source) == ["rejected"] * THREADS
    assert reads(stack) == 1
    assert outcomes(stack) == ["390144"] * 2
    assert stack.user.locked_until is None


def test_a_key_that_is_still_the_newest_is_not_tried_twice(
    stack: Stack, source: KeyPairSource
) -> None:
    take_keys_away(stack)
    assert log_in_at_once(source) == ["rejected"] * THREADS
    assert reads(stack) == 1
    assert outcomes(stack) == ["390144"]


def test_after_the_pause_there_is_one_read_and_one_login_again(stack: Stack) -> None:
    source = KeyPairSource(stack.aws.client(), stack.secret_arn, pause_seconds=0)
    slots = stack.user.slots
    body = stack.read_current()["publicKey"]
    take_keys_away(stack)
    forget(stack)
    for _ in range(2):
        with pytest.raises(KeyRejectedError):
            source.log_in(connect)
    assert (reads(stack), outcomes(stack)) == (2, ["390144"] * 2)
    stack.user.set_key(1, body)
    assert stack.user.slots == slots
    source.log_in(connect).close()
    assert (reads(stack), outcomes(stack)) == (3, ["390144"] * 2 + ["success"])


def test_a_failure_for_another_reason_keeps_the_key_and_reads_nothing(
    stack: Stack, source: KeyPairSource
) -> None:
    stack.snowflake.faults.add(Kind.LOGIN, LOCKED_USER)
    with pytest.raises(DatabaseError):
        source.log_in(connect)
    source.log_in(connect).close()
    assert reads(stack) == 0


def test_a_refresh_that_fails_is_made_up_for_with_the_next_login(
    stack: Stack, source: KeyPairSource
) -> None:
    rotate(stack)
    forget(stack)
    stack.aws.faults.add("GetSecretValue", AwsFailure("AccessDeniedException"))
    with pytest.raises(ClientError, match="AccessDenied"):
        source.log_in(connect)
    source.log_in(connect).close()
    assert (reads(stack), outcomes(stack)) == (2, ["390144", "success"])


@pytest.mark.parametrize(
    "broken",
    [
        lambda text: text[:-1],
        lambda text: text.replace('"user"', '"username"'),
        lambda text: text.replace("PRIVATE KEY", "PUBLIC KEY"),
        lambda _: "[]",
        lambda _: '{"account": "A", "user": "U", "privateKey": null}',
    ],
    ids=["no JSON", "no user", "no PEM", "a list", "no key"],
)
def test_a_secret_that_is_no_use_is_said_without_a_word_of_it(
    broken: Callable[[str], str],
) -> None:
    with pytest.raises(UnusableSecretError) as caught:
        KeyPair.read(broken(SECRET))
    assert "MII" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_key_pair_does_not_print_itself() -> None:
    key_pair = KeyPair.read(SECRET)
    assert key_pair.fingerprint in repr(key_pair)
    assert repr(key_pair.der) not in repr(key_pair)


def test_the_program_outlives_a_rotation_with_one_rejected_login_and_one_read(
    stack: Stack,
) -> None:
    old = current(stack)
    forget(stack)
    given = {
        **stack.aws.environment(),
        **local_snowflake(stack),
        "SECRET_ARN": stack.secret_arn,
        "INTERVAL_SECONDS": "0.1",
    }
    with Running("long_lived.py", given) as task:
        task.wait_for_lines(2)
        rotate(stack)
        (new,) = filter(None, stack.user.slots)
        task.wait_for(lambda: task.keys()[-3:] == [new] * 3)
        status = task.terminate()
    asked = reads(stack) - AWS_CALLS_OF_A_ROTATION.count("GetSecretValue")
    assert list(dict.fromkeys(task.keys())) == [old, current(stack)]
    assert {line["message"] for line in task.lines} == {"logged in"}
    assert asked == 2  # at the start, and when the old key was rejected
    assert outcomes(stack).count("390144") == 1
    assert status == 0


def test_without_an_arn_it_says_so_and_ends_with_status_2() -> None:
    with Running("long_lived.py", {}) as task:
        assert task.wait() == 2
    (line,) = task.lines
    assert line["message"] == "not started"
    assert "SECRET_ARN" in line["error"]
