"""task.py as a process: the key of its environment, one login after the other."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from examples.fargate.task import SettingsError, Task
from sandbox.faults import Hang
from sandbox.snowflake import LOCKED_USER, Kind
from tests.examples.keys import ELLIPTIC, LOCKED, PLAIN
from tests.examples.looks import current, outcomes, rotate
from tests.examples.processes import Running, injected
from tests.shared.warm_function import warm_stack

if TYPE_CHECKING:
    from sandbox.stack import Stack

QUICK = {"INTERVAL_SECONDS": "0.1"}


def test_it_logs_the_fingerprint_of_the_key_it_was_given_before_and_after_a_rotation(
    stack: Stack,
) -> None:
    before = current(stack)
    given = injected(stack)
    with Running("task.py", given | QUICK) as old:
        old.wait_for_lines(2)
        assert old.terminate() == 0
    rotate(stack)
    with Running("task.py", injected(stack) | QUICK) as new:
        new.wait_for_lines(2)
    assert set(old.keys()) == {before}
    assert set(new.keys()) == {current(stack)} != {before}
    assert all(line["user"] == "SVC_PIPELINE" for line in old.lines + new.lines)
    body = given["SNOWFLAKE_PRIVATE_KEY"].splitlines()[5]
    assert body not in "".join(old.texts + new.texts)


def test_an_encrypted_key_is_opened_with_its_passphrase() -> None:
    with warm_stack(environment={"ENCRYPT_PRIVATE_KEY": "always"}) as stack:
        rotate(stack)
        given = injected(stack)
        assert "ENCRYPTED" in given["SNOWFLAKE_PRIVATE_KEY"]
        with Running("task.py", given) as task:
            task.wait_for_lines(1)
        assert task.keys() == [current(stack)]
        assert given["SNOWFLAKE_PRIVATE_KEY_PASSPHRASE"] not in "".join(task.texts)


def test_a_rejected_key_is_not_tried_again_for_a_quarter_of_an_hour(
    stack: Stack, tmp_path: Path
) -> None:
    given = injected(stack)
    healthy = tmp_path / "healthy"
    with Running("task.py", given | QUICK | {"HEALTH_FILE": str(healthy)}) as task:
        task.wait_for(healthy.exists)
        rotate(stack)
        task.wait_for(lambda: bool(task.keys("login failed")))
        assert not healthy.exists()
        seen = len(task.texts)
        time.sleep(0.5)
        assert len(task.texts) == seen
        assert outcomes(stack).count("390144") == 1
        status = task.terminate()
    assert status == 0
    assert "390144" in task.lines[-1]["error"]


def test_another_failure_is_over_with_the_next_login(stack: Stack, tmp_path: Path) -> None:
    healthy = tmp_path / "healthy"
    stack.snowflake.faults.add(Kind.LOGIN, LOCKED_USER)
    slow = {"INTERVAL_SECONDS": "0.5", "HEALTH_FILE": str(healthy)}
    with Running("task.py", injected(stack) | slow) as task:
        task.wait_for_lines(1)
        assert not healthy.exists()
        task.wait_for_lines(1)
        task.wait_for(healthy.exists)
    assert [line["message"] for line in task.lines[:2]] == ["login failed", "logged in"]


@pytest.mark.parametrize("program", ["task.py", "long_lived.py"])
@pytest.mark.parametrize("kind", [Kind.LOGIN, Kind.STATEMENT])
def test_sigterm_ends_it_within_a_second_and_without_a_word_while_snowflake_hangs(
    stack: Stack, program: str, kind: Kind
) -> None:
    stack.snowflake.faults.add(kind, Hang(), times=None)
    given = injected(stack) | stack.aws.environment() | {"SECRET_ARN": stack.secret_arn}
    with Running(program, given) as task:
        task.wait_for(lambda: any(one.operation is kind for one in stack.snowflake.record.calls))
        status = task.terminate()
    assert (status, task.texts) == (0, [])


def test_sigterm_ends_it_within_a_second_between_two_logins(stack: Stack) -> None:
    with Running("task.py", injected(stack)) as task:
        task.wait_for_lines(1)
        status = task.terminate()
    assert status == 0
    assert outcomes(stack) == ["success"]


@pytest.mark.skipif(not Path("/proc").exists(), reason="Linux alone can send to a thread")
@pytest.mark.parametrize("program", ["task.py", "long_lived.py"])
def test_sigterm_ends_it_too_when_the_kernel_gives_it_to_a_thread_of_the_connector(
    stack: Stack, program: str
) -> None:
    given = injected(stack) | stack.aws.environment() | {"SECRET_ARN": stack.secret_arn}
    with Running(program, given) as task:
        task.wait_for_lines(1)
        status = task.terminate(in_another_thread=True)
    assert status == 0
    assert outcomes(stack) == ["success"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"SNOWFLAKE_ACCOUNT": ""}, "SNOWFLAKE_ACCOUNT is not set"),
        ({"SNOWFLAKE_PRIVATE_KEY": ""}, "SNOWFLAKE_PRIVATE_KEY is not set"),
        ({"SNOWFLAKE_PRIVATE_KEY": "MIIEvQIBADANBg"}, "is no PEM key"),
        ({"SNOWFLAKE_PRIVATE_KEY": LOCKED}, "is encrypted, and there is no"),
        ({"SNOWFLAKE_PRIVATE_KEY_PASSPHRASE": "right"}, "is not encrypted, but there is"),
        (
            {"SNOWFLAKE_PRIVATE_KEY": LOCKED, "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE": "wrong"},
            "can't be opened with the passphrase",
        ),
        ({"SNOWFLAKE_PRIVATE_KEY": ELLIPTIC}, "another kind than RSA"),
        ({"INTERVAL_SECONDS": "often"}, "INTERVAL_SECONDS is not a number"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_it_cannot_start_with_is_said_without_any_value(
    changed: dict[str, str], said: str
) -> None:
    fit = {"SNOWFLAKE_ACCOUNT": "A", "SNOWFLAKE_USER": "U", "SNOWFLAKE_PRIVATE_KEY": PLAIN}
    with pytest.raises(SettingsError, match=said) as caught:
        Task.from_environment(fit | changed)
    assert "MII" not in str(caught.value)


def test_it_says_so_in_one_line_and_ends_with_status_2() -> None:
    with Running("task.py", {"SNOWFLAKE_ACCOUNT": "MYORG-SANDBOX"}) as task:
        assert task.wait() == 2
    (line,) = task.lines
    assert line["message"] == "not started"
    assert line["error"].startswith("SNOWFLAKE_PRIVATE_KEY is not set")


def test_a_key_and_what_it_logs_in_with_do_not_print_themselves() -> None:
    fit = {"SNOWFLAKE_ACCOUNT": "A", "SNOWFLAKE_USER": "U", "SNOWFLAKE_PRIVATE_KEY": PLAIN}
    task = Task.from_environment(fit)
    assert "SHA256:" in repr(task)
    assert repr(task.key_pair.der) not in repr(task)
