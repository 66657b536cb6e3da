"""RegisterTaskDefinition, DescribeTaskDefinition and DeregisterTaskDefinition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.aws.ecs import answers, checks, errors
from sandbox.aws.ecs.records import TaskDefinition, now

if TYPE_CHECKING:
    from sandbox.aws.ecs.state import State
    from sandbox.aws.json.shapes import Json

__all__ = ["DefinitionOperations"]


class DefinitionOperations:
    """Each method takes a request's parameters and returns the answer's."""

    def __init__(self, state: State) -> None:
        self._state = state

    def register_task_definition(self, asked: Json) -> Json:
        """RegisterTaskDefinition: a new revision of the family."""
        checks.check_task_definition(asked)
        family = asked["family"]
        known = self._state.definitions.setdefault(family, [])
        revision = len(known) + 1
        arn = self._state.arn(f"task-definition/{family}:{revision}")
        known.append(TaskDefinition(arn, family, revision, asked))
        answer = {"taskDefinition": answers.task_definition(known[-1])}
        return {**answer, "tags": asked["tags"]} if "tags" in asked else answer

    def describe_task_definition(self, asked: Json) -> Json:
        """DescribeTaskDefinition, also of an INACTIVE revision."""
        found = self._found(asked)
        with_tags = "TAGS" in asked.get("include", ())
        tags = {"tags": found.given.get("tags", [])} if with_tags else {}
        return {"taskDefinition": answers.task_definition(found), **tags}

    def deregister_task_definition(self, asked: Json) -> Json:
        """DeregisterTaskDefinition: tasks and services that use it go on."""
        found = self._found(asked)
        if ":" not in asked["taskDefinition"].rpartition("/")[2]:
            raise errors.invalid("A revision must be specified.")
        if not found.is_active:
            raise errors.client_error("The specified task definition is inactive.")
        found.deregistered_at = now()
        return {"taskDefinition": answers.task_definition(found)}

    def _found(self, asked: Json) -> TaskDefinition:
        found = self._state.definition(asked["taskDefinition"])
        if found is None:
            raise errors.client_error("Unable to describe task definition.")
        return found
