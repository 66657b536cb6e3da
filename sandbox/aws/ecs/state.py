"""All there is in one embedded ECS, and how the names in a request find it."""

from __future__ import annotations

import secrets
import threading
import uuid
from typing import TYPE_CHECKING

from sandbox.aws.ecs import errors
from sandbox.aws.ecs.records import (
    Cluster,
    Container,
    Task,
    TaskDefinition,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.aws.ecs.service_records import Service
    from sandbox.aws.json.shapes import Json

__all__ = ["ACCOUNT_ID", "State", "long_number"]

ACCOUNT_ID = "123456789012"
DEFAULT_CLUSTER = "default"


def long_number() -> str:
    """Return nineteen digits, as in a deployment's id."""
    return str(10**18 + secrets.randbelow(9 * 10**18))


class State:
    """Records and their names; whoever reads or changes them holds ``lock``."""

    def __init__(self, region: str) -> None:
        self.region = region
        self.lock = threading.RLock()
        self.clusters: dict[str, Cluster] = {}
        self.definitions: dict[str, list[TaskDefinition]] = {}
        self.services: dict[str, Service] = {}
        self.tasks: dict[str, Task] = {}

    def arn(self, resource: str) -> str:
        """Return the ARN of a resource, such as ``task/CLUSTER/ID``: the long form."""
        return f"arn:aws:ecs:{self.region}:{ACCOUNT_ID}:{resource}"

    def cluster(self, asked: Json) -> Cluster:
        """Return the request's cluster; raises ClusterNotFoundException.

        "If you do not specify a cluster, the default cluster is assumed."
        """
        given = asked.get("cluster") or DEFAULT_CLUSTER
        found = self.clusters.get(given.rpartition("/")[2])
        if found is None or given not in {found.name, found.arn}:
            raise errors.cluster_not_found()
        return found

    def service(self, cluster: Cluster, given: str) -> Service | None:
        """Return a service by name or ARN, also an INACTIVE one."""
        arn = given if given.startswith("arn:") else self.arn(f"service/{cluster.name}/{given}")
        found = self.services.get(arn)
        return found if found is not None and found.cluster is cluster else None

    def task(self, cluster: Cluster, given: str) -> Task | None:
        """Return a task by id or ARN."""
        arn = given if given.startswith("arn:") else self.arn(f"task/{cluster.name}/{given}")
        found = self.tasks.get(arn)
        return found if found is not None and found.cluster is cluster else None

    def definition(self, given: str) -> TaskDefinition | None:
        """Return a task definition by ARN, ``family:revision``, or the family's latest active."""
        family, _, revision = given.rpartition("/")[2].partition(":")
        known = self.definitions.get(family, [])
        if not revision:
            return next((one for one in reversed(known) if one.is_active), None)
        fitting = (one for one in known if given in {one.arn, f"{one.family}:{one.revision}"})
        return next(fitting, None)

    def startable_definition(self, given: str) -> TaskDefinition:
        """Return one that may be started anew; raises ClientException."""
        found = self.definition(given)
        if found is None:
            raise errors.definition_not_found()
        if not found.is_active:
            raise errors.client_error("TaskDefinition is inactive")
        return found

    def tasks_of(self, service: Service) -> list[Task]:
        """Return the service's tasks, also the stopped ones, in the order they were created."""
        mine = (one for one in self.tasks.values() if one.group == service.group)
        return [one for one in mine if one.cluster is service.cluster]

    def new_task(
        self,
        cluster: Cluster,
        definition: TaskDefinition,
        group: str,
        started_by: str | None = None,
        overrides: Json | None = None,
    ) -> Task:
        """Create a task; the background thread takes it from there."""
        key = uuid.uuid4().hex
        arn = self.arn(f"task/{cluster.name}/{key}")
        given = overrides or {}
        containers = [
            Container(self.arn(f"container/{cluster.name}/{key}/{uuid.uuid4()}"), one)
            for one in _overridden(definition.containers, given.get("containerOverrides", ()))
        ]
        task = Task(arn, cluster, definition, group, started_by, given, containers)
        self.tasks[arn] = task
        return task


def _overridden(definitions: list[Json], overrides: Iterable[Json]) -> list[Json]:
    """Apply command and environment of RunTask's containerOverrides.

    "You can also override existing environment variables" (ContainerOverride reference).
    """
    by_name = {one.get("name"): one for one in overrides}
    return [_one_overridden(one, by_name.get(one["name"], {})) for one in definitions]


def _one_overridden(definition: Json, override: Json) -> Json:
    variables = [*definition.get("environment", ()), *override.get("environment", ())]
    command = override.get("command", definition.get("command", []))
    return {**definition, "command": command, "environment": variables}
