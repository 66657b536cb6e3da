"""A task that is given its key by its task definition, and logs in with it again and again.

ECS fills these variables from the secret when the task starts, and never again
(``secrets`` in template.yaml):

==================================  ============================================
SNOWFLAKE_ACCOUNT, SNOWFLAKE_USER   the fields account and user
SNOWFLAKE_PRIVATE_KEY               privateKey, as PEM
SNOWFLAKE_PRIVATE_KEY_PASSPHRASE    passphrase; only for a key that is encrypted
==================================  ============================================

Optional: SNOWFLAKE_HOST, SNOWFLAKE_PORT and SNOWFLAKE_PROTOCOL, for a server that is not
Snowflake's own; INTERVAL_SECONDS (60); HEALTH_FILE, which is there while the last login
succeeded. This file stands alone, to be copied. long_lived.py is for tasks that nobody replaces.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import signal
import sys
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import snowflake.connector
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

QUERY = "SELECT CURRENT_USER()"
LONGEST_LOGIN_SECONDS = 10
# What a login that is under way gets to end when the task is stopped.
LONGEST_END_SECONDS = 0.5
# What Snowflake answers to a key that is in neither slot.
# https://docs.snowflake.com/en/user-guide/key-pair-auth-troubleshooting
KEY_REJECTED = frozenset({390144, 394304})
# This key stays rejected, and five failed logins lock the user for this long, for all tasks.
# https://docs.snowflake.com/en/user-guide/admin-user-management
PAUSE_AFTER_REJECTION_SECONDS = 900


class SettingsError(Exception):
    """The task can't start with what it was given. The text is one line without any value."""


@dataclass(frozen=True)
class KeyPair:
    """A private key as the connector takes it (PKCS#8 DER), and the name Snowflake has for it."""

    fingerprint: str
    der: bytes = field(repr=False)

    @classmethod
    def open(cls, pem: str, passphrase: str | None) -> KeyPair:
        """Open a key. Raises SettingsError."""
        try:
            key = load_pem_private_key(pem.encode(), passphrase.encode() if passphrase else None)
        except TypeError:
            state = "is not encrypted, but" if passphrase else "is encrypted, and"
            given = "there is" if passphrase else "there is no"
            raise SettingsError(
                f"SNOWFLAKE_PRIVATE_KEY {state} {given} SNOWFLAKE_PRIVATE_KEY_PASSPHRASE."
            ) from None
        except (ValueError, UnsupportedAlgorithm):
            opened = "can't be opened with the passphrase" if passphrase else "is no PEM key"
            raise SettingsError(f"SNOWFLAKE_PRIVATE_KEY {opened}.") from None
        if not isinstance(key, RSAPrivateKey):
            raise SettingsError("SNOWFLAKE_PRIVATE_KEY is a key of another kind than RSA.")
        spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        digest = base64.b64encode(hashlib.sha256(spki).digest()).decode()
        der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return cls(f"SHA256:{digest}", der)


@dataclass(frozen=True)
class Task:
    """What one task does; ``connect`` is what the connector needs to log in."""

    key_pair: KeyPair
    connect: Mapping[str, Any] = field(repr=False)
    interval_seconds: float
    health_file: Path | None

    @classmethod
    def from_environment(cls, given: Mapping[str, str]) -> Task:
        """Read the variables. Raises SettingsError."""
        key_pair = KeyPair.open(
            _required(given, "SNOWFLAKE_PRIVATE_KEY"),
            given.get("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE"),
        )
        place = {name: given.get(f"SNOWFLAKE_{name.upper()}") for name in _PLACE}
        connect = {
            "account": _required(given, "SNOWFLAKE_ACCOUNT"),
            "user": _required(given, "SNOWFLAKE_USER"),
            **{name: text for name, text in place.items() if text},
            "authenticator": "SNOWFLAKE_JWT",
            "private_key": key_pair.der,
            "login_timeout": LONGEST_LOGIN_SECONDS,
            "query_timeout": LONGEST_LOGIN_SECONDS,
            "enable_server_session_keep_alive_auto_detection": False,
        }
        health_file = given.get("HEALTH_FILE")
        return cls(
            key_pair,
            connect,
            _seconds(given, "INTERVAL_SECONDS", 60),
            Path(health_file) if health_file else None,
        )

    def run(self, stop: threading.Event, wake: int) -> None:
        """Log in again and again until ``stop`` is set; whatever ends it writes to ``wake``."""
        try:
            while not stop.is_set():
                stop.wait(self.log_in())
        finally:
            os.write(wake, b"\0")

    def log_in(self) -> float:
        """Log in, ask who we are, log one line. Returns the seconds until the next login."""
        seconds = self.interval_seconds
        try:
            with snowflake.connector.connect(**self.connect) as connection:
                (user,) = connection.cursor().execute(QUERY).fetchone() or (None,)
        except Exception as error:  # noqa: BLE001 (whatever it is, the next login may succeed)
            self._note(healthy=False)
            if getattr(error, "errno", None) in KEY_REJECTED:
                seconds = PAUSE_AFTER_REJECTION_SECONDS
            log("login failed", key=self.key_pair.fingerprint, error=" ".join(str(error).split()))
        else:
            self._note(healthy=True)
            log("logged in", key=self.key_pair.fingerprint, user=user)
        return seconds

    def _note(self, *, healthy: bool) -> None:
        if self.health_file and healthy:
            self.health_file.touch()
        elif self.health_file:
            self.health_file.unlink(missing_ok=True)


_PLACE = ("host", "port", "protocol")


def log(message: str, **fields: object) -> None:
    """Write one line of JSON."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    print(json.dumps({"time": now, "message": message, **fields}), flush=True)


def _required(given: Mapping[str, str], name: str) -> str:
    if not given.get(name):
        raise SettingsError(f"{name} is not set: the task definition takes it from the secret.")
    return given[name]


def _seconds(given: Mapping[str, str], name: str, default: float) -> float:
    try:
        return float(given.get(name, default))
    except ValueError:
        raise SettingsError(f"{name} is not a number of seconds.") from None


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
    """Run until SIGTERM; 2 for settings that are no use.

    The work is done in a thread: in the middle of a login Python would hear of the signal only
    when that is over.
    """
    signalled, wake = signal_pipe()
    try:
        task = Task.from_environment(os.environ)
    except SettingsError as error:
        log("not started", error=str(error))
        return 2
    stop = threading.Event()
    worker = threading.Thread(target=task.run, args=(stop, wake), daemon=True)
    worker.start()
    os.read(signalled, 1)
    stop.set()
    worker.join(LONGEST_END_SECONDS)
    if worker.is_alive():
        os._exit(0)  # a login that hangs is left as it is: nothing of it is to be kept
    return 0


if __name__ == "__main__":
    sys.exit(main())
