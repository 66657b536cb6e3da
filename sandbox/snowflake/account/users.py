"""A user and its two key slots."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from sandbox.snowflake.account.keys import fingerprint, parse_public_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    from sandbox.snowflake.objects import ObjectId

Slot = Literal[1, 2]
SLOTS: tuple[Slot, Slot] = (1, 2)


@dataclass(frozen=True, slots=True)
class KeySlot:
    """What one slot holds.

    ``text`` is the key as it was given, None when the slot was unset or never set, and ``''``
    after ``SET RSA_PUBLIC_KEY = ''`` ([2nd]). ``last_set_time`` is in epoch seconds and stays
    when the key goes ([2nd]).
    """

    text: str | None = None
    fingerprint: str | None = None
    public_key: RSAPublicKey | None = field(default=None, repr=False)
    last_set_time: float | None = None

    def __deepcopy__(self, _: object) -> KeySlot:
        """Return the same: nothing in it changes."""
        return self

    def holding(self, text: str, now: float) -> KeySlot:
        """Return the slot with this key in it.

        Raises:
            SnowflakeError: 390000, the text is no key that Snowflake takes.

        """
        if not text:
            return KeySlot(text="", last_set_time=self.last_set_time)
        key = parse_public_key(text)
        return KeySlot(text, fingerprint(key), key, now)

    def unset(self) -> KeySlot:
        """Return the slot without a key."""
        return KeySlot(last_set_time=self.last_set_time)


class User:
    """A user: an identity with a NAME for SQL and a LOGIN_NAME for logging in.

    LOGIN_NAME is upper case: Snowflake compares it without regard to case and shows it so.
    """

    def __init__(self, name: str, login_name: str | None, clock: Callable[[], float]) -> None:
        self.name = name
        self.login_name = (login_name or name).upper()
        self.user_type = "SERVICE"
        self.default_role = "PUBLIC"
        self.disabled = False
        self.roles: set[str] = {"PUBLIC"}
        self.network_policy: ObjectId | None = None
        self.authentication_policy: ObjectId | None = None
        self.workload_arn: str | None = None
        self.failed_logins = 0
        self.locked_until: float | None = None
        self._clock = clock
        # By name; each is a key as in a slot, and lets in as one ([D] user-guide/key-pair-auth).
        self.key_pairs: dict[str, KeySlot] = {}
        self._key_slots: dict[Slot, KeySlot] = {slot: KeySlot() for slot in SLOTS}

    @property
    def slots(self) -> tuple[str | None, str | None]:
        """The fingerprints in slot one and two; None where a slot is empty."""
        return self._key_slots[1].fingerprint, self._key_slots[2].fingerprint

    def key_slot(self, slot: Slot) -> KeySlot:
        """Return what the slot holds."""
        return self._key_slots[slot]

    def set_key(self, slot: Slot, text: str) -> None:
        """Put a key into a slot, as an administrator in another session would.

        Raises:
            SnowflakeError: 390000, the text is no key that Snowflake takes.

        """
        self._key_slots[slot] = self._key_slots[slot].holding(text, self._clock())

    def unset_key(self, slot: Slot) -> None:
        """Take the key out of a slot, as an administrator in another session would."""
        self._key_slots[slot] = self._key_slots[slot].unset()

    def key_with(self, key_fingerprint: str) -> RSAPublicKey | None:
        """Return the key with this fingerprint, from a slot or a named key pair."""
        held = (*self._key_slots.values(), *self.key_pairs.values())
        return next((one.public_key for one in held if one.fingerprint == key_fingerprint), None)

    def slot_with(self, key_fingerprint: str) -> Slot | None:
        """Return the first slot that holds the key with this fingerprint."""
        held = (slot for slot in SLOTS if self._key_slots[slot].fingerprint == key_fingerprint)
        return next(held, None)
