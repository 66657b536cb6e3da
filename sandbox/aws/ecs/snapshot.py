"""An ECS's state at one moment, to go back to: without tasks, whose processes can't be copied."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.aws.ecs.records import Cluster, TaskDefinition
    from sandbox.aws.ecs.state import State
    from sandbox.aws.ecs.task_runner import TaskRunner

__all__ = ["Snapshot", "restore", "take"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Clusters by name, and task definitions by family."""

    clusters: dict[str, Cluster]
    definitions: dict[str, list[TaskDefinition]]


def take(state: State) -> Snapshot:
    """Return the state as it is now. Raises RuntimeError when there are services or tasks."""
    with state.lock:
        if state.services or state.tasks:
            raise RuntimeError("there are services or tasks: their processes can't be copied")
        return copy.deepcopy(Snapshot(state.clusters, state.definitions))


def restore(state: State, runner: TaskRunner, saved: Snapshot) -> None:
    """Go back to it: processes are killed, services and tasks are forgotten."""
    again = copy.deepcopy(saved)
    with state.lock:
        tasks = list(state.tasks.values())
        for task in tasks:
            runner.kill(task)
            runner.log_of(task).unlink(missing_ok=True)
        state.tasks.clear()
        state.services.clear()
        state.clusters, state.definitions = again.clusters, again.definitions
    for task in tasks:
        if task.preparation is not None:
            task.preparation.done.wait()
