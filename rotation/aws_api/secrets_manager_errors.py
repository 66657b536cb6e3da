"""What Secrets Manager's errors mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from rotation.aws_api import calls
from rotation.errors.aws_answers import (
    InvalidCall,
    SecretNotFound,
    SecretsManagerDenied,
    SecretsManagerError,
    SecretsManagerUnreachable,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["AlreadyFilled", "RequestInvalid", "translated"]

Answer = TypeVar("Answer")


class AlreadyFilled(SecretsManagerError):
    """Another value stands under the same token."""


class RequestInvalid(SecretsManagerError):
    """The secret's state does not allow the call: a rotation is incomplete, for one."""


_MEANINGS = calls.Meanings(
    refused=SecretsManagerError,
    denied=SecretsManagerDenied,
    unreachable=SecretsManagerUnreachable,
    not_sent=InvalidCall,
    codes={
        "ResourceNotFoundException": SecretNotFound,
        # Other data under the same token.
        "ResourceExistsException": AlreadyFilled,
        "InvalidRequestException": RequestInvalid,
    },
)


def translated(operation: str, call: Callable[[], Answer]) -> Answer:
    """Return what ``call`` returns. Raises SecretsManagerError for whatever it raises."""
    return calls.translated(_MEANINGS, operation, call)
