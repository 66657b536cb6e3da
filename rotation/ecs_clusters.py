"""ECS clusters through boto3: implements ``ports.Clusters``.

Lists take a hundred a page, DescribeServices ten and DescribeTasks a hundred at a time. A task
definition's revision never changes, so that each is read once a run.
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/Welcome.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import boto3
from botocore.config import Config

from rotation import aws_errors
from rotation.consumers import Deployment, SecretReference, Service, Task
from rotation.errors import EcsDenied, EcsError, EcsUnreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from types_boto3_ecs import ECSClient
    from types_boto3_ecs.type_defs import (
        ServiceTypeDef,
        TaskDefinitionTypeDef,
        TaskTypeDef,
    )

    from rotation.ports import Deadline

Answer = TypeVar("Answer")
_MEANINGS = aws_errors.Meanings(EcsError, EcsDenied, EcsUnreachable, EcsError)
_SERVICES_AT_ONCE, _TASKS_AT_ONCE, _PAGE = 10, 100, 100
# As rotation/attached_secrets.py has it: four tries in adaptive mode.
_LONGEST_CALL_SECONDS = 43


def new_client() -> ECSClient:
    """Return a client that slows down when it is throttled; calls end after 43 seconds."""
    retries = Config(
        connect_timeout=2, read_timeout=5, retries={"mode": "adaptive", "total_max_attempts": 4}
    )
    return boto3.client("ecs", config=retries)


class EcsClusters:
    """``clusters`` are ARNs."""

    def __init__(self, client: ECSClient, clusters: Sequence[str], deadline: Deadline) -> None:
        self._client = client
        self._clusters = clusters
        self._deadline = deadline
        self._references: dict[str, tuple[SecretReference, ...]] = {}

    def services(self) -> Iterator[Service]:
        """ListServices, DescribeServices and DescribeTaskDefinition."""
        for cluster in self._clusters:
            arns = self._pages("ListServices", cluster, "serviceArns")
            for some in _in_groups(list(arns), _SERVICES_AT_ONCE):
                answer = self._call(
                    "DescribeServices",
                    lambda: self._client.describe_services(cluster=cluster, services=some),  # noqa: B023
                )
                for one in answer["services"]:
                    if one.get("status") == "ACTIVE":
                        yield self._service(one, cluster)

    def tasks(self) -> Iterator[Task]:
        """ListTasks, DescribeTasks and DescribeTaskDefinition.

        A task that is being stopped may still open connections: it counts until it has stopped.
        """
        for cluster in self._clusters:
            for desired in ("RUNNING", "STOPPED"):
                arns = self._pages("ListTasks", cluster, "taskArns", desiredStatus=desired)
                for some in _in_groups(list(arns), _TASKS_AT_ONCE):
                    answer = self._call(
                        "DescribeTasks",
                        lambda: self._client.describe_tasks(cluster=cluster, tasks=some),  # noqa: B023
                    )
                    alive = (one for one in answer["tasks"] if one.get("lastStatus") != "STOPPED")
                    yield from (self._task(one, cluster) for one in alive)

    def deployments_since(self, service: Service, when: datetime) -> tuple[Deployment, ...]:
        """ListServiceDeployments, which goes back 90 days and keeps those that failed.

        https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServiceDeployments.html
        """
        answer = self._call(
            "ListServiceDeployments",
            lambda: self._client.list_service_deployments(
                cluster=service.cluster,
                service=service.arn,
                createdAt={"after": when},
                maxResults=_PAGE,
            ),
        )
        found = answer["serviceDeployments"]
        return tuple(
            Deployment(one["createdAt"], one["status"]) for one in found if one["createdAt"] > when
        )

    def roll(self, service: Service) -> None:
        """UpdateService with forceNewDeployment."""
        self._call(
            "UpdateService",
            lambda: self._client.update_service(
                cluster=service.cluster, service=service.arn, forceNewDeployment=True
            ),
        )

    def _service(self, one: ServiceTypeDef, cluster: str) -> Service:
        controller = one.get("deploymentController", {}).get("type", "ECS")
        definition = one.get("taskDefinition")
        return Service(
            arn=one["serviceArn"],
            name=one["serviceName"],
            cluster=cluster,
            rolls=controller == "ECS",
            references=self._read_by(definition) if definition else (),
        )

    def _task(self, one: TaskTypeDef, cluster: str) -> Task:
        return Task(
            arn=one["taskArn"],
            cluster=cluster,
            group=one.get("group", ""),
            created=one.get("createdAt"),
            references=self._read_by(one["taskDefinitionArn"]),
        )

    def _read_by(self, definition: str) -> tuple[SecretReference, ...]:
        if definition not in self._references:
            answer = self._call(
                "DescribeTaskDefinition",
                lambda: self._client.describe_task_definition(taskDefinition=definition),
            )
            self._references[definition] = _references(answer["taskDefinition"])
        return self._references[definition]

    def _pages(self, operation: str, cluster: str, key: str, **asked: str) -> Iterator[str]:
        paging: dict[str, object] = {"cluster": cluster, "maxResults": _PAGE, **asked}
        method = {
            "ListServices": self._client.list_services,
            "ListTasks": self._client.list_tasks,
        }[operation]
        while True:
            page = self._call(operation, lambda: method(**paging))  # type: ignore[operator]
            yield from page[key]
            if not (token := page.get("nextToken")):
                return
            paging["nextToken"] = token

    def _call(self, operation: str, call: Callable[[], Answer]) -> Answer:
        self._deadline.require(_LONGEST_CALL_SECONDS)
        return aws_errors.translated(_MEANINGS, operation, call)


def _in_groups(arns: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(arns), size):
        yield arns[start : start + size]


def _references(definition: TaskDefinitionTypeDef) -> tuple[SecretReference, ...]:
    texts = (
        secret["valueFrom"]
        for container in definition.get("containerDefinitions", ())
        for secret in container.get("secrets", ())
    )
    found = map(SecretReference.read, texts)
    return tuple(one for one in found if one is not None)
