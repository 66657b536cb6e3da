"""What boto3's errors mean. Only codes are kept: boto3's texts can quote parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    HTTPClientError,
    IncompleteReadError,
)

from rotation.errors import (
    InvalidCall,
    SecretNotFound,
    SecretsManagerDenied,
    SecretsManagerError,
    SecretsManagerUnreachable,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["AlreadyFilled", "translated"]

Answer = TypeVar("Answer")
_ABSENT = "ResourceNotFoundException"
_OTHER_DATA_UNDER_THIS_TOKEN = "ResourceExistsException"  # noqa: S105 (an error code)
_DENIED = frozenset({"AccessDeniedException", "AccessDenied", "DecryptionFailure"})


class AlreadyFilled(SecretsManagerError):
    """Another value stands under the same token."""


def translated(operation: str, call: Callable[[], Answer]) -> Answer:
    """Return what ``call`` returns. Raises SecretsManagerError for whatever it raises."""
    failure: SecretsManagerError
    try:
        return call()
    except ClientError as error:
        answer = error.response["Error"]
        failure = _from_answer(operation, answer.get("Code", ""), answer.get("Message", ""))
    except (EndpointConnectionError, HTTPClientError, IncompleteReadError) as error:
        kind = type(error).__name__
        failure = SecretsManagerUnreachable(f"{operation} got no answer: {kind}.")
    except BotoCoreError as error:
        failure = InvalidCall(f"{operation} was not sent: {type(error).__name__}.")
    except Exception as error:  # noqa: BLE001 (an answer that is none breaks boto3)
        kind = type(error).__name__
        failure = SecretsManagerUnreachable(f"{operation} got an unusable answer: {kind}.")
    # Raised here, outside the handler, so that boto3's error is not in its chain.
    raise failure


def _from_answer(operation: str, code: str, message: str) -> SecretsManagerError:
    found = f"{operation} was answered with {code or 'no code'}."
    if code == _ABSENT:
        return SecretNotFound(found)
    if code == _OTHER_DATA_UNDER_THIS_TOKEN:
        return AlreadyFilled(found)
    if code in _DENIED:
        # AWS names the caller, the action and the resource here, and no parameter.
        return SecretsManagerDenied(f"{found} {message}")
    return SecretsManagerError(found)
