"""How AWS is called: clients, the time a call may take, pages, and what boto3's errors mean.

Of an error only the code is kept: boto3's texts can quote parameters.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeVar, cast, overload

from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    HTTPClientError,
    IncompleteReadError,
)
from botocore.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from types_boto3_ecs import ECSClient
    from types_boto3_lambda import LambdaClient
    from types_boto3_secretsmanager import SecretsManagerClient

    from rotation.errors.base import RotationError
    from rotation.ports import Deadline

__all__ = ["Caller", "Meanings", "Pace", "new_client"]

Answer = TypeVar("Answer")
# One for all clients: it reads the list of endpoints once.
_session = Session()
_CONNECT_SECONDS = 2
# Before each try, while adaptive mode holds calls back.
_HELD_BACK_SECONDS = 2
# Beside each pause: for so long boto3 heeds a server's x-amz-retry-after.
_RETRY_AFTER_SECONDS = 5
_DENIED = frozenset({"AccessDeniedException", "AccessDenied", "DecryptionFailure"})


@dataclass(frozen=True)
class Meanings:
    """The errors of one service: refused, denied, not answered, not sent; and single codes."""

    refused: type[RotationError]
    denied: type[RotationError]
    unreachable: type[RotationError]
    not_sent: type[RotationError]
    codes: Mapping[str, type[RotationError]] = field(default_factory=dict)


@dataclass(frozen=True)
class Pace:
    """How long a client waits for an answer, how often it asks, and whether it slows down.

    https://docs.aws.amazon.com/boto3/latest/guide/retries.html
    """

    read_seconds: int
    tries: int
    mode: Literal["legacy", "standard", "adaptive"]

    @property
    def longest_seconds(self) -> int:
        """Return what a call takes at the worst.

        Every try connects and waits for its answer. The pauses between are up to 1, 2, 4 … s when
        the call is throttled, and longer by what the server asks for. Held to the pinned botocore
        by tests/unit/aws_api/test_waits.py.
        """
        held_back = _HELD_BACK_SECONDS if self.mode == "adaptive" else 0
        between = self.tries - 1
        pauses = (1 << between) - 1 + between * _RETRY_AFTER_SECONDS
        return self.tries * (_CONNECT_SECONDS + self.read_seconds + held_back) + pauses


@overload
def new_client(service: Literal["secretsmanager"], pace: Pace) -> SecretsManagerClient: ...
@overload
def new_client(service: Literal["ecs"], pace: Pace) -> ECSClient: ...
@overload
def new_client(service: Literal["lambda"], pace: Pace) -> LambdaClient: ...
def new_client(
    service: Literal["secretsmanager", "ecs", "lambda"], pace: Pace
) -> SecretsManagerClient | ECSClient | LambdaClient:
    """Return a client of a service; the Region and who calls are the environment's.

    boto3's clients are botocore's; loading boto3 itself takes a tenth more of a cold start.
    """
    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=pace.read_seconds,
        retries={"mode": pace.mode, "total_max_attempts": pace.tries},
    )
    client = _session.create_client(service, config=config)
    return cast("SecretsManagerClient | ECSClient | LambdaClient", client)


@dataclass(frozen=True)
class Caller:
    """Makes the calls of one service. ``pace`` is that of its client."""

    meanings: Meanings
    pace: Pace
    deadline: Deadline

    def call(self, operation: str, ask: Callable[[], Answer]) -> Answer:
        """Return what ``ask`` returns: a call, and the reading of its answer.

        Raises OutOfTime when the call might not end in time, or one of the service's errors.
        """
        self.deadline.require(self.pace.longest_seconds)
        return _translated(self.meanings, operation, ask)

    def pages(
        self, operation: str, ask: Callable[[str], tuple[Answer, str | None]]
    ) -> Iterator[Answer]:
        """Give one page after the other. ``ask`` takes a page's token, "" for the first one.

        It returns the page and the next one's token: with one, an empty page is not the last.
        """
        page, token = self.call(operation, lambda: ask(""))
        yield page
        while token:
            page, token = self.call(operation, partial(ask, token))
            yield page


def _translated(meanings: Meanings, operation: str, call: Callable[[], Answer]) -> Answer:
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
