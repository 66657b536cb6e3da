"""For a task that lives for days and that nobody replaces: it reads the secret itself.

``KeyPairSource`` holds AWSCURRENT's key and reads the secret again when Snowflake rejects that
key: once, however many threads there are. Copy the class, and log in through it:

    source = KeyPairSource(boto3.client("secretsmanager"), SECRET_ARN)
    connection = source.log_in(connect)

``main`` does that every INTERVAL_SECONDS. The task's environment holds SECRET_ARN and no key:
it does not read the secret through ``secrets``, so a rotation does not replace it. Its task role
needs secretsmanager:GetSecretValue for the secret, and kms:Decrypt for a key of your own.

Why not aws-secretsmanager-caching: it keeps a value for an hour, and its refresh_secret_now
(1.2.0) reads again for every caller, after a random wait, with DescribeSecret besides. What is
needed here, one refresh for all threads and a pause after it, would have to be built around it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import boto3
import snowflake.connector
from botocore.config import Config
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from snowflake.connector.errors import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Callable

    from snowflake.connector import SnowflakeConnection
    from types_boto3_secretsmanager import SecretsManagerClient

Session = TypeVar("Session")
QUERY = "SELECT CURRENT_USER()"
LONGEST_LOGIN_SECONDS = 10
# What a login that is under way gets to end when the task is stopped.
LONGEST_END_SECONDS = 0.5
# What Snowflake answers to a key that is in neither slot.
# https://docs.snowflake.com/en/user-guide/key-pair-auth-troubleshooting
KEY_REJECTED = frozenset({390144, 394304})


@dataclass(frozen=True)
class KeyPair:
    """Who logs in, with which key (PKCS#8 DER), and the name that Snowflake has for the key."""

    account: str
    user: str
    fingerprint: str
    der: bytes = field(repr=False)

    @classmethod
    def read(cls, secret_string: str) -> KeyPair:
        """Read a secret's value. Raises UnusableSecretError."""
        try:
            found = json.loads(secret_string)
            passphrase = (found.get("passphrase") or "").encode() or None
            key = load_pem_private_key(found["privateKey"].encode(), passphrase)
            who = found["account"], found["user"]
        except (ValueError, TypeError, LookupError, AttributeError, UnsupportedAlgorithm) as error:
            # The error's own text could quote the secret.
            raise UnusableSecretError(
                f"The secret can't be used ({type(error).__name__}): it needs account, user and "
                "privateKey as PEM, and the passphrase of an encrypted key."
            ) from None
        if not isinstance(key, RSAPrivateKey):
            raise UnusableSecretError("The secret's privateKey is a key of another kind than RSA.")
        spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        digest = base64.b64encode(hashlib.sha256(spki).digest()).decode()
        der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return cls(*who, f"SHA256:{digest}", der)


class UnusableSecretError(Exception):
    """The secret's value is none that one can log in with."""


class KeyRejectedError(Exception):
    """Snowflake rejects the secret's newest key, or did a moment ago."""


class KeyPairSource:
    """Logs in with AWSCURRENT's key, which it keeps until it is rejected. Thread-safe.

    One login at a time, also when all goes well: with a key that is gone exactly one of them
    fails, however many threads there are. Five failed ones would lock the user for 15 minutes,
    for every task (https://docs.snowflake.com/en/user-guide/admin-user-management). Where that
    is too slow, keep connections in a pool: an open one does not need the key.
    """

    def __init__(
        self, client: SecretsManagerClient, secret_arn: str, pause_seconds: float = 300
    ) -> None:
        self._client = client
        self._secret_arn = secret_arn
        self._pause_seconds = pause_seconds
        self._paused_until = 0.0
        self._held: KeyPair | None = None
        self._lock = threading.Lock()

    def log_in(self, connect: Callable[[KeyPair], Session]) -> Session:
        """Return what ``connect`` makes of the key, or of a newer one if that key is rejected.

        Raises KeyRejectedError, at once and without a login for ``pause_seconds`` after one;
        UnusableSecretError; what boto3 and ``connect`` raise for other reasons.
        """
        with self._lock:
            if time.monotonic() < self._paused_until:
                raise KeyRejectedError("Its key was rejected a moment ago: no login for a while.")
            held = self._held
            if held and (session := _unless_rejected(connect, held)) is not None:
                return session
            self._held = None
            newest = self._read()
            if newest != held and (session := _unless_rejected(connect, newest)) is not None:
                self._held = newest
                return session
            self._paused_until = time.monotonic() + self._pause_seconds
            raise KeyRejectedError(f"Snowflake rejects {newest.fingerprint}, the secret's newest.")

    @property
    def fingerprint(self) -> str | None:
        """The key that the last login succeeded with, if none was rejected since."""
        held = self._held
        return held.fingerprint if held else None

    def _read(self) -> KeyPair:
        answer = self._client.get_secret_value(SecretId=self._secret_arn)
        return KeyPair.read(answer["SecretString"])


def _unless_rejected(connect: Callable[[KeyPair], Session], key_pair: KeyPair) -> Session | None:
    try:
        return connect(key_pair)
    except DatabaseError as error:
        if error.errno in KEY_REJECTED:
            return None
        raise


def connect(key_pair: KeyPair) -> SnowflakeConnection:
    """Log in. SNOWFLAKE_HOST, _PORT and _PROTOCOL are for a server that isn't Snowflake's own."""
    place = {name: os.environ.get(f"SNOWFLAKE_{name.upper()}") for name in _PLACE}
    arguments: dict[str, Any] = {
        "account": key_pair.account,
        "user": key_pair.user,
        **{name: text for name, text in place.items() if text},
        "authenticator": "SNOWFLAKE_JWT",
        "private_key": key_pair.der,
        "login_timeout": LONGEST_LOGIN_SECONDS,
        "query_timeout": LONGEST_LOGIN_SECONDS,
        "enable_server_session_keep_alive_auto_detection": False,
    }
    return snowflake.connector.connect(**arguments)


_PLACE = ("host", "port", "protocol")


def run(source: KeyPairSource, interval_seconds: float, stop: threading.Event, wake: int) -> None:
    """Log in again and again until ``stop`` is set, a line each.

    Whatever ends it writes to ``wake``. HEALTH_FILE, if set, is there while the last login
    succeeded.
    """
    try:
        while not stop.is_set():
            try:
                with source.log_in(connect) as connection:
                    (user,) = connection.cursor().execute(QUERY).fetchone() or (None,)
            except Exception as error:  # noqa: BLE001 (whatever it is, the next login may succeed)
                _note(healthy=False)
                log("login failed", error=" ".join(str(error).split()))
            else:
                _note(healthy=True)
                log("logged in", key=source.fingerprint, user=user)
            stop.wait(interval_seconds)
    finally:
        os.write(wake, b"\0")


def _note(*, healthy: bool) -> None:
    name = os.environ.get("HEALTH_FILE")
    if name and healthy:
        Path(name).touch()
    elif name:
        Path(name).unlink(missing_ok=True)


def log(message: str, **fields: object) -> None:
    """Write one line of JSON."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    print(json.dumps({"time": now, "message": message, **fields}), flush=True)


def source_from_environment() -> KeyPairSource:
    """Make the source of SECRET_ARN. Raises KeyError without it."""
    secret_arn = os.environ["SECRET_ARN"]
    tries = Config(
        connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 3}
    )
    client = boto3.client("secretsmanager", region_name=secret_arn.split(":")[3], config=tries)
    pause_seconds = float(os.environ.get("PAUSE_SECONDS", "300"))
    return KeyPairSource(client, secret_arn, pause_seconds)


def signal_pipe() -> tuple[int, int]:
    """Return a pipe, its end to read first, that gets a byte with every SIGTERM and SIGINT.

    The kernel may give a signal to any thread, and the connector has its own. A main thread that
    waits for a lock, such as Event.wait's, sleeps on then, and the task until ECS kills it.
    https://docs.python.org/3/library/signal.html#signal.set_wakeup_fd
    """
    signalled, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    return signalled, wake


def main() -> int:
    """Run until SIGTERM; 2 without a usable environment.

    The work is done in a thread: in the middle of a login Python would hear of the signal only
    when that is over.
    """
    signalled, wake = signal_pipe()
    try:
        source = source_from_environment()
        interval_seconds = float(os.environ.get("INTERVAL_SECONDS", "60"))
    except (KeyError, IndexError, ValueError) as error:
        log("not started", error=f"SECRET_ARN is to be an ARN, times are numbers: {error!r}")
        return 2
    stop = threading.Event()
    worker = threading.Thread(target=run, args=(source, interval_seconds, stop, wake), daemon=True)
    worker.start()
    os.read(signalled, 1)
    stop.set()
    worker.join(LONGEST_END_SECONDS)
    if worker.is_alive():
        os._exit(0)  # a login that hangs is left as it is: nothing of it is to be kept
    return 0


if __name__ == "__main__":
    sys.exit(main())
