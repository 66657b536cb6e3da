"""Reads that are stale right after a write, as Secrets Manager's were seen to be.

https://github.com/aws/aws-sdk-js-v3/issues/7701
"""

from __future__ import annotations

import copy
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.aws.secrets_manager.backend import AwsSecretsManagerBackend

__all__ = ["StaleReads"]

WRITES = frozenset({"PutSecretValue", "UpdateSecret", "UpdateSecretVersionStage", "RotateSecret"})
READS = frozenset({"DescribeSecret", "GetSecretValue", "ListSecretVersionIds"})


class StaleReads:
    """Lets the first ``after_a_write`` reads after each write answer from before it."""

    def __init__(self, backend: AwsSecretsManagerBackend) -> None:
        self.after_a_write = 0
        self._backend = backend
        self._left = 0
        self._before = backend.secrets

    @contextmanager
    def view(self, operation: str) -> Iterator[None]:
        """Show the operation what it sees; call it while holding the backend's ``lock``."""
        if operation in WRITES and self.after_a_write:
            self._before, self._left = copy.deepcopy(self._backend.secrets), self.after_a_write
        if operation not in READS or not self._left:
            yield
            return
        self._left -= 1
        now, self._backend.secrets = self._backend.secrets, self._before
        try:
            yield
        finally:
            self._backend.secrets = now
