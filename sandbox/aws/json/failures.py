"""A fault: AWS refuses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.aws.json.replies import error_reply
from sandbox.faults import Answer

if TYPE_CHECKING:
    from sandbox.http import HttpReply

__all__ = ["AwsFailure"]

SERVER_ERRORS = frozenset({"InternalServiceError", "ServerException"})
"""Secrets Manager's and ECS's; all other errors are 400s."""


@dataclass(frozen=True, slots=True)
class AwsFailure(Answer):
    """Answer with an error of AWS's; InternalServiceError and ServerException are 500s."""

    code: str
    message: str = "injected by the test"

    def reply(self, operation: str) -> HttpReply:  # noqa: ARG002 - the same for all
        """Return the error as the protocol carries it."""
        return error_reply(self.code, self.message, 500 if self.code in SERVER_ERRORS else 400)
