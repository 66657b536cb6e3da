"""What task definitions read, through boto3. A revision never changes: each is read once a run.

ECS's daemons have definitions of a kind of their own, and their tasks are listed with the others.
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskDefinition.html
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeDaemonTaskDefinition.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rotation.errors.aws_answers import EcsError
from rotation.rules.tasks import ANY_SECRET, SecretReference

if TYPE_CHECKING:
    from collections.abc import Iterable

    from types_boto3_ecs import ECSClient
    from types_boto3_ecs.type_defs import ContainerDefinitionOutputTypeDef as _Container
    from types_boto3_ecs.type_defs import DaemonContainerDefinitionOutputTypeDef as _DaemonContainer

    from rotation.aws_api.calls import Caller

_DAEMON = ":daemon-task-definition/"


class EcsRefused(EcsError, reason="EcsError"):
    """ECS answered with an error of its own, such as ClientException for what is not there."""


class TaskDefinitions:
    """``aws`` makes each call of ECS."""

    def __init__(self, client: ECSClient, aws: Caller) -> None:
        self._client = client
        self._aws = aws
        self._references: dict[str, tuple[SecretReference, ...]] = {}

    def references(self, definition: str | None) -> tuple[SecretReference, ...]:
        """Return what a task definition reads; a service that others deploy may name none: "".

        None stands for one that is not known. That one, and one that ECS does not show, are taken
        to read every secret: neither others' keys may be kept from being retired by a failure, nor
        its own tasks' be lost. Raises an EcsError.
        """
        if definition is None:
            return (ANY_SECRET,)
        if not definition:
            return ()
        if definition not in self._references:
            try:
                found = self._described(definition)
            except EcsRefused:
                found = (ANY_SECRET,)
            self._references[definition] = found
        return self._references[definition]

    def _described(self, definition: str) -> tuple[SecretReference, ...]:
        if _DAEMON in definition:
            return self._aws.call("DescribeDaemonTaskDefinition", lambda: self._daemons(definition))
        return self._aws.call("DescribeTaskDefinition", lambda: self._tasks(definition))

    def _tasks(self, definition: str) -> tuple[SecretReference, ...]:
        answer = self._client.describe_task_definition(taskDefinition=definition)
        return _references(answer["taskDefinition"].get("containerDefinitions", ()))

    def _daemons(self, definition: str) -> tuple[SecretReference, ...]:
        answer = self._client.describe_daemon_task_definition(daemonTaskDefinition=definition)
        return _references(answer["daemonTaskDefinition"].get("containerDefinitions", ()))


def _references(containers: Iterable[_Container | _DaemonContainer]) -> tuple[SecretReference, ...]:
    texts = (secret["valueFrom"] for one in containers for secret in one.get("secrets", ()))
    found = map(SecretReference.read, texts)
    return tuple(one for one in found if one is not None)
