"""The demo's story."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console

from sandbox.programs.demo.history import History
from sandbox.programs.demo.pipeline import Pipeline
from sandbox.programs.demo.table import steps_table
from sandbox.programs.demo.timeline import draw
from sandbox.snowflake import Call, Fault, Kind
from sandbox.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["run"]

ROTATIONS = 3
HOUR_DAYS = 1 / 24
LOGINS_BETWEEN = 6


def run(picture: Path) -> int:
    """Rotate three times under running tasks, show what happened, and return the exit status.

    0 when every rotation and retirement ended as it should and no task's login failed, else 1.
    """
    console = Console(highlight=False, width=110)
    with Stack(runs_tasks=True) as stack:
        stack.attach()
        with _progress(console, "a service with two tasks starts"):
            pipeline = Pipeline(stack)
        history = History(stack)
        with _progress(console, "rotation 1: ECS replaces the tasks, then the old key is retired"):
            _rotate(stack, history)
            _retire(stack, history, pipeline)
        with _progress(console, "rotation 2: a task that ECS does not replace keeps the old key"):
            _rotate_beside_a_standalone_task(stack, history, pipeline)
        with _progress(console, "rotation 3: the function is killed right after ALTER USER"):
            _rotate_with_a_death(stack, history)
            _retire(stack, history, pipeline)
        pipeline.wait_for_more(LOGINS_BETWEEN)
        lanes = pipeline.lanes()
        picture.write_text(draw(history, lanes), encoding="utf-8")
    console.print(steps_table(history))
    console.print(f"The same as a picture: {picture}")
    logins, failed = sum(len(lane.logins) for lane in lanes), sum(lane.failed for lane in lanes)
    tasks = f"{logins} logins of {len(lanes)} tasks"
    console.print(f"demo: {ROTATIONS} rotations, {tasks}, {failed} failed")
    return 1 if failed else 0


def _rotate(stack: Stack, history: History) -> None:
    """Press "rotate now". Raises RuntimeError when the rotation does not succeed."""
    history.rotation += 1
    outcome = stack.rotate()
    if not outcome.succeeded:
        raise RuntimeError(f"rotation {history.rotation} failed: {outcome}")


def _retire(stack: Stack, history: History, pipeline: Pipeline) -> None:
    """Let ECS replace the tasks and an hour pass; the old key is to be retired then."""
    _an_hour_later(stack, history, pipeline, kept=False)


def _rotate_beside_a_standalone_task(stack: Stack, history: History, pipeline: Pipeline) -> None:
    """Rotate while a task runs that belongs to no service; its key stays until it ends."""
    task = pipeline.start_standalone()
    _rotate(stack, history)
    _an_hour_later(stack, history, pipeline, kept=True)
    pipeline.wait_for_more(LOGINS_BETWEEN)
    pipeline.stop(task)
    _an_hour_later(stack, history, pipeline, kept=False)


def _an_hour_later(stack: Stack, history: History, pipeline: Pipeline, *, kept: bool) -> None:
    """Run the retirement function as its schedule does, when no service's task is an old one.

    Raises RuntimeError when both slots are taken afterwards and should not be, or the reverse.
    """
    stack.aws.wait_for_events()
    pipeline.wait_until_rolled()
    stack.let_pass(HOUR_DAYS)
    history.run_retirement("1 h later: kept" if kept else "1 h later: retired")
    if (None not in stack.user.slots) is not kept:
        raise RuntimeError(f"an hour later the slots hold {stack.user.slots}")


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
