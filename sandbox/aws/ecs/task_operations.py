"""RunTask, StopTask, ListTasks and DescribeTasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.aws.ecs import answers, errors
from sandbox.aws.ecs.paging import one_page

if TYPE_CHECKING:
    from sandbox.aws.ecs.records import Cluster, Task
    from sandbox.aws.ecs.state import State
    from sandbox.aws.ecs.task_runner import TaskRunner
    from sandbox.aws.json.shapes import Json

__all__ = ["TaskOperations"]

TASKS_AT_ONCE, TASKS_STARTED_AT_ONCE, TASKS_A_PAGE = 100, 10, 100


@dataclass
class TaskOperations:
    """Each method takes a request's parameters and returns the answer's."""

    state: State
    runner: TaskRunner
    page_size: int

    def run_task(self, asked: Json) -> Json:
        """RunTask: standalone tasks."""
        cluster = self.state.cluster(asked)
        definition = self.state.startable_definition(asked["taskDefinition"])
        count = asked.get("count", 1)
        if not 1 <= count <= TASKS_STARTED_AT_ONCE:
            raise errors.invalid("Count must be between 1 and 10.")
        group = asked.get("group", f"family:{definition.family}")
        started = [
            self.state.new_task(
                cluster, definition, group, asked.get("startedBy"), asked.get("overrides")
            )
            for _ in range(count)
        ]
        return {"tasks": [answers.task(one) for one in started], "failures": []}

    def stop_task(self, asked: Json) -> Json:
        """StopTask; one that has stopped is answered as it is."""
        task = self.state.task(self.state.cluster(asked), asked["task"])
        if task is None:
            raise errors.invalid("The referenced task was not found.")
        reason = asked.get("reason") or "Task stopped by user"
        self.runner.stop(task, "UserInitiated", reason)
        return {"task": answers.task(task)}

    def list_tasks(self, asked: Json) -> Json:
        """ListTasks, in the order the tasks were created.

        "The default status filter is RUNNING, which shows tasks that Amazon ECS has set the
        desired status to RUNNING": a task that is starting is among them, one that is being
        stopped is not. Stopped tasks stay, on AWS for an hour at least.
        """
        cluster = self.state.cluster(asked)
        self._check_filters(asked)
        found = [one for one in self._filtered(cluster, asked) if one.cluster is cluster]
        wanted = asked.get("desiredStatus", "RUNNING")
        arns = [one.arn for one in found if one.desired_status == wanted]
        return one_page("taskArns", arns, asked, default=TASKS_A_PAGE, at_most=self.page_size)

    def describe_tasks(self, asked: Json) -> Json:
        """DescribeTasks, of a hundred tasks at most."""
        cluster = self.state.cluster(asked)
        given = asked["tasks"]
        if not given:
            raise errors.invalid("Tasks cannot be empty.")
        if len(given) > TASKS_AT_ONCE:
            raise errors.invalid("Tasks cannot have more than 100 elements.")
        return answers.described(
            "tasks",
            given,
            lambda name: self.state.task(cluster, name),
            lambda name: self.state.arn(f"task/{cluster.name}/{name}"),
            answers.task,
        )

    def _check_filters(self, asked: Json) -> None:
        """Refuse filters that don't go together.

        https://github.com/aws/aws-sdk-go-v2/issues/1893 has the words for startedBy;
        https://github.com/fujiwara/ecsta/pull/119 says so of the other pair.
        """
        if "startedBy" in asked and {"family", "serviceName", "launchType"} & asked.keys():
            raise errors.invalid("cannot specify startedBy with other arguments")
        if {"family", "serviceName"} <= asked.keys():
            raise errors.invalid("cannot specify both family and serviceName")

    def _filtered(self, cluster: Cluster, asked: Json) -> list[Task]:
        if "serviceName" in asked:
            service = self.state.service(cluster, asked["serviceName"])
            if service is None or service.status == "INACTIVE":
                raise errors.service_not_found()
            return self.state.tasks_of(service)
        tasks = list(self.state.tasks.values())
        if asked.get("launchType", "FARGATE") != "FARGATE":
            return []
        if "startedBy" in asked:
            return [one for one in tasks if one.started_by == asked["startedBy"]]
        if "family" in asked:
            return [one for one in tasks if one.definition.family == asked["family"]]
        return tasks
