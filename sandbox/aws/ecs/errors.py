"""ECS's errors in ECS's words.

Words that are quoted in a public issue name it; the others are ours, as are all whose source is
the API reference alone, which has codes and no words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.aws.json.replies import error_reply

if TYPE_CHECKING:
    from sandbox.http import HttpReply

__all__ = [
    "EcsError",
    "already_exists",
    "client_error",
    "cluster_not_found",
    "definition_not_found",
    "invalid",
    "service_not_active",
    "service_not_found",
]


class EcsError(Exception):
    """A refusal: ``code`` is AWS's, for example "ClusterNotFoundException"."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    def reply(self) -> HttpReply:
        """Return the error as the JSON 1.1 protocol carries it; ECS's are all 400 here."""
        return error_reply(self.code, str(self), message_field="message")


def invalid(message: str) -> EcsError:
    """Return InvalidParameterException."""
    return EcsError("InvalidParameterException", message)


def client_error(message: str) -> EcsError:
    """Return ClientException."""
    return EcsError("ClientException", message)


def cluster_not_found() -> EcsError:
    """Return the words that moto and the AWS CLI's users have."""
    return EcsError("ClusterNotFoundException", "Cluster not found.")


def service_not_found() -> EcsError:
    """Return ServiceNotFoundException."""
    return EcsError("ServiceNotFoundException", "Service not found.")


def service_not_active() -> EcsError:
    """Return ServiceNotActiveException."""
    return EcsError("ServiceNotActiveException", "Service was not ACTIVE.")


def definition_not_found() -> EcsError:
    """Return what RunTask, CreateService and UpdateService answer."""
    return client_error("TaskDefinition not found.")


def already_exists() -> EcsError:
    """Return what CreateService answers for the name of an active service."""
    return invalid("Creation of service was not idempotent.")
