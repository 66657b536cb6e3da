"""ECS clusters through boto3: implements ``ports.Clusters``.

Lists take a hundred a page, DescribeServices ten and DescribeTasks a hundred at a time.
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/Welcome.html
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from rotation.aws_api.calls import Caller, Meanings, Pace
from rotation.aws_api.task_definitions import EcsRefused, KnownDefinitions, TaskDefinitions
from rotation.errors.aws_answers import EcsDenied, EcsError, EcsUnreachable
from rotation.rules.retention import ALL_CLUSTERS
from rotation.rules.rollouts import Deployment, Service
from rotation.rules.tasks import Task

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from types_boto3_ecs import ECSClient
    from types_boto3_ecs.literals import DesiredStatusType
    from types_boto3_ecs.type_defs import ListClustersRequestTypeDef as _Clusters
    from types_boto3_ecs.type_defs import ListServicesRequestTypeDef as _Services
    from types_boto3_ecs.type_defs import ListTasksRequestTypeDef as _Tasks
    from types_boto3_ecs.type_defs import ServiceDeploymentBriefTypeDef, ServiceTypeDef, TaskTypeDef

    from rotation.ports import Deadline


class ClusterGone(EcsError, reason="EcsError"):
    """There is no such cluster, or not any more."""


_MEANINGS = Meanings(
    EcsError,
    EcsDenied,
    EcsUnreachable,
    EcsError,
    {
        "ClientException": EcsRefused,
        "InvalidParameterException": EcsRefused,
        "ClusterNotFoundException": ClusterGone,
    },
)
_DESIRED: tuple[DesiredStatusType, ...] = ("RUNNING", "STOPPED")
_SERVICES_AT_ONCE, _TASKS_AT_ONCE, _PAGE = 10, 100, 100
# A call ends after 58 seconds at the worst.
PACE = Pace(read_seconds=5, tries=4, mode="adaptive")
# For UpdateService, which is asked for once: a second forced deployment would replace the first's
# tasks. What got no answer is looked at again in an hour, and begun then if it was not.
ROLLING_PACE = Pace(read_seconds=20, tries=1, mode="legacy")


class EcsClusters:
    """``clusters`` are ARNs, or ALL_CLUSTERS. ``rolling`` is UpdateService's client, if another.

    ``known`` has the task definitions that earlier runs of a warm function read.
    """

    def __init__(
        self,
        client: ECSClient,
        clusters: Sequence[str],
        deadline: Deadline,
        *,
        known: KnownDefinitions,
        rolling: ECSClient | None = None,
    ) -> None:
        self._client = client
        self._rolling = rolling or client
        self._clusters = clusters
        self._aws = Caller(_MEANINGS, PACE, deadline)
        self._definitions = TaskDefinitions(client, self._aws, known)

    def services(self) -> Iterator[Service]:
        """ListServices and DescribeServices, and what each service starts its tasks with."""
        for cluster in self._named():
            for some in _in_groups(self._service_arns(cluster), _SERVICES_AT_ONCE):
                described = self._aws.call(
                    "DescribeServices",
                    lambda: self._active_services(cluster, some),  # noqa: B023
                )
                for one, definition in described:
                    yield replace(one, references=self._definitions.references(definition))

    def tasks(self) -> Iterator[Task]:
        """ListTasks and DescribeTasks, and what each task was started with.

        A task that is being stopped may still open connections: it counts until it has stopped.
        The running ones are listed first, so that one which is stopped meanwhile is in a list.
        """
        for cluster in self._named():
            for desired in _DESIRED:
                for some in _in_groups(self._task_arns(cluster, desired), _TASKS_AT_ONCE):
                    described = self._aws.call(
                        "DescribeTasks",
                        lambda: self._living_tasks(cluster, desired, some),  # noqa: B023
                    )
                    for one, definition in described:
                        yield replace(one, references=self._definitions.references(definition))

    def deployments_since(self, service: Service, when: datetime) -> tuple[Deployment, ...]:
        """ListServiceDeployments, which goes back 90 days and keeps those that failed.

        https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServiceDeployments.html
        """

        def ask() -> tuple[Deployment, ...]:
            answer = self._client.list_service_deployments(
                cluster=service.cluster,
                service=service.arn,
                createdAt={"after": when},
                maxResults=_PAGE,
            )
            found = map(_deployment, answer["serviceDeployments"])
            # One without a date is from after it too: ECS was asked for no other.
            return tuple(one for one in found if one.created is None or one.created > when)

        return self._aws.call("ListServiceDeployments", ask)

    def roll(self, service: Service) -> None:
        """UpdateService with forceNewDeployment."""
        self._aws.call(
            "UpdateService",
            lambda: self._rolling.update_service(
                cluster=service.cluster, service=service.arn, forceNewDeployment=True
            ),
        )

    def _named(self) -> Sequence[str]:
        """Return the clusters, with ALL_CLUSTERS those that ListClusters gives now."""
        if self._clusters != ALL_CLUSTERS:
            return self._clusters

        def ask(token: str) -> tuple[list[str], str | None]:
            asked: _Clusters = {"maxResults": _PAGE}
            if token:
                asked["nextToken"] = token
            answer = self._client.list_clusters(**asked)
            return answer["clusterArns"], answer.get("nextToken")

        return list(chain.from_iterable(self._aws.pages("ListClusters", ask)))

    def _all_of(self, pages: Iterator[list[str]]) -> list[str]:
        """Return what a cluster's list has. Of all clusters, one that was deleted has nothing.

        ListClusters may name it for a while; one that a person names has to be there.
        """
        try:
            return list(chain.from_iterable(pages))
        except ClusterGone:
            if self._clusters != ALL_CLUSTERS:
                raise
            return []

    def _active_services(self, cluster: str, arns: list[str]) -> list[tuple[Service, str]]:
        answer = self._client.describe_services(cluster=cluster, services=arns)
        active = (one for one in answer["services"] if one.get("status") == "ACTIVE")
        return [(_service(one, cluster), one.get("taskDefinition", "")) for one in active]

    def _living_tasks(
        self, cluster: str, desired: DesiredStatusType, arns: list[str]
    ) -> list[tuple[Task, str | None]]:
        """Return tasks with their definitions; one that is running and not shown has none."""
        answer = self._client.describe_tasks(cluster=cluster, tasks=arns)
        found = {one["taskArn"]: one for one in answer["tasks"]}
        hidden = [arn for arn in arns if desired == "RUNNING" and arn not in found]
        return [
            *(
                (_task(one, cluster), one["taskDefinitionArn"])
                for one in found.values()
                if one.get("lastStatus") != "STOPPED"
            ),
            *((Task(arn, cluster, "", None, ()), None) for arn in hidden),
        ]

    def _service_arns(self, cluster: str) -> list[str]:
        def ask(token: str) -> tuple[list[str], str | None]:
            asked: _Services = {"cluster": cluster, "maxResults": _PAGE}
            if token:
                asked["nextToken"] = token
            answer = self._client.list_services(**asked)
            return answer["serviceArns"], answer.get("nextToken")

        return self._all_of(self._aws.pages("ListServices", ask))

    def _task_arns(self, cluster: str, desired: DesiredStatusType) -> list[str]:
        def ask(token: str) -> tuple[list[str], str | None]:
            asked: _Tasks = {"cluster": cluster, "desiredStatus": desired, "maxResults": _PAGE}
            if token:
                asked["nextToken"] = token
            answer = self._client.list_tasks(**asked)
            return answer["taskArns"], answer.get("nextToken")

        return self._all_of(self._aws.pages("ListTasks", ask))


def _service(one: ServiceTypeDef, cluster: str) -> Service:
    controller = one.get("deploymentController", {}).get("type", "ECS")
    return Service(one["serviceArn"], one["serviceName"], cluster, controller == "ECS", ())


def _task(one: TaskTypeDef, cluster: str) -> Task:
    return Task(one["taskArn"], cluster, one.get("group", ""), one.get("createdAt"), ())


def _in_groups(arns: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(arns), size):
        yield arns[start : start + size]


def _deployment(told: ServiceDeploymentBriefTypeDef) -> Deployment:
    """Read a deployment. The reference's own sample has no createdAt.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListServiceDeployments.html
    """
    return Deployment(told.get("createdAt") or told.get("startedAt"), told["status"])
