"""One service: start, stop and replace its tasks, complete its deployment or give it up.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.aws.ecs import rollouts
from sandbox.aws.ecs.records import STARTING

if TYPE_CHECKING:
    from sandbox.aws.ecs.records import Task
    from sandbox.aws.ecs.service_records import Deployment, Service
    from sandbox.aws.ecs.state import State
    from sandbox.aws.ecs.task_runner import TaskRunner

__all__ = ["ServiceScheduler"]

BY_SCHEDULER = "ServiceSchedulerInitiated"
UNHEALTHY = "Task failed container health checks"
FIRST_DELAY_SECONDS, LONGEST_DELAY_SECONDS = 0.02, 2.0


@dataclass
class ServiceScheduler:
    """Takes a service a step further; whoever calls it holds the state's lock.

    A task counts as started when it is HEALTHY, or without a health check when it has run for
    ``settle_seconds``: one that crashes sooner is a failed one, as on AWS one that never lets
    the service become steady. After ``failure_threshold`` failed tasks in a row, which is 3 up
    to a desired count of six, the circuit breaker ends the deployment. Without it ECS goes on
    for ever, with pauses that double up to two seconds here and to minutes there.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-throttle-logic.html
    """

    state: State
    runner: TaskRunner
    settle_seconds: float

    def advance(self, service: Service) -> None:
        """Do what is due now."""
        if service.status == "DRAINING":
            self._drain(service)
        if service.status != "ACTIVE" or not service.deployments:
            return
        entry = service.primary.service_deployment
        if entry.status == "PENDING":
            entry.become("IN_PROGRESS")
        tasks = self.state.tasks_of(service)
        self._count_failures(service, tasks)
        if service.primary.rollout_state == "FAILED":
            return
        self._start_missing(service, tasks)
        self._stop_surplus(service, tasks)
        self._stop_old(service, tasks)
        self._complete(service, tasks)

    def _drain(self, service: Service) -> None:
        tasks = self.state.tasks_of(service)
        for task in tasks:
            self.runner.stop(task, BY_SCHEDULER, f"Service {service.name} was deleted")
        # "After all tasks have transitioned to either STOPPING or STOPPED status, the service
        # status moves from DRAINING to INACTIVE" (DeleteService reference).
        if all(one.last_status in {"STOPPING", "STOPPED"} for one in tasks):
            service.status = "INACTIVE"
            service.deployments.clear()

    def _count_failures(self, service: Service, tasks: list[Task]) -> None:
        for deployment in list(service.deployments):
            mine = [one for one in tasks if one.started_by == deployment.id]
            for task in mine:
                if task.is_wanted and task.health_status == "UNHEALTHY":
                    self.runner.stop(task, BY_SCHEDULER, UNHEALTHY)
                    _count(deployment, task)
                elif task.is_failure and not task.is_counted:
                    _count(deployment, task)
            if any(one.is_ready(self.settle_seconds) for one in mine):
                deployment.failed_tasks = 0
        self._break_circuit(service)

    def _break_circuit(self, service: Service) -> None:
        primary = service.primary
        enabled = service.configuration["deploymentCircuitBreaker"]["enable"]
        failed = primary.failed_tasks >= service.failure_threshold
        if enabled and failed and primary.rollout_state == "IN_PROGRESS":
            rollouts.give_up(service)

    def _start_missing(self, service: Service, tasks: list[Task]) -> None:
        primary = service.primary
        wanted = [one for one in tasks if one.is_wanted]
        mine = [one for one in wanted if one.started_by == primary.id]
        room = service.most_tasks - len(wanted)
        count = min(service.desired_count - len(mine), room)
        if count <= 0 or time.monotonic() < primary.next_launch:
            return
        started = [
            self.state.new_task(service.cluster, primary.definition, service.group, primary.id)
            for _ in range(count)
        ]
        tasks += started
        names = ", ".join(one.id for one in started)
        rollouts.tell(service, f"has started {count} tasks: (task {names}).")

    def _stop_surplus(self, service: Service, tasks: list[Task]) -> None:
        primary = service.primary
        mine = [one for one in tasks if one.is_wanted and one.started_by == primary.id]
        self._stop(service, mine[service.desired_count :], primary)

    def _stop_old(self, service: Service, tasks: list[Task]) -> None:
        """Stop old tasks as far as enough healthy ones remain."""
        primary = service.primary
        ready = [one for one in tasks if one.is_ready(self.settle_seconds)]
        old = [one for one in tasks if one.is_wanted and one.started_by != primary.id]
        spare = max(0, len(ready) - service.fewest_healthy)
        old_ready = [one for one in old if one in ready]
        not_ready = [one for one in old if one not in ready]
        self._stop(service, [*not_ready, *old_ready[:spare]], primary)

    def _stop(self, service: Service, tasks: list[Task], deployment: Deployment) -> None:
        for task in tasks:
            reason = f"Scaling activity initiated by (deployment {deployment.id})"
            self.runner.stop(task, BY_SCHEDULER, reason)
        if tasks:
            names = ", ".join(one.id for one in tasks)
            rollouts.tell(service, f"has stopped {len(tasks)} running tasks: (task {names}).")

    def _complete(self, service: Service, tasks: list[Task]) -> None:
        """Let old deployments go, and end the primary one when nothing else is left.

        An ACTIVE deployment is one "that still has running tasks" (Deployment reference): those
        that are being stopped do not keep it.
        """
        alive = {one.started_by for one in tasks if one.last_status in {*STARTING, "RUNNING"}}
        primary = service.primary
        service.deployments = [
            one for one in service.deployments if one is primary or one.id in alive
        ]
        if primary.rollout_state == "IN_PROGRESS" and self.is_steady(service):
            rollouts.complete(service)

    def is_steady(self, service: Service) -> bool:
        """Tell whether the primary deployment is the only one and all its tasks have started."""
        ready = [
            one
            for one in self.state.tasks_of(service)
            if one.started_by == service.primary.id and one.is_ready(self.settle_seconds)
        ]
        return len(ready) == service.desired_count and len(service.deployments) == 1


def _count(deployment: Deployment, task: Task) -> None:
    task.is_counted = True
    deployment.failed_tasks += 1
    pause = FIRST_DELAY_SECONDS * 2**deployment.failed_tasks
    deployment.next_launch = time.monotonic() + min(pause, LONGEST_DELAY_SECONDS)
