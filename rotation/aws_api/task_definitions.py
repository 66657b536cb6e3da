"""What task definitions read, through boto3.

A revision never changes, and its number is never given again: what was read of one holds for as
long as the function is warm, and is no memory of a state.

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

References = tuple[SecretReference, ...]
_DAEMON = ":daemon-task-definition/"
# Some hundred bytes each, since many name the same secrets.
_MOST_KNOWN = 10_000


class EcsRefused(EcsError, reason="EcsError"):
    """ECS answered with an error of its own, such as ClientException for what is not there."""


class KnownDefinitions:
    """What revisions read, by their ARN: at most ``_MOST_KNOWN``, of which the oldest goes."""

    def __init__(self) -> None:
        self._references: dict[str, References] = {}

    def get(self, definition: str) -> References | None:
        """Return what is known, None when nothing is."""
        return self._references.get(definition)

    def keep(self, definition: str, references: References) -> None:
        """Keep what ECS told."""
        if len(self._references) >= _MOST_KNOWN:
            del self._references[next(iter(self._references))]
        self._references[definition] = references


class TaskDefinitions:
    """``aws`` makes each call of ECS. ``known`` outlives a run."""

    def __init__(self, client: ECSClient, aws: Caller, known: KnownDefinitions) -> None:
        self._client = client
        self._aws = aws
        self._known = known
        # A refusal is not the definition's own: the next run asks again.
        self._refused: set[str] = set()

    def references(self, definition: str | None) -> References:
        """Return what a task definition reads; a service that others deploy may name none: "".

        None stands for one that is not known. That one, and one that ECS does not show, are taken
        to read every secret: neither others' keys may be kept from being retired by a failure, nor
        its own tasks' be lost. Raises an EcsError.
        """
        if definition is None:
            return (ANY_SECRET,)
        if not definition:
            return ()
        if definition in self._refused:
            return (ANY_SECRET,)
        known = self._known.get(definition)
        return self._read(definition) if known is None else known

    def _read(self, definition: str) -> References:
        try:
            found = self._described(definition)
        except EcsRefused:
            self._refused.add(definition)
            return (ANY_SECRET,)
        self._known.keep(definition, found)
        return found

    def _described(self, definition: str) -> References:
        if _DAEMON in definition:
            return self._aws.call("DescribeDaemonTaskDefinition", lambda: self._daemons(definition))
        return self._aws.call("DescribeTaskDefinition", lambda: self._tasks(definition))

    def _tasks(self, definition: str) -> References:
        answer = self._client.describe_task_definition(taskDefinition=definition)
        return _references(answer["taskDefinition"].get("containerDefinitions", ()))

    def _daemons(self, definition: str) -> References:
        answer = self._client.describe_daemon_task_definition(daemonTaskDefinition=definition)
        return _references(answer["daemonTaskDefinition"].get("containerDefinitions", ()))


def _references(containers: Iterable[_Container | _DaemonContainer]) -> References:
    texts = (secret["valueFrom"] for one in containers for secret in one.get("secrets", ()))
    found = map(SecretReference.read, texts)
    return tuple(one for one in found if one is not None)
