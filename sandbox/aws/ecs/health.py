"""A container's health check, as Docker does it.

The first check comes one interval after the start. A check that passes makes the container
HEALTHY at once; as many failures in a row as ``retries`` make it UNHEALTHY, and those within
``startPeriod`` do not count.
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.aws.ecs.process import ContainerProcess
    from sandbox.aws.json.shapes import Json

__all__ = ["HealthCheck"]


class HealthCheck:
    """Runs the check's command again and again; ``start`` starts a program.

    ``time_scale`` is what a second of the definition lasts. The time-out is not scaled: a
    program takes the time that it takes.
    """

    def __init__(
        self, check: Json, start: Callable[[list[str]], ContainerProcess], time_scale: float
    ) -> None:
        self._argv = _argv(check["command"])
        self._start = start
        self._interval = check.get("interval", 30) * time_scale
        self._timeout = check.get("timeout", 5)
        self._retries = check.get("retries", 3)
        self._counts_from = time.monotonic() + check.get("startPeriod", 0) * time_scale
        self._due = time.monotonic() + self._interval
        self._process: ContainerProcess | None = None
        self._failures = 0
        self.status = "UNKNOWN"

    def advance(self) -> None:
        """Start a check that is due, or look at the one that runs."""
        if self._process is None:
            if time.monotonic() >= self._due:
                self._begin()
            return
        code = self._process.exit_code()
        if code is None and time.monotonic() < self._due + self._timeout:
            return
        self._process.kill()
        self._note(passed=code == 0)

    def close(self) -> None:
        """Kill a check that runs."""
        if self._process is not None:
            self._process.kill()

    def _begin(self) -> None:
        self._due = time.monotonic()
        try:
            self._process = self._start(self._argv)
        except OSError:
            self._note(passed=False)

    def _note(self, *, passed: bool) -> None:
        self._process = None
        self._due = time.monotonic() + self._interval
        if passed:
            self._failures, self.status = 0, "HEALTHY"
        elif time.monotonic() >= self._counts_from:
            self._failures += 1
            if self._failures >= self._retries:
                self.status = "UNHEALTHY"


def _argv(command: list[str]) -> list[str]:
    """Return the program: CMD runs it directly, CMD-SHELL with the container's shell."""
    kind, *rest = command
    return rest if kind == "CMD" else ["/bin/sh", "-c", *rest]
