"""Time that passes for a whole ECS: all dates move into the past."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.aws.ecs.state import State

__all__ = ["grow_older"]

SECONDS_PER_DAY = 24 * 60 * 60
DATES = (
    *("created_at", "updated_at", "started_at", "finished_at", "stopping_at"),
    *("execution_stopped_at", "stopped_at", "registered_at", "deregistered_at"),
)


def grow_older(state: State, days: float) -> None:
    """Let so many days have passed since everything that happened; processes run on."""
    with state.lock:
        for record in _records(state):
            for name in DATES:
                if (when := getattr(record, name, None)) is not None:
                    setattr(record, name, when - days * SECONDS_PER_DAY)


def _records(state: State) -> Iterator[object]:
    yield from state.tasks.values()
    for revisions in state.definitions.values():
        yield from revisions
    for service in state.services.values():
        # One that completed last may no longer be listed.
        yield from {id(one): one for one in (*service.deployments, service.completed)}.values()
        yield service
        yield from service.service_deployments
