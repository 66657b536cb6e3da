"""ECS on 127.0.0.1, for the real boto3; its tasks are processes of this machine."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, cast

from botocore.config import Config

from sandbox.aws.ecs import snapshot
from sandbox.aws.ecs.ageing import grow_older
from sandbox.aws.ecs.application import Application
from sandbox.aws.ecs.operations import operations_of
from sandbox.aws.ecs.process_guard import ProcessGuard
from sandbox.aws.ecs.scheduler import Scheduler
from sandbox.aws.ecs.secret_values import SecretValues
from sandbox.aws.ecs.service_scheduler import ServiceScheduler
from sandbox.aws.ecs.state import State
from sandbox.aws.ecs.task_runner import TaskRunner
from sandbox.aws.ecs.waiting import Waiting
from sandbox.aws.json.clients import LocalClients
from sandbox.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from types_boto3_ecs import ECSClient

    from sandbox.aws.ecs.snapshot import Snapshot
    from sandbox.aws.secrets_manager import SecretsManagerServer

__all__ = ["EcsServer"]

AGENT_TRIES = Config(retries={"mode": "standard", "total_max_attempts": 3})


class EcsServer(Server, Waiting):
    """An ECS with nothing in it, until its ``with`` block ends; its tasks' processes end then.

    ``secrets``: where ``secrets`` of task definitions are read, by calls that its record shows.
    ``parameters``: stands in for Parameter Store; it gets a name, and raises LookupError.
    ``task_environment``: what every process gets besides PATH, NO_PROXY and what its container
    definition says; the definition wins.
    ``page_size``: the most that a List operation puts in a page, whatever was asked for.
    ``settle_seconds``: how long a service's task without a health check has to run to count as
    started. ``time_scale``: how long a second of a health check's interval and startPeriod and
    of stopTimeout lasts: ECS allows no interval below five seconds.
    """

    def __init__(  # noqa: PLR0913 - all but the first two by name
        self,
        secrets: SecretsManagerServer,
        region: str = "eu-west-1",
        *,
        parameters: Callable[[str], str] | None = None,
        task_environment: Mapping[str, str] | None = None,
        page_size: int = 100,
        settle_seconds: float = 0.5,
        time_scale: float = 1.0,
    ) -> None:
        self.region = region
        self._folder = tempfile.TemporaryDirectory(prefix="sandbox-ecs-")
        self._guard = ProcessGuard()
        self._state = State(region)
        self._runner = TaskRunner(
            SecretValues(secrets.client(AGENT_TRIES), parameters),
            dict(task_environment or {}),
            Path(self._folder.name),
            self._guard,
            time_scale,
        )
        self._services = ServiceScheduler(self._state, self._runner, settle_seconds)
        operations = operations_of(self._state, self._runner, page_size)
        super().__init__(Application(operations, self._state.lock))
        self._scheduler = Scheduler(self._state, self._runner, self._services)
        self._clients = LocalClients("ecs", region)

    def environment(self) -> dict[str, str]:
        """Return the variable with which an AWS SDK or CLI finds this server.

        It wins over AWS_ENDPOINT_URL; Region and credentials are SecretsManagerServer's.
        https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
        """
        return {"AWS_ENDPOINT_URL_ECS": self.url}

    def client(self, config: Config | None = None) -> ECSClient:
        """Return a boto3 client of this server; it is closed with the server."""
        return cast("ECSClient", self._clients.make(self.url, config))

    def task_log(self, task_arn: str) -> str:
        """Return what the task's processes have written so far; raises KeyError if unknown."""
        log = self._runner.log_of(self._state.tasks[task_arn])
        return log.read_text(errors="replace") if log.exists() else ""

    def task_processes(self, task_arn: str) -> tuple[int, ...]:
        """Return the ids of the task's processes, in the order of its containers.

        They are there from RUNNING on, also when they have ended; raises KeyError.
        """
        with self._state.lock:
            containers = self._state.tasks[task_arn].containers
            return tuple(one.process.id for one in containers if one.process is not None)

    def grow_older(self, days: float) -> None:
        """Let so many days have passed for everything here; processes run on."""
        grow_older(self._state, days)

    def snapshot(self) -> Snapshot:
        """Return clusters and task definitions as they are now, for ``restore``.

        Raises RuntimeError when there are services or tasks: their processes can't be copied.
        """
        return snapshot.take(self._state)

    def restore(self, saved: Snapshot) -> None:
        """Go back to a snapshot, without faults and with an empty record; kills all processes.

        Waits for the tasks that read their secrets: hanging calls of Secrets Manager are to be
        released before.
        """
        self.faults.clear()
        snapshot.restore(self._state, self._runner, saved)
        self.record.clear()

    def stop(self) -> None:
        """Kill all processes too, and close the clients."""
        self.faults.clear()
        self._scheduler.close()
        self._guard.close()
        self._clients.close()
        super().stop()
        self._folder.cleanup()
