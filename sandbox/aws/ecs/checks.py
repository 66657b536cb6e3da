"""What ECS refuses in RegisterTaskDefinition, before anything is stored.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
The codes are ECS's; most words are ours.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sandbox.aws.ecs import errors

if TYPE_CHECKING:
    from sandbox.aws.json.shapes import Json

__all__ = ["check_name", "check_task_definition"]

NAME = re.compile(r"[a-zA-Z0-9_-]{1,255}")
LIMITS = {"interval": (5, 300), "timeout": (2, 60), "retries": (1, 10), "startPeriod": (0, 300)}
LONGEST_STOP_SECONDS = 120


def check_name(name: str, what: str) -> None:
    """Refuse a name that is none: "up to 255 letters …, numbers, underscores, and hyphens"."""
    if not NAME.fullmatch(name):
        raise errors.invalid(f"{what} must match ^[a-zA-Z0-9\\-_]{{1,255}}$, but was {name}")


def check_task_definition(given: Json) -> None:
    """Raise the ClientException that ECS answers."""
    if not NAME.fullmatch(given["family"]):
        raise errors.client_error("Family contains invalid characters.")
    containers = given["containerDefinitions"]
    names = [one.get("name") for one in containers]
    if not containers or not any(one.get("essential", True) for one in containers):
        raise errors.client_error("At least one container must be essential.")
    if None in names or len(set(names)) < len(names):
        raise errors.client_error("Container names must be there and be unique in a task.")
    for one in containers:
        _check_container(one)
    if any(one.get("secrets") for one in containers) and "executionRoleArn" not in given:
        raise errors.client_error(
            "When you are specifying container secrets, you must also specify a value for "
            "'executionRoleArn'."
        )
    if "FARGATE" in given.get("requiresCompatibilities", ()):
        _check_fargate(given)


def _check_container(given: Json) -> None:
    if not given.get("image"):
        raise errors.client_error("Container.image should not be null or empty.")
    if given.get("stopTimeout", 0) > LONGEST_STOP_SECONDS:
        raise errors.client_error("stopTimeout is at most 120 seconds on Fargate.")
    check = given.get("healthCheck")
    if check is None:
        return
    if len(check["command"]) < 2 or check["command"][0] not in {"CMD", "CMD-SHELL"}:  # noqa: PLR2004
        raise errors.client_error("A health check's command begins with CMD or CMD-SHELL.")
    for name, (least, most) in LIMITS.items():
        if name in check and not least <= check[name] <= most:
            raise errors.client_error(f"healthCheck.{name} must be within {least} and {most}.")


def _check_fargate(given: Json) -> None:
    if given.get("networkMode") != "awsvpc":
        raise errors.client_error("Fargate only supports network mode 'awsvpc'.")
    for name in ("cpu", "memory"):
        if name not in given:
            raise errors.client_error(
                f"Fargate requires that '{name}' be defined at the task level."
            )
