"""One task, from PROVISIONING to STOPPED.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html
ACTIVATING and DEPROVISIONING are left out: there is no network interface and no load balancer.
"""

from __future__ import annotations

import functools
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.aws.ecs.health import HealthCheck
from sandbox.aws.ecs.process import ContainerProcess
from sandbox.aws.ecs.records import now
from sandbox.aws.ecs.secret_values import Preparation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.aws.ecs.process_guard import ProcessGuard
    from sandbox.aws.ecs.records import Container, Task
    from sandbox.aws.ecs.secret_values import SecretValues

__all__ = ["TaskRunner"]

STOP_TIMEOUT_SECONDS = 30
"""Fargate's, where the container definition has no stopTimeout."""

MACHINE = {"PATH": os.defpath, "NO_PROXY": "127.0.0.1"}


@dataclass
class TaskRunner:
    """Takes tasks a step further; whoever calls it holds the state's lock."""

    values: SecretValues
    environment: Mapping[str, str]
    logs: Path
    guard: ProcessGuard
    time_scale: float

    def log_of(self, task: Task) -> Path:
        """Return the file that the task's processes write to."""
        return self.logs / f"{task.id}.log"

    def advance(self, task: Task) -> None:
        """Do what is due now."""
        match task.last_status:
            case "PROVISIONING" | "PENDING" if not task.is_wanted:
                self._finish(task)
            case "PROVISIONING":
                definitions = [one.definition for one in task.containers]
                task.preparation = Preparation(self.values, definitions)
                task.last_status = "PENDING"
            case "PENDING":
                self._start_when_prepared(task)
            case "RUNNING":
                self._look_at(task)
            case "DEACTIVATING":
                self._terminate(task)
            case "STOPPING":
                self._wait_for_end(task)

    def stop(self, task: Task, code: str, reason: str) -> None:
        """Want the task stopped; one that is being stopped keeps its first reason."""
        if not task.is_wanted:
            return
        task.desired_status, task.stopping_at = "STOPPED", now()
        task.stop_code, task.stopped_reason = code, reason
        if task.last_status == "RUNNING":
            task.last_status = "DEACTIVATING"

    def kill(self, task: Task) -> None:
        """SIGKILL all of the task's processes."""
        for container in task.containers:
            if container.health is not None:
                container.health.close()
            if container.process is not None:
                container.process.kill()
                container.exit_code = container.process.exit_code()

    def _start_when_prepared(self, task: Task) -> None:
        prepared = task.preparation
        if prepared is None or not prepared.done.is_set():
            return
        if prepared.failure is not None:
            self._fail(task, str(prepared.failure))
            return
        try:
            for container, secrets in zip(task.containers, prepared.environments, strict=True):
                self._start(task, container, secrets)
        except OSError as error:
            self._fail(task, f"CannotStartContainerError: {error}")
            return
        task.last_status, task.started_at = "RUNNING", now()
        task.running_since = time.monotonic()

    def _start(self, task: Task, container: Container, secrets: Mapping[str, str]) -> None:
        definition = container.definition
        variables = {one["name"]: one["value"] for one in definition.get("environment", ())}
        start = functools.partial(
            ContainerProcess,
            environment={**MACHINE, **self.environment, **variables, **secrets},
            folder=definition.get("workingDirectory", "/"),
            log=self.log_of(task),
            guard=self.guard,
        )
        if container.argv:
            container.process = start(container.argv)
        if "healthCheck" in definition:
            # What a check prints is not in the container's log.
            unheard = functools.partial(start, log=Path(os.devnull))
            container.health = HealthCheck(definition["healthCheck"], unheard, self.time_scale)

    def _look_at(self, task: Task) -> None:
        for container in task.containers:
            if container.health is not None:
                container.health.advance()
        if any(self._has_ended(one) and one.is_essential for one in task.containers):
            self.stop(task, "EssentialContainerExited", "Essential container in task exited")

    def _has_ended(self, container: Container) -> bool:
        if container.process is None:
            return False
        container.exit_code = container.process.exit_code()
        return container.exit_code is not None

    def _terminate(self, task: Task) -> None:
        limits = [
            one.definition.get("stopTimeout", STOP_TIMEOUT_SECONDS) for one in task.containers
        ]
        task.kill_at = time.monotonic() + max(limits) * self.time_scale
        for container in task.containers:
            if container.health is not None:
                container.health.close()
            if container.process is not None:
                container.process.terminate()
        task.last_status = "STOPPING"

    def _wait_for_end(self, task: Task) -> None:
        if time.monotonic() >= task.kill_at:
            self.kill(task)
        running = [one for one in task.containers if one.process is not None]
        if all([self._has_ended(one) for one in running]):  # noqa: C419 - each is to be asked
            self._finish(task)

    def _fail(self, task: Task, reason: str) -> None:
        self.stop(task, "TaskFailedToStart", reason)
        self.kill(task)
        self._finish(task)

    def _finish(self, task: Task) -> None:
        if task.started_at is not None:
            task.execution_stopped_at = now()
        task.last_status, task.stopped_at = "STOPPED", now()
