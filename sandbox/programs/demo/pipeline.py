"""The demo's consumers: ECS tasks that log in again and again with the key of their start.

They run examples/fargate/task.py, as a service and as a standalone task. A task that gets its
key from its task definition never reads the secret again, so that every login that fails is one
that somebody would have noticed.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.stack import CLUSTER

if TYPE_CHECKING:
    from collections.abc import Iterable

    from types_boto3_ecs.literals import DesiredStatusType
    from types_boto3_ecs.type_defs import TaskTypeDef

    from sandbox.stack import Stack

__all__ = ["Login", "Pipeline", "TaskLane"]

PROGRAM = Path(__file__).parents[3] / "examples" / "fargate" / "task.py"
SERVICE, STANDALONE = "pipeline", "backfill"
TASKS = 2
DESIRED: tuple[DesiredStatusType, ...] = ("RUNNING", "STOPPED")
INTERVAL_SECONDS = "0.25"
FIELDS = {"ACCOUNT": "account", "USER": "user", "PRIVATE_KEY": "privateKey"}


@dataclass(frozen=True, slots=True)
class Login:
    """One login of a task: when (Unix time), with which key, and whether it succeeded."""

    time: float
    fingerprint: str
    succeeded: bool


@dataclass(frozen=True, slots=True)
class TaskLane:
    """One task: its group without the kind, the end of its id, and all its logins."""

    name: str
    logins: tuple[Login, ...]

    @property
    def failed(self) -> int:
        """How many logins failed."""
        return sum(not login.succeeded for login in self.logins)


class Pipeline:
    """A service with two tasks in the stack's cluster, which start, and standalone tasks."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._client = stack.ecs.client()
        for family in (SERVICE, STANDALONE):
            self._register(family)
        self._client.create_service(
            cluster=CLUSTER,
            serviceName=SERVICE,
            taskDefinition=SERVICE,
            desiredCount=TASKS,
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-00000000"]}},
        )

    def wait_until_rolled(self) -> None:
        """Wait until the service's latest deployment is over and older tasks have ended."""
        self._stack.ecs.wait_until_rolled(SERVICE, CLUSTER)

    def start_standalone(self) -> str:
        """Start a task that belongs to no service; return its ARN."""
        answer = self._client.run_task(
            cluster=CLUSTER,
            taskDefinition=STANDALONE,
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-00000000"]}},
        )
        return answer["tasks"][0]["taskArn"]

    def stop(self, task_arn: str) -> None:
        """Stop a task, and wait until it has stopped."""
        self._client.stop_task(cluster=CLUSTER, task=task_arn)
        self._stack.ecs.wait_for(lambda: self._status(task_arn) == "STOPPED")

    def wait_for_logins(self, count: int, *task_arns: str) -> None:
        """Wait until these tasks, or else all, have logged in ``count`` times more."""
        arns = task_arns or tuple(self._tasks())
        wanted = self._login_count(arns) + count
        self._stack.ecs.wait_for(lambda: self._login_count(arns) >= wanted)

    def lanes(self) -> list[TaskLane]:
        """Return every task there was, in the order of their first logins."""
        lanes = (
            self._lane(arn, task["group"].partition(":")[2]) for arn, task in self._tasks().items()
        )
        return sorted((lane for lane in lanes if lane.logins), key=lambda lane: lane.logins[0].time)

    def _login_count(self, arns: Iterable[str]) -> int:
        return sum(self._stack.ecs.task_log(arn).count("\n") for arn in arns)

    def _status(self, task_arn: str) -> str:
        described = self._client.describe_tasks(cluster=CLUSTER, tasks=[task_arn])
        return described["tasks"][0]["lastStatus"]

    def _tasks(self) -> dict[str, TaskTypeDef]:
        """Return all tasks by their ARN; a stopped one stays for an hour, as in ECS."""
        arns = [
            arn
            for desired in DESIRED
            for arn in self._client.list_tasks(cluster=CLUSTER, desiredStatus=desired)["taskArns"]
        ]
        if not arns:  # the first ones start a moment after their service, and it takes one at least
            return {}
        described = self._client.describe_tasks(cluster=CLUSTER, tasks=arns)["tasks"]
        return {task["taskArn"]: task for task in described}

    def _lane(self, arn: str, name: str) -> TaskLane:
        texts = self._stack.ecs.task_log(arn).splitlines(keepends=True)
        lines = (json.loads(text) for text in texts if text.endswith("\n"))
        return TaskLane(f"{name} {arn[-4:]}", tuple(map(_login, lines)))

    def _register(self, family: str) -> None:
        snowflake = self._stack.snowflake
        environment = {
            "SNOWFLAKE_HOST": snowflake.host,
            "SNOWFLAKE_PORT": str(snowflake.port),
            "SNOWFLAKE_PROTOCOL": "http",
            "INTERVAL_SECONDS": INTERVAL_SECONDS,
        }
        self._client.register_task_definition(
            family=family,
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            executionRoleArn="arn:aws:iam::123456789012:role/pipeline-execution",
            containerDefinitions=[
                {
                    "name": "consumer",
                    "image": "examples/fargate",
                    "command": [sys.executable, str(PROGRAM)],
                    "environment": [{"name": n, "value": v} for n, v in environment.items()],
                    "secrets": [
                        {"name": f"SNOWFLAKE_{n}", "valueFrom": f"{self._stack.secret_arn}:{f}::"}
                        for n, f in FIELDS.items()
                    ],
                }
            ],
        )


def _login(line: dict[str, str]) -> Login:
    when = datetime.fromisoformat(line["time"]).timestamp()
    return Login(when, line["key"], line["message"] == "logged in")
