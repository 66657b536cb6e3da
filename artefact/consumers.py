"""Consumers as a Fargate task is one at its start: read AWSCURRENT, log in with its key.

A consumer whose key was retired between its read and its login reads once more: the secret
has the new key by then. Only a login that fails with the newest key counts as failed.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

import snowflake.connector
from cryptography.hazmat.primitives import serialization
from snowflake.connector.errors import DatabaseError

from sandbox.snowflake.account.keys import fingerprint, parse_public_key

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

    from sandbox.stack import Stack

__all__ = ["Consumers", "Login", "Outcome"]

REJECTED = {390144, 394304}
"""What a key that is in no slot answers."""


class Outcome(Enum):
    """How a consumer's login ended."""

    SUCCEEDED = "succeeded"
    READ_AGAIN = "succeeded after reading the secret again"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Login:
    """One login that a consumer needed: when (Unix time), with which key, and how it ended."""

    time: float
    fingerprint: str
    outcome: Outcome


class Consumers:
    """Threads that log in until the ``with`` block ends."""

    def __init__(self, stack: Stack, count: int = 2) -> None:
        self._stack = stack
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._logins: list[Login] = []
        self._threads = [threading.Thread(target=self._consume) for _ in range(count)]

    def __enter__(self) -> Self:
        """Start them."""
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Let each finish the login it is at."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    @property
    def logins(self) -> list[Login]:
        """All logins so far, by time."""
        with self._lock:
            return sorted(self._logins, key=lambda login: login.time)

    def count(self, outcome: Outcome) -> int:
        """Return how many logins ended like this."""
        return sum(login.outcome is outcome for login in self.logins)

    def wait_for_more(self, count: int) -> None:
        """Wait until they have logged in ``count`` times more."""
        wanted = len(self.logins) + count
        while len(self.logins) < wanted and any(thread.is_alive() for thread in self._threads):
            time.sleep(0.01)

    def _consume(self) -> None:
        client = self._stack.aws.client()
        while not self._stop.is_set():
            login = self._log_in_with_current(client)
            with self._lock:
                self._logins.append(login)

    def _log_in_with_current(self, client: SecretsManagerClient) -> Login:
        for outcome in (Outcome.SUCCEEDED, Outcome.READ_AGAIN):
            answer = client.get_secret_value(SecretId=self._stack.secret_arn)
            content = json.loads(answer["SecretString"])
            if self._accepted(content):
                return Login(
                    time.time(), fingerprint(parse_public_key(content["publicKey"])), outcome
                )
        return Login(
            time.time(), fingerprint(parse_public_key(content["publicKey"])), Outcome.FAILED
        )

    def _accepted(self, content: dict[str, Any]) -> bool:
        """Log in as an unmodified client does. Raises what is no rejection of the key."""
        arguments = {
            **self._stack.snowflake.connect_arguments(content["user"]),
            "private_key": _der(content["privateKey"]),
            "session_parameters": {"CLIENT_TELEMETRY_ENABLED": False},
            "enable_server_session_keep_alive_auto_detection": False,
        }
        try:
            snowflake.connector.connect(**arguments).close()
        except DatabaseError as error:
            if error.errno in REJECTED:
                return False
            raise
        return True


@lru_cache(maxsize=8)  # checking an RSA key takes longer than logging in with it
def _der(pem: str) -> bytes:
    key = serialization.load_pem_private_key(pem.encode(), None)
    return key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
