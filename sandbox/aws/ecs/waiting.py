"""Waiting for what the background thread does."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sandbox.aws.ecs import errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.aws.ecs.scheduler import Scheduler
    from sandbox.aws.ecs.service_records import Service
    from sandbox.aws.ecs.service_scheduler import ServiceScheduler
    from sandbox.aws.ecs.state import State

__all__ = ["Waiting"]

POLL_SECONDS = 0.01


class Waiting:
    """The part of the server that tests wait with. Names or ARNs are taken."""

    _state: State
    _scheduler: Scheduler
    _services: ServiceScheduler

    def wait_for(self, predicate: Callable[[], bool], timeout_seconds: float = 20) -> None:
        """Ask again and again until it is true; raises TimeoutError.

        Raises what ended the background thread, should it have ended.
        """
        deadline = time.monotonic() + timeout_seconds
        while not predicate():
            if self._scheduler.failure is not None:
                raise self._scheduler.failure
            if time.monotonic() >= deadline:
                raise TimeoutError(f"not within {timeout_seconds} s: {predicate}")
            time.sleep(POLL_SECONDS)

    def wait_until_stable(
        self, service: str, cluster: str = "default", timeout_seconds: float = 20
    ) -> None:
        """Wait until the service's only deployment is COMPLETED and all its tasks are up.

        Raises TimeoutError, and EcsError for an unknown cluster or service.
        """
        self.wait_for(lambda: self._is_stable(service, cluster), timeout_seconds)

    def wait_until_rolled(
        self, service: str, cluster: str = "default", timeout_seconds: float = 60
    ) -> None:
        """Wait until it is stable, and no task of an older deployment is running down.

        Raises as ``wait_until_stable`` does.
        """
        self.wait_until_stable(service, cluster, timeout_seconds)
        self.wait_for(lambda: not self._is_draining(service, cluster), timeout_seconds)

    def wait_for_deployment(
        self, service: str, cluster: str = "default", timeout_seconds: float = 20
    ) -> str:
        """Wait until the service's latest service deployment is over; returns its status.

        That is SUCCESSFUL, STOPPED, ROLLBACK_SUCCESSFUL or ROLLBACK_FAILED. Raises as
        ``wait_until_stable`` does.
        """
        self.wait_for(lambda: bool(self._ended(service, cluster)), timeout_seconds)
        return self._ended(service, cluster)

    def _is_stable(self, service: str, cluster: str) -> bool:
        with self._state.lock:
            found = self._service(service, cluster)
            states = [one.rollout_state for one in found.deployments]
            return states == ["COMPLETED"] and self._services.is_steady(found)

    def _is_draining(self, service: str, cluster: str) -> bool:
        with self._state.lock:
            tasks = self._state.tasks_of(self._service(service, cluster))
            return any(not one.is_wanted and one.last_status != "STOPPED" for one in tasks)

    def _ended(self, service: str, cluster: str) -> str:
        with self._state.lock:
            latest = self._service(service, cluster).service_deployments[0]
            return latest.status if latest.is_finished else ""

    def _service(self, service: str, cluster: str) -> Service:
        found = self._state.service(self._state.cluster({"cluster": cluster}), service)
        if found is None:
            raise errors.service_not_found()
        return found
