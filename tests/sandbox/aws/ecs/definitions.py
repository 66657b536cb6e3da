"""Task definitions and services that the tests share."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_boto3_ecs import ECSClient
    from types_boto3_ecs.type_defs import (
        ContainerDefinitionTypeDef,
        DeploymentConfigurationTypeDef,
        DeploymentTypeDef,
        ServiceTypeDef,
        TaskTypeDef,
    )

    from sandbox.aws.ecs import EcsServer

SLEEP = ["sleep", "600"]
ROLE = "arn:aws:iam::123456789012:role/execution"
PRINT_ENVIRONMENT = (
    "import json, os; os.environ.pop('LC_CTYPE', None); print(json.dumps(dict(os.environ)))"
)


def python(program: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", program, *arguments]


def container(command: list[str], name: str = "app", **more: object) -> ContainerDefinitionTypeDef:
    return {"name": name, "image": "app:1", "command": command, **more}  # type: ignore[typeddict-item]


@dataclass
class Definitions:
    client: ECSClient

    def __call__(self, *containers: ContainerDefinitionTypeDef, family: str = "app") -> str:
        answer = self.client.register_task_definition(
            family=family,
            executionRoleArn=ROLE,
            containerDefinitions=containers or [container(SLEEP)],
        )
        return answer["taskDefinition"]["taskDefinitionArn"]


@dataclass
class Services:
    ecs: EcsServer
    client: ECSClient
    name: str = "web"

    def create(
        self, definition: str, count: int = 1, breaker: tuple[bool, bool] = (False, False)
    ) -> None:
        enable, rollback = breaker
        configuration: DeploymentConfigurationTypeDef = {
            "deploymentCircuitBreaker": {"enable": enable, "rollback": rollback}
        }
        self.client.create_service(
            serviceName=self.name,
            taskDefinition=definition,
            desiredCount=count,
            deploymentConfiguration=configuration,
        )

    def create_stable(
        self, definition: str, count: int = 1, breaker: tuple[bool, bool] = (False, False)
    ) -> set[str]:
        """Return the ARNs of its tasks."""
        self.create(definition, count, breaker)
        self.ecs.wait_until_stable(self.name)
        return self.running()

    def roll(self) -> None:
        self.client.update_service(service=self.name, forceNewDeployment=True)

    def show(self) -> ServiceTypeDef:
        return self.client.describe_services(services=[self.name])["services"][0]

    def deployments(self) -> list[DeploymentTypeDef]:
        return self.show()["deployments"]

    def running(self) -> set[str]:
        return set(self.client.list_tasks(serviceName=self.name)["taskArns"])

    def stopped(self) -> set[str]:
        listed = self.client.list_tasks(serviceName=self.name, desiredStatus="STOPPED")
        return set(listed["taskArns"])

    def statuses(self) -> list[str]:
        """Return the service deployments' statuses, the newest first."""
        listed = self.client.list_service_deployments(service=self.name)
        return [one["status"] for one in listed["serviceDeployments"]]


def task_of(client: ECSClient, arn: str) -> TaskTypeDef:
    return client.describe_tasks(tasks=[arn])["tasks"][0]


def run(client: ECSClient, definition: str) -> str:
    return client.run_task(taskDefinition=definition)["tasks"][0]["taskArn"]


def wait_for_status(ecs: EcsServer, client: ECSClient, arn: str, status: str) -> TaskTypeDef:
    ecs.wait_for(lambda: task_of(client, arn)["lastStatus"] == status)
    return task_of(client, arn)
