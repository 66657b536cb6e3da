"""The demo's story."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console

from sandbox.faults import Callback, When
from sandbox.programs.demo.history import History
from sandbox.programs.demo.pipeline import Pipeline
from sandbox.programs.demo.table import steps_table
from sandbox.programs.demo.timeline import draw
from sandbox.snowflake import Kind
from sandbox.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

__all__ = ["run"]

ROTATIONS = 3
HOUR_DAYS = 1 / 24
LOGINS_AT_THE_END = 2
# EventBridge takes longer than Secrets Manager does to end the rotation.
EVENT_DELAY_SECONDS = 0.05
COLUMNS = 80


def run(picture: Path, interruptible: Callable[[], AbstractContextManager[None]]) -> int:
    """Rotate three times under running tasks, show what happened, and return the exit status.

    0 when every rotation and retirement ended as it should and no task's login failed, else 1.
    ``interruptible`` makes the block in which KeyboardInterrupt may be raised.
    """
    console = Console(highlight=False, width=COLUMNS)
    with Stack(runs_tasks=True, event_delay_seconds=EVENT_DELAY_SECONDS) as stack, interruptible():
        with _progress(console, "a service with two tasks starts"):
            pipeline = Pipeline(stack)
            stack.attach()
            pipeline.wait_until_rolled()
        story = _Story(stack, History(stack), pipeline)
        with _progress(console, "rotation 1: ECS replaces the tasks, then the old key is retired"):
            standalone = story.rotate_and_start_a_standalone_task()
        with _progress(console, "rotation 2: a task that ECS does not replace keeps the old key"):
            story.rotate_beside(standalone)
        with _progress(console, "rotation 3: the function is killed right after ALTER USER"):
            story.rotate_with_a_death()
        pipeline.wait_for_logins(LOGINS_AT_THE_END)
        lanes = pipeline.lanes()
        picture.write_text(draw(story.history, lanes), encoding="utf-8")
    console.print(steps_table(story.history))
    console.print(f"The same as a picture: {picture}")
    logins, failed = sum(len(lane.logins) for lane in lanes), sum(lane.failed for lane in lanes)
    tasks = f"{logins} logins of {len(lanes)} tasks"
    console.print(f"demo: {ROTATIONS} rotations, {tasks}, {failed} failed")
    return 1 if failed else 0


@dataclass(frozen=True)
class _Story:
    """Each method is one rotation. They raise RuntimeError when one does not go as it should."""

    stack: Stack
    history: History
    pipeline: Pipeline

    def rotate_and_start_a_standalone_task(self) -> str:
        """Rotate, and start a task that belongs to no service; return its ARN.

        It starts with the new key, while ECS replaces the others.
        """
        self._rotate()
        task = self.pipeline.start_standalone()
        self._an_hour_later(kept=False)
        self.pipeline.wait_for_logins(1, task)
        return task

    def rotate_beside(self, standalone_task: str) -> None:
        """Rotate while that task runs: its key stays until it ends."""
        self._rotate()
        self._an_hour_later(kept=True)
        self.pipeline.wait_for_logins(1, standalone_task)
        self.pipeline.stop(standalone_task)
        self._an_hour_later(kept=False)

    def rotate_with_a_death(self) -> None:
        """Kill the function between Snowflake's effect and its answer; let it be retried."""
        self.history.rotation += 1
        self.stack.snowflake.faults.add(
            Kind.STATEMENT,
            Callback(lambda _: self.stack.function.kill()),
            when=When.AFTER,
            about=r"ALTER USER .* SET",
        )
        if self.stack.rotate().steps[-1].error_type != "Runtime.ExitError":
            raise RuntimeError("the function was not killed as planned")
        self.stack.aws.retry_rotation(self.stack.secret_arn)
        outcome = self.stack.aws.wait_for_rotation(self.stack.secret_arn)
        if not outcome.succeeded:
            raise RuntimeError(f"the retry failed: {outcome}")
        self._an_hour_later(kept=False)

    def _rotate(self) -> None:
        """Press "rotate now"."""
        self.history.rotation += 1
        outcome = self.stack.rotate()
        if not outcome.succeeded:
            raise RuntimeError(f"rotation {self.history.rotation} failed: {outcome}")

    def _an_hour_later(self, *, kept: bool) -> None:
        """Run the retirement function as its schedule does, when no service's task is an old one.

        ``kept``: whether the old key is to be there afterwards.
        """
        self.stack.aws.wait_for_events()
        self.pipeline.wait_until_rolled()
        self.stack.let_pass(HOUR_DAYS)
        self.history.run_retirement("1 h later: kept" if kept else "1 h later: retired")
        if (None not in self.stack.user.slots) is not kept:
            raise RuntimeError(f"an hour later the slots hold {self.stack.user.slots}")


@contextmanager
def _progress(console: Console, what: str) -> Iterator[None]:
    ending = "\n"
    try:
        console.print(what, end=" ... ")
        yield
        ending = "done\n"
    finally:
        console.print(ending, end="")
