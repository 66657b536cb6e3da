"""``python -m sandbox fargate``: examples/fargate on the embedded ECS, through one rotation.

The task definition and the service are those of the example's template, with the parameters that
a person would give. Four things differ, because there is no image and no container here:

- the command, which the image brings, and the variables that lead to the embedded Snowflake;
- INTERVAL_SECONDS, to see more than one login;
- HEALTH_FILE: there are no volumes, so that all tasks share one file;
- the health check's interval, which is ECS's shortest.
"""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from sandbox.programs.fargate_template import api_parameters, read_template
from sandbox.stack import CLUSTER, Stack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from types_boto3_ecs.literals import DesiredStatusType
    from types_boto3_ecs.type_defs import TaskTypeDef

__all__ = ["FargateService", "TaskLog", "run"]

EXAMPLE = Path(__file__).parents[2] / "examples" / "fargate"
SERVICE = "fargate-example"
ROLE = "arn:aws:iam::123456789012:role/"
INTERVAL_SECONDS = "0.3"
SHORTEST_CHECK_SECONDS = 5
LOGINS_TO_SEE = 4
HOUR_DAYS = 1 / 24
DESIRED: tuple[DesiredStatusType, ...] = ("RUNNING", "STOPPED")


def run(interruptible: Callable[[], AbstractContextManager[None]] = nullcontext) -> int:
    """Start the service, rotate, let the product roll it and retire the old key; show the logs.

    Returns 0 when every login succeeded, each task of the end has the new key, and the old one is
    gone; else 1. ``interruptible`` makes the block in which KeyboardInterrupt may be raised.
    """
    console = Console(highlight=False, markup=False, soft_wrap=True)
    with (
        Stack(runs_tasks=True) as stack,
        tempfile.TemporaryDirectory() as folder,
        interruptible(),
    ):
        stack.attach()
        console.print("The service of examples/fargate/template.yaml starts:")
        service = FargateService(stack, Path(folder))
        service.wait_for_more(LOGINS_TO_SEE)
        before = service.logs()
        console.print("\n".join(map(str, before)))
        console.print("\nA rotation, and the deployment that it leads to:")
        rotate_and_roll(stack, service)
        stack.let_pass(HOUR_DAYS)
        stack.run_hourly()
        service.wait_for_more(LOGINS_TO_SEE)
        logs = service.logs()
        after = [log for log in logs if log.is_wanted]
        console.print("\n".join(map(str, after)))
        retired = None in stack.user.slots
    failed = sum(log.failed for log in logs)
    keys = f"the old key is {'retired' if retired else 'still there'}"
    logins = f"{sum(len(log.keys) for log in logs)} logins, {failed} failed"
    console.print(f"\nfargate: {len(before)} tasks replaced, {logins}, {keys} an hour later")
    return 1 if failed or not retired or _keys(before) & _keys(after) else 0


def rotate_and_roll(stack: Stack, service: FargateService) -> None:
    """Press "rotate now", and wait until the service has tasks of its new deployment only.

    Nobody calls UpdateService here: the retirement function does. Raises RuntimeError when the
    rotation fails, TimeoutError when the service is not rolled.
    """
    outcome = stack.rotate()
    if not outcome.succeeded:
        raise RuntimeError(f"the rotation failed: {outcome}")
    stack.aws.wait_for_events()
    service.wait_until_rolled()


@dataclass(frozen=True, slots=True)
class TaskLog:
    """A task: its id, whether it is to run on, the keys of its logins, how many failed."""

    id: str
    is_wanted: bool
    keys: tuple[str, ...]
    failed: int
    last_line: str

    def __str__(self) -> str:
        """Show the task and the last line of its log, which names its key."""
        return f"  task {self.id}  {self.last_line}"


class FargateService:
    """The service of the example's template, in the stack's cluster, with tasks that run."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self._stack = stack
        self._client = stack.ecs.client()
        self._health_file = str(folder / "logged-in")
        template = read_template(EXAMPLE / "template.yaml")
        names = self._names(template)
        definition = api_parameters(template, "TaskDefinition", names)
        self._adapt(definition["containerDefinitions"][0])
        registered = self._client.register_task_definition(**definition)["taskDefinition"]
        names["TaskDefinition"] = registered["taskDefinitionArn"]
        service = api_parameters(template, "Service", names)
        self._client.create_service(serviceName=SERVICE, **service)
        self.wait_until_rolled()

    def wait_until_rolled(self) -> None:
        """Wait until all tasks are those of the latest deployment. Raises TimeoutError."""
        self._stack.ecs.wait_until_rolled(SERVICE, CLUSTER)

    def wait_for_more(self, count: int) -> None:
        """Wait until the tasks have logged in so many times more. Raises TimeoutError."""
        wanted = self._logins() + count
        self._stack.ecs.wait_for(lambda: self._logins() >= wanted)

    def logs(self) -> list[TaskLog]:
        """Return every task there was, oldest first."""
        return [
            _log(one["taskArn"], one["desiredStatus"], self._stack.ecs.task_log(one["taskArn"]))
            for one in sorted(self._described(), key=lambda one: one["createdAt"])
        ]

    def _described(self) -> list[TaskTypeDef]:
        arns = [
            arn
            for desired in DESIRED
            for arn in self._client.list_tasks(cluster=CLUSTER, desiredStatus=desired)["taskArns"]
        ]
        return self._client.describe_tasks(cluster=CLUSTER, tasks=arns)["tasks"]

    def _logins(self) -> int:
        return sum(len(log.keys) for log in self.logs())

    def _names(self, template: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the template's Ref, Fn::Sub and Fn::GetAtt lead to."""
        cluster = self._client.describe_clusters(clusters=[CLUSTER])["clusters"][0]
        parameters = template["Parameters"].items()
        return {
            **{name: one["Default"] for name, one in parameters if "Default" in one},
            "AWS::StackName": SERVICE,
            "AWS::Region": self._stack.aws.region,
            "ClusterArn": cluster["clusterArn"],
            "SecretArn": self._stack.secret_arn,
            "ImageUri": "not-an-image",
            "SubnetIds": ["subnet-00000000"],
            "SecurityGroupIds": ["sg-00000000"],
            "ExecutionRole.Arn": f"{ROLE}execution",
            "TaskRole.Arn": f"{ROLE}task",
            "LogGroup": SERVICE,
        }

    def _adapt(self, container: dict[str, Any]) -> None:
        """Make the four differences that the head of this file tells."""
        snowflake = self._stack.snowflake
        variables = {one["name"]: one["value"] for one in container["environment"]}
        in_template = variables["HEALTH_FILE"]
        variables |= {
            "SNOWFLAKE_HOST": snowflake.host,
            "SNOWFLAKE_PORT": str(snowflake.port),
            "SNOWFLAKE_PROTOCOL": "http",
            "INTERVAL_SECONDS": INTERVAL_SECONDS,
            "HEALTH_FILE": self._health_file,
        }
        container["command"] = [sys.executable, str(EXAMPLE / "task.py")]
        container["environment"] = [{"name": n, "value": v} for n, v in variables.items()]
        check = container["healthCheck"]
        check["interval"] = SHORTEST_CHECK_SECONDS
        check["command"] = [
            self._health_file if word == in_template else word for word in check["command"]
        ]


def _log(arn: str, desired: str, text: str) -> TaskLog:
    texts = [line for line in text.splitlines(keepends=True) if line.endswith("\n")]
    lines = [json.loads(line) for line in texts]
    return TaskLog(
        id=arn[-6:],
        is_wanted=desired == "RUNNING",
        keys=tuple(line["key"] for line in lines if line["message"] == "logged in"),
        failed=sum(line["message"] != "logged in" for line in lines),
        last_line=texts[-1].strip() if texts else "",
    )


def _keys(logs: list[TaskLog]) -> set[str]:
    return {key for log in logs for key in log.keys}
