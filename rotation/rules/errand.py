"""What the retirement function asks of the rotation function, and what it gets back.

Two Lambda functions speak to each other in these words: no key material, fingerprints only.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from rotation.errors.function import InvalidEvent
from rotation.errors.retirement import LeakedKeyStays
from rotation.rules.events import event_text, name_in
from rotation.rules.words import Fingerprint, Slot


class KeyOperation(StrEnum):
    """What to do; the value is the event's."""

    LOOK = "look-at-keys"
    RETIRE = "retire-old-key"


@dataclass(frozen=True)
class KeyRequest:
    """One invocation by the retirement function.

    ``version_id`` is the AWSCURRENT that it decided on. ``end_grace``: retire the old key though
    its grace runs, which a person asked for.
    """

    operation: KeyOperation
    secret_id: str
    version_id: str
    end_grace: bool = False

    @classmethod
    def is_meant(cls, event: object) -> bool:
        """Tell whether an event is one of these, and no rotation's."""
        return isinstance(event, Mapping) and "Operation" in event

    @classmethod
    def from_event(cls, event: Mapping[object, object]) -> Self:
        """Read ``{"Operation", "SecretId", "VersionId", "EndGrace"?}``. Raises InvalidEvent."""
        operation = event_text(event, "Operation")
        if operation not in set(KeyOperation):
            raise InvalidEvent(f"The event's Operation is none of {', '.join(KeyOperation)}.")
        return cls(
            KeyOperation(operation),
            event_text(event, "SecretId"),
            event_text(event, "VersionId"),
            event.get("EndGrace") is True,
        )

    def to_json(self) -> dict[str, str | bool]:
        """Return it as the event."""
        return {
            "Operation": self.operation,
            "SecretId": self.secret_id,
            "VersionId": self.version_id,
            "EndGrace": self.end_grace,
        }

    @property
    def secret_name(self) -> str:
        """The secret's name."""
        return name_in(self.secret_id)


class Beside(StrEnum):
    """What was found in the slot beside AWSCURRENT's key."""

    NOTHING = "nothing"
    OLD_KEY = "old key"
    PENDING_KEY = "pending key"
    FOREIGN_KEY = "foreign key"
    # AWSCURRENT's key is in no slot, and logs in.
    NAMED_KEY_PAIR = "AWSCURRENT's key is a named key pair"


@dataclass(frozen=True)
class KeyReport:
    """What was seen and done: no key material, so that it may be returned.

    ``retired`` is the fingerprint of the key that was unset, ``current`` AWSCURRENT's. ``because``
    is why an old key stays.
    """

    user: str
    beside: Beside
    slot: Slot | None = None
    fingerprint: Fingerprint | None = None
    set_time: str = ""
    retired: Fingerprint | None = None
    because: str = ""
    current: Fingerprint | None = None

    @classmethod
    def from_json(cls, answer: Mapping[str, str | None]) -> Self:
        """Read Lambda's answer. Raises KeyError or ValueError when it is none."""
        slot, held, retired = answer["slot"], answer["fingerprint"], answer["retired"]
        return cls(
            user=answer["user"] or "",
            beside=Beside(str(answer["beside"])),
            slot=None if slot is None else Slot(slot),
            fingerprint=None if held is None else Fingerprint(held),
            set_time=answer["setTime"] or "",
            retired=None if retired is None else Fingerprint(retired),
            because=answer["because"] or "",
            current=None if answer["current"] is None else Fingerprint(answer["current"]),
        )

    def to_json(self) -> dict[str, str | None]:
        """Return it as Lambda's answer."""
        return {
            "user": self.user,
            "beside": self.beside,
            "slot": self.slot,
            "fingerprint": self.fingerprint,
            "setTime": self.set_time,
            "retired": self.retired,
            "because": self.because,
            "current": self.current,
        }


def check_gone(before: KeyReport, after: KeyReport) -> LeakedKeyStays | None:
    """Refuse to call a leaked key replaced that is still in its slot, None when it is not.

    ``before`` is what was seen of it when the command began.
    """
    leaked = before.current
    if before.beside is Beside.NAMED_KEY_PAIR:
        return LeakedKeyStays(
            f"The key that leaked, {leaked}, is a named key pair of {before.user}.",
            untouched="AWSCURRENT holds a new key, and the services were rolled.",
            remedy="An administrator removes it now: ALTER USER … REMOVE KEY PAIR ….",
        )
    if leaked is None or after.fingerprint != leaked or after.retired:
        return None
    return LeakedKeyStays(
        f"{after.slot} of {after.user} still holds the key that leaked, {leaked}: the rotation "
        f"function takes it for {after.beside}."
    )
