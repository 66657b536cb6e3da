"""What boto3's errors mean. Only codes are kept: boto3's texts can quote parameters."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    HTTPClientError,
    IncompleteReadError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rotation.errors.base import RotationError

__all__ = ["Meanings", "translated"]

Answer = TypeVar("Answer")
_DENIED = frozenset({"AccessDeniedException", "AccessDenied", "DecryptionFailure"})


@dataclass(frozen=True)
class Meanings:
    """The errors of one service: refused, denied, not answered, not sent; and single codes."""

    refused: type[RotationError]
    denied: type[RotationError]
    unreachable: type[RotationError]
    not_sent: type[RotationError]
    codes: Mapping[str, type[RotationError]] = field(default_factory=dict)


def translated(meanings: Meanings, operation: str, call: Callable[[], Answer]) -> Answer:
    """Return what ``call`` returns. Raises one of the service's errors for whatever it raises."""
    failure: RotationError
    try:
        return call()
    except ClientError as error:
        answer = error.response["Error"]
        code, message = answer.get("Code", ""), answer.get("Message", "")
        failure = _from_answer(meanings, operation, code, message)
    except (EndpointConnectionError, HTTPClientError, IncompleteReadError) as error:
        failure = meanings.unreachable(f"{operation} got no answer: {type(error).__name__}.")
    except BotoCoreError as error:
        failure = meanings.not_sent(f"{operation} was not sent: {type(error).__name__}.")
    except Exception as error:  # noqa: BLE001 (an answer that is none breaks boto3)
        kind = type(error).__name__
        failure = meanings.unreachable(f"{operation} got an unusable answer: {kind}.")
    # Raised here, outside the handler, so that boto3's error is not in its chain.
    raise failure


def _from_answer(meanings: Meanings, operation: str, code: str, message: str) -> RotationError:
    found = f"{operation} was answered with {code or 'no code'}."
    if code in _DENIED:
        # AWS names the caller, the action and the resource here, and no parameter.
        return meanings.denied(f"{found} {message}")
    return meanings.codes.get(code, meanings.refused)(found)
