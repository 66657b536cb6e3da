"""What must hold at every instant, asked after the effect of every request.

All changes to slots and labels are effects of requests, or of the test's own hand, so that
nothing can happen between two looks.
"""

from __future__ import annotations

import functools
import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sandbox.aws.secrets_manager import versions
from sandbox.snowflake.account.keys import fingerprint

if TYPE_CHECKING:
    from sandbox.stack import Stack

LOCKOUT, FOREIGN, LEAK, STUCK = "lockout", "foreign key touched", "leak", "stuck"
# Not a violation but a thing that docs/limits.md admits; counted apart.
LIMIT = "limit"


@dataclass(frozen=True)
class Violation:
    """An invariant that did not hold; ``kind`` is one of the words above."""

    kind: str
    what: str


@dataclass
class Watch:
    """Looks at both models from outside; ``found`` is what it has seen go wrong."""

    stack: Stack
    found: list[Violation] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start with nothing known."""
        self._lock = threading.Lock()
        self._slots: dict[str, tuple[str | None, str | None]] = {}
        self._keys_of_token: dict[str, set[str]] = {}

    def start(self) -> None:
        """Take the state as it is for the beginning: the test has just made it."""
        with self._lock:
            self.found.clear()
            self._slots = self._now()
            self._keys_of_token = {}

    def look(self) -> None:
        """Check the invariants now."""
        with self._lock:
            stored = self.stored()
            for version_id, content in stored.items():
                if not holds_key(content):
                    continue
                self._keys_of_token.setdefault(version_id, set()).add(fingerprint_of(content))
            self._look_at_tokens()
            self._look_at_foreign_keys()
            self._look_at_logins(stored)

    def stored(self) -> dict[str, str]:
        """Return the value of each version that has one."""
        backend = self.stack.aws._backend
        with backend.lock:
            held = backend.live_secret(self.stack.secret_arn).versions
            return {
                key: one["secret_string"] for key, one in held.items() if "secret_string" in one
            }

    def current(self) -> str:
        """Return the id of the version that is AWSCURRENT."""
        backend = self.stack.aws._backend
        with backend.lock:
            held = backend.live_secret(self.stack.secret_arn).versions
            return str(versions.holder(held, versions.CURRENT))

    def blame(self, kind: str, what: str) -> None:
        """Note a violation, once."""
        if (violation := Violation(kind, what)) not in self.found:
            self.found.append(violation)

    def _now(self) -> dict[str, tuple[str | None, str | None]]:
        return {name: user.slots for name, user in self.stack.account.users.items()}

    def _look_at_logins(self, stored: dict[str, str]) -> None:
        user, current = self.stack.user, stored[self.current()]
        if holds_key(current) and fingerprint_of(current) not in user.slots:
            self.blame(LOCKOUT, f"AWSCURRENT's key is in no slot: {user.slots}")
        if user.disabled or user.locked_until is not None:
            self.blame(LOCKOUT, "the user is locked")

    def _look_at_foreign_keys(self) -> None:
        ours = set().union(*self._keys_of_token.values())
        before, self._slots = self._slots, self._now()
        for name, slots in self._slots.items():
            gone = set(before.get(name, ())) - set(slots) - {None}
            if gone - (ours if name == self.stack.user.name else set()):
                self.blame(FOREIGN, f"a foreign key of {name} is gone")

    def _look_at_tokens(self) -> None:
        for version_id, keys in self._keys_of_token.items():
            if len(keys) > 1:
                self.blame(STUCK, f"version {version_id} has had {len(keys)} key pairs")


def holds_key(secret_string: str) -> bool:
    """Tell whether a value holds a key; one that waits for its first key does not."""
    return "privateKey" in json.loads(secret_string)


@functools.lru_cache(maxsize=512)
def fingerprint_of(secret_string: str) -> str:
    """Return the fingerprint of a stored private key, by the sandbox's own code."""
    return fingerprint(private_key_of(secret_string).public_key())


def private_key_of(secret_string: str) -> RSAPrivateKey:
    """Return a stored private key, unchecked: that takes 50 ms, and a login tells more."""
    content: dict[str, Any] = json.loads(secret_string)
    passphrase = content.get("passphrase")
    key = load_pem_private_key(
        content["privateKey"].encode(),
        passphrase.encode() if passphrase else None,
        unsafe_skip_rsa_key_validation=True,
    )
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("an RSA key was expected")
    return key
