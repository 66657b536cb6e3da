"""CreateService, UpdateService, DeleteService, and what tells about services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.aws.ecs import (
    answers,
    checks,
    errors,
    rollouts,
    service_answers,
)
from sandbox.aws.ecs.paging import one_page
from sandbox.aws.ecs.service_records import Service

if TYPE_CHECKING:
    from sandbox.aws.ecs.records import Cluster, TaskDefinition
    from sandbox.aws.ecs.service_records import ServiceDeployment
    from sandbox.aws.ecs.state import State
    from sandbox.aws.json.shapes import Json

__all__ = ["ServiceOperations"]

SERVICES_AT_ONCE, SERVICES_A_PAGE, DEPLOYMENTS_A_PAGE = 10, 10, 20
NEED_A_DEPLOYMENT = ("taskDefinition", "networkConfiguration", "platformVersion")


@dataclass
class ServiceOperations:
    """Each method takes a request's parameters and returns the answer's."""

    state: State
    page_size: int

    def create_service(self, asked: Json) -> Json:
        """CreateService; an EXTERNAL one has no tasks here, as it has task sets on AWS."""
        cluster, name = self.state.cluster(asked), asked["serviceName"]
        checks.check_name(name, "Service name")
        self._refuse_duplicate(cluster, name)
        controller = asked.get("deploymentController", {}).get("type", "ECS")
        definition = self._definition_for(asked, controller)
        if controller != "EXTERNAL" and "desiredCount" not in asked:
            raise errors.invalid("DesiredCount cannot be null.")
        arn = self.state.arn(f"service/{cluster.name}/{name}")
        desired = asked.get("desiredCount", 0)
        service = Service(arn, name, cluster, asked, definition, desired, controller)
        self.state.services[arn] = service
        if definition is not None and controller != "EXTERNAL":
            rollouts.begin(self.state, service, definition)
        return self._answer(service)

    def update_service(self, asked: Json) -> Json:
        """UpdateService: a new deployment where it is forced, or something needs one."""
        service = self._found(asked)
        if service.status != "ACTIVE":
            raise errors.service_not_active()
        _refuse_for_other_controllers(service, asked)
        definition = service.definition
        if "taskDefinition" in asked:
            definition = self.state.startable_definition(asked["taskDefinition"])
        changed = definition is not service.definition
        network = asked.get("networkConfiguration", service.given.get("networkConfiguration"))
        changed |= network != service.given.get("networkConfiguration")
        service.desired_count = asked.get("desiredCount", service.desired_count)
        service.given = {**service.given, **asked}
        if definition is not None and (changed or asked.get("forceNewDeployment")):
            rollouts.begin(self.state, service, definition)
        return self._answer(service)

    def delete_service(self, asked: Json) -> Json:
        """DeleteService: DRAINING until its tasks are being stopped, then INACTIVE."""
        service = self._found(asked)
        if service.status == "INACTIVE":
            raise errors.service_not_found()
        if service.desired_count and not asked.get("force"):
            raise errors.invalid("The service cannot be stopped while it is scaled above 0.")
        service.desired_count, service.status = 0, "DRAINING"
        service.service_deployments.clear()
        return self._answer(service)

    def describe_services(self, asked: Json) -> Json:
        """DescribeServices, of ten at most; an INACTIVE one can be described.

        The words are quoted in https://github.com/structurely/ecs-autoscale/issues/32.
        """
        cluster, given = self.state.cluster(asked), asked["services"]
        if not given:
            raise errors.invalid("Services cannot be empty.")
        if len(given) > SERVICES_AT_ONCE:
            raise errors.invalid("service names can have at most 10 items.")
        with_tags = "TAGS" in asked.get("include", ())
        return answers.described(
            "services",
            given,
            lambda name: self.state.service(cluster, name),
            lambda name: self.state.arn(f"service/{cluster.name}/{name}"),
            lambda one: service_answers.service(one, self.state, with_tags=with_tags),
        )

    def list_services(self, asked: Json) -> Json:
        """ListServices; "the service is no longer visible" there once it is DRAINING."""
        cluster = self.state.cluster(asked)
        found = [one for one in self.state.services.values() if one.cluster is cluster]
        arns = [one.arn for one in found if one.status == "ACTIVE"]
        return one_page("serviceArns", arns, asked, default=SERVICES_A_PAGE, at_most=self.page_size)

    def list_service_deployments(self, asked: Json) -> Json:
        """ListServiceDeployments, the newest first. Both ends of createdAt count as within.

        There are none of services that ECS does not deploy; AWS does not say what it answers.
        """
        service = self._found(asked)
        if service.status == "INACTIVE":
            raise errors.service_not_found()
        listed = service.service_deployments if service.controller == "ECS" else []
        found = [
            service_answers.service_deployment(one, service) for one in listed if _fits(one, asked)
        ]
        return one_page(
            "serviceDeployments",
            found,
            asked,
            default=DEPLOYMENTS_A_PAGE,
            at_most=self.page_size,
        )

    def _refuse_duplicate(self, cluster: Cluster, name: str) -> None:
        known = self.state.service(cluster, name)
        if known is not None and known.status == "ACTIVE":
            raise errors.already_exists()
        if known is not None and known.status == "DRAINING":
            raise errors.invalid("Unable to Start a service that is still Draining.")

    def _definition_for(self, asked: Json, controller: str) -> TaskDefinition | None:
        if "taskDefinition" not in asked:
            if controller == "EXTERNAL":
                return None
            raise errors.invalid("TaskDefinition cannot be null.")
        definition = self.state.startable_definition(asked["taskDefinition"])
        needs_network = definition.given.get("networkMode") == "awsvpc"
        if needs_network and "networkConfiguration" not in asked:
            raise errors.invalid(
                "Network Configuration must be provided when networkMode 'awsvpc' is specified."
            )
        return definition

    def _found(self, asked: Json) -> Service:
        found = self.state.service(self.state.cluster(asked), asked["service"])
        if found is None:
            raise errors.service_not_found()
        return found

    def _answer(self, service: Service) -> Json:
        return {"service": service_answers.service(service, self.state)}


def _refuse_for_other_controllers(service: Service, asked: Json) -> None:
    """Refuse what only the rolling update has.

    https://github.com/boto/boto3/issues/1936 has the words. The UpdateService reference says
    that of a CODE_DEPLOY service "only the desired count, deployment configuration, health
    check grace period, … can be updated using this API", and less of an EXTERNAL one.
    """
    needs_deployment = [name for name in NEED_A_DEPLOYMENT if name in asked]
    if service.controller == "ECS" or not (needs_deployment or asked.get("forceNewDeployment")):
        return
    what = "task definition" if needs_deployment[:1] == ["taskDefinition"] else "parameters"
    if not needs_deployment:
        what = "force new deployment"
    hint = " Use AWS CodeDeploy to trigger a new deployment."
    raise errors.invalid(
        f"Unable to update {what} on services with a {service.controller} deployment controller."
        f"{hint if service.controller == 'CODE_DEPLOY' else ''}"
    )


def _fits(entry: ServiceDeployment, asked: Json) -> bool:
    window = asked.get("createdAt", {})
    after, before = window.get("after", 0), window.get("before", float("inf"))
    statuses = asked.get("status") or [entry.status]
    return after <= entry.created_at <= before and entry.status in statuses
