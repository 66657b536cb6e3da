"""The demo's story."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console

from sandbox.demo.consumers import Consumers, Outcome
from sandbox.demo.history import History
from sandbox.demo.table import steps_table
from sandbox.demo.timeline import draw
from sandbox.snowflake import Call, Fault, Kind
from sandbox.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["run"]

ROTATIONS = 3
LOGINS_AFTERWARDS = 8


def run(picture: Path) -> int:
    """Rotate three times, show what happened, and return the exit status.

    0 when every rotation ended as it should and no consumer's login failed, else 1.
    """
    console = Console(highlight=False, width=110)
    with Stack() as stack:
        stack.attach()
        history = History(stack)
        with Consumers(stack) as consumers:
            with _progress(console, "rotation 1: the new key goes to slot two"):
                _rotate(stack, history)
            with _progress(console, "rotation 2: the new key goes to slot one"):
                _rotate(stack, history)
            with _progress(console, "rotation 3: the function is killed right after ALTER USER"):
                _rotate_with_a_death(stack, history)
            consumers.wait_for_more(LOGINS_AFTERWARDS)
        picture.write_text(draw(history, consumers.logins), encoding="utf-8")
    console.print(steps_table(history))
    console.print(f"The same as a picture: {picture}")
    read_again, failed = consumers.count(Outcome.READ_AGAIN), consumers.count(Outcome.FAILED)
    summary = (
        f"demo: {ROTATIONS} rotations, {len(consumers.logins)} consumer logins, {failed} failed"
    )
    console.print(summary + (f", {read_again} read again" if read_again else ""))
    return 1 if failed else 0


def _rotate(stack: Stack, history: History) -> None:
    """Press "rotate now". Raises RuntimeError when the rotation does not succeed."""
    history.rotation += 1
    outcome = stack.rotate()
    if not outcome.succeeded:
        raise RuntimeError(f"rotation {history.rotation} failed: {outcome}")


def _rotate_with_a_death(stack: Stack, history: History) -> None:
    """Kill the function between Snowflake's effect and its answer; let Secrets Manager retry."""
    history.rotation += 1
    stack.snowflake.faults.add(
        Fault(Kind.STATEMENT, Call(stack.function.kill), pattern=r"ALTER USER .* SET")
    )
    if stack.rotate().steps[-1].error_type != "Runtime.ExitError":
        raise RuntimeError("the function was not killed as planned")
    stack.aws.retry_rotation(stack.secret_arn)
    outcome = stack.aws.wait_for_rotation(stack.secret_arn)
    if not outcome.succeeded:
        raise RuntimeError(f"the retry failed: {outcome}")


@contextmanager
def _progress(console: Console, what: str) -> Iterator[None]:
    console.print(what, end=" ... ")
    yield
    console.print("done")
