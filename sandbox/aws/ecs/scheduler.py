"""The background thread: every task and every service, again and again."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.aws.ecs.service_scheduler import ServiceScheduler
    from sandbox.aws.ecs.state import State
    from sandbox.aws.ecs.task_runner import TaskRunner

__all__ = ["Scheduler"]

ROUND_SECONDS = 0.02


class Scheduler:
    """Runs from its construction until ``close``; ``failure`` is what ended it before."""

    def __init__(self, state: State, runner: TaskRunner, services: ServiceScheduler) -> None:
        self._state = state
        self._runner = runner
        self._services = services
        self._closing = threading.Event()
        self.failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop, and kill every process of every task."""
        self._closing.set()
        self._thread.join()
        with self._state.lock:
            for task in self._state.tasks.values():
                self._runner.kill(task)

    def _run(self) -> None:
        try:
            while not self._closing.wait(ROUND_SECONDS):
                with self._state.lock:
                    self._round()
        except BaseException as failure:
            self.failure = failure
            raise

    def _round(self) -> None:
        for task in list(self._state.tasks.values()):
            if task.last_status != "STOPPED":
                self._runner.advance(task)
        for service in self._state.services.values():
            self._services.advance(service)
