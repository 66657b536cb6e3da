"""Services and tasks on the stack's cluster that read the stack's secret and then sleep."""

from collections import Counter
from typing import TYPE_CHECKING

from sandbox.stack import CLUSTER, Stack

if TYPE_CHECKING:
    from types_boto3_ecs.type_defs import ContainerDefinitionTypeDef

# Of the retirement function; what the test itself asks is forgotten first.
READS_TASKS = ["ListTasks", "DescribeTasks", "DescribeTaskDefinition", "ListTasks"]
READS_SERVICES = ["ListServices", "DescribeServices"]
ROLLS = ["ListServiceDeployments", "UpdateService"]


def register(stack: Stack, family: str = "web", value_from: str | None = None) -> str:
    """Register a task definition whose container gets the private key at its start."""
    container: ContainerDefinitionTypeDef = {
        "name": "app",
        "image": "app",
        "command": ["/bin/sleep", "600"],
        "secrets": [{"name": "KEY", "valueFrom": value_from or f"{stack.secret_arn}:privateKey::"}],
    }
    answer = stack.ecs.client().register_task_definition(
        family=family,
        executionRoleArn="arn:aws:iam::123456789012:role/execution",
        containerDefinitions=[container],
    )
    return answer["taskDefinition"]["taskDefinitionArn"]


def start_service(stack: Stack, name: str = "web", **fields: str) -> None:
    """Start a service of one task, and wait until it runs."""
    definition = register(stack, name, fields.get("value_from"))
    controller = fields.get("controller", "ECS")
    stack.ecs.client().create_service(
        cluster=CLUSTER,
        serviceName=name,
        taskDefinition=definition,
        desiredCount=1,
        deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": False}},
        deploymentController={"type": controller},  # type: ignore[typeddict-item]
    )
    if controller == "ECS":
        stack.ecs.wait_until_stable(name, CLUSTER)


def run_task(stack: Stack, value_from: str | None = None) -> str:
    """Run a standalone task, and wait until it runs."""
    client = stack.ecs.client()
    definition = register(stack, "job", value_from)
    (task,) = client.run_task(cluster=CLUSTER, taskDefinition=definition)["tasks"]
    arn = task["taskArn"]
    stack.ecs.wait_for(lambda: status(stack, arn) == "RUNNING")
    return arn


def status(stack: Stack, arn: str) -> str:
    (task,) = stack.ecs.client().describe_tasks(cluster=CLUSTER, tasks=[arn])["tasks"]
    return task["lastStatus"]


def stop_task(stack: Stack, arn: str) -> None:
    stack.ecs.client().stop_task(cluster=CLUSTER, task=arn)
    stack.ecs.wait_for(lambda: status(stack, arn) == "STOPPED")


def running(stack: Stack) -> list[str]:
    return stack.ecs.client().list_tasks(cluster=CLUSTER)["taskArns"]


def asked_of_ecs(stack: Stack) -> list[str]:
    return [call.operation for call in stack.ecs.record.calls]


def rolled(stack: Stack) -> Counter[str]:
    """Return how often each service was rolled."""
    calls = (one for one in stack.ecs.record.calls if one.operation == "UpdateService")
    return Counter(call.parameters["service"].rpartition("/")[2] for call in calls)
