"""The operations by the names that the protocol has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.aws.ecs.cluster_operations import ClusterOperations
from sandbox.aws.ecs.definition_operations import DefinitionOperations
from sandbox.aws.ecs.service_operations import ServiceOperations
from sandbox.aws.ecs.task_operations import TaskOperations

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.aws.ecs.state import State
    from sandbox.aws.ecs.task_runner import TaskRunner
    from sandbox.aws.json.shapes import Json

__all__ = ["operations_of"]


def operations_of(
    state: State, runner: TaskRunner, page_size: int
) -> dict[str, Callable[[Json], Json]]:
    """Return what this sandbox has of ECS; call an operation while holding the state's lock."""
    clusters = ClusterOperations(state, page_size)
    definitions = DefinitionOperations(state)
    services = ServiceOperations(state, page_size)
    tasks = TaskOperations(state, runner, page_size)
    return {
        "CreateCluster": clusters.create_cluster,
        "ListClusters": clusters.list_clusters,
        "DescribeClusters": clusters.describe_clusters,
        "RegisterTaskDefinition": definitions.register_task_definition,
        "DescribeTaskDefinition": definitions.describe_task_definition,
        "DeregisterTaskDefinition": definitions.deregister_task_definition,
        "CreateService": services.create_service,
        "UpdateService": services.update_service,
        "DeleteService": services.delete_service,
        "DescribeServices": services.describe_services,
        "ListServices": services.list_services,
        "ListServiceDeployments": services.list_service_deployments,
        "RunTask": tasks.run_task,
        "StopTask": tasks.stop_task,
        "ListTasks": tasks.list_tasks,
        "DescribeTasks": tasks.describe_tasks,
    }
