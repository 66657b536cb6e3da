"""Every rule of a rotation in one file: no I/O, no clock, no AWS, no Snowflake.

A decision is a value. Refusals carry the error that the step raises.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from rotation.errors.base import RotationError
from rotation.errors.secret import (
    IdentityChanged,
    IdentityNotAllowed,
    KeyNotRenewed,
    RotationNotEnabled,
    UnknownVersion,
    VersionNotPending,
)
from rotation.errors.slots import (
    CurrentKeyNotInstalled,
    ForeignKey,
    Overtaken,
    PendingKeyNotInstalled,
    SlotsNotEmpty,
)
from rotation.rules.who import AllowedIdentities
from rotation.rules.words import (
    Fingerprint,
    SecretLabels,
    Slot,
    SlotFingerprints,
    Stage,
)


@dataclass(frozen=True)
class Refuse:
    """Stop here: ``error`` says why, what was left untouched and what to do."""

    error: RotationError


# --- may this version be rotated? ---------------------------------------------------------------


@dataclass(frozen=True)
class Rotate:
    """The version carries AWSPENDING: do the step."""


@dataclass(frozen=True)
class AlreadyPromoted:
    """The version is AWSCURRENT: only what finishSecret may have left is to be done."""


def check_labels(labels: SecretLabels, version_id: str) -> Rotate | AlreadyPromoted | Refuse:
    """Decide from the labels alone. AWSCURRENT counts first: AWSPENDING may linger beside it.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda-functions.html
    """
    if not labels.rotation_enabled:
        return Refuse(RotationNotEnabled("Rotation is not enabled for this secret."))
    stages = labels.versions.get(version_id)
    if stages is None:
        return Refuse(UnknownVersion(f"The secret has no labelled version {version_id}."))
    if Stage.CURRENT in stages:
        return AlreadyPromoted()
    if Stage.PENDING in stages:
        return Rotate()
    found = ", ".join(sorted(stages)) or "no label"
    return Refuse(VersionNotPending(f"Version {version_id} has {found}, not AWSPENDING."))


def check_allowed(identity: tuple[str, str], allowed: AllowedIdentities) -> Refuse | None:
    """Refuse an account or user that the stack does not allow.

    Whoever edits a secret could otherwise send the function's logins to an account of theirs,
    or have another user's keys replaced. See rotation/rules/who.py for what is compared.
    """
    account, user = identity
    if not allowed.accounts.allow(account):
        setting = f"ALLOWED_SNOWFLAKE_ACCOUNTS ({allowed.accounts})"
        return Refuse(IdentityNotAllowed(f"Account {account!r} matches nothing in {setting}."))
    if not allowed.users.allow(user):
        setting = f"ALLOWED_USERS ({allowed.users})"
        return Refuse(IdentityNotAllowed(f"User {user!r} matches nothing in {setting}."))
    return None


def check_identity(current: tuple[str, str], pending: tuple[str, str]) -> Refuse | None:
    """Refuse when account or user differ between AWSCURRENT and AWSPENDING.

    A rotator that followed an edited secret would hand a new key to whoever is named there.
    """
    if current == pending:
        return None
    changed = [
        name
        for name, before, after in zip(("account", "user"), current, pending, strict=True)
        if before != after
    ]
    return Refuse(IdentityChanged(f"AWSPENDING and AWSCURRENT differ in {' and '.join(changed)}."))


def check_new(current: Fingerprint, pending: Fingerprint) -> Refuse | None:
    """Refuse a pending version that holds the current key: promoting it would renew nothing."""
    if pending != current:
        return None
    return Refuse(KeyNotRenewed(f"AWSPENDING holds the same key as AWSCURRENT, {current}."))


# --- which slot takes the new key? --------------------------------------------------------------


@dataclass(frozen=True)
class AlreadyInstalled:
    """The new key is in a slot: go on."""

    slot: Slot


@dataclass(frozen=True)
class Install:
    """Put the new key in this slot. ``replaces`` is what it holds now, None when empty."""

    slot: Slot
    replaces: Fingerprint | None


def choose_slot(
    slots: SlotFingerprints,
    *,
    current: Fingerprint,
    pending: Fingerprint,
    owned: AbstractSet[Fingerprint],
) -> AlreadyInstalled | Install | Refuse:
    """Choose where the AWSPENDING key goes; the first rule that fits decides.

    ``owned`` holds the fingerprints of all other versions of this secret, labelled or not: a
    slot that holds one of them is ours to use. The slot of AWSCURRENT's key is never chosen,
    unless the other slot holds the same key.
    """
    if installed := slots.holding(pending):
        return AlreadyInstalled(installed[0])
    holding_current = slots.holding(current)
    if not holding_current:
        return Refuse(CurrentKeyNotInstalled(_current_not_in(slots, current)))
    if len(holding_current) > 1:
        return Install(Slot.TWO, replaces=current)
    free = holding_current[0].other
    held = slots[free]
    if held is None or held in owned:
        return Install(free, replaces=held)
    return Refuse(ForeignKey(_foreign(slots, free, held)))


def choose_first_slot(
    slots: SlotFingerprints, *, pending: Fingerprint | None
) -> AlreadyInstalled | Install | Refuse:
    """Choose where a user's first key goes, for an AWSCURRENT that holds no key.

    No key can prove itself then, and no version tells which keys are ours: any key but the new
    one, which an earlier try has installed, is left alone. ``pending`` is None as long as the
    new key is not made.
    """
    if pending is not None and (installed := slots.holding(pending)):
        return AlreadyInstalled(installed[0])
    held = next((slot for slot in Slot if slots[slot] is not None), None)
    if held is None:
        return Install(Slot.ONE, replaces=None)
    return Refuse(SlotsNotEmpty(_taken(slots, held)))


def unexplained_keys(
    slots: SlotFingerprints, *, current: Fingerprint, pending: Fingerprint
) -> frozenset[Fingerprint]:
    """Return the keys in the slots that only an older version of the secret could explain.

    Empty when choose_slot needs no ``owned``: then no older version has to be read.
    """
    if slots.holding(pending) or not slots.holding(current):
        return frozenset()
    return slots.occupied - {current}


def check_same_labels(labels: SecretLabels, labels_now: SecretLabels) -> Refuse | None:
    """Refuse to change a slot when a label was moved since the step began."""
    if labels_now.versions == labels.versions:
        return None
    return Refuse(Overtaken("The secret's labels were moved during this step."))


def check_still_current(labels_now: SecretLabels, version_id: str) -> Refuse | None:
    """Refuse to unset the old key when AWSCURRENT was moved away since it was promoted."""
    if labels_now.version_with(Stage.CURRENT) == version_id:
        return None
    return Refuse(Overtaken("AWSCURRENT was moved to another version during this step."))


def check_same_slots(slots: SlotFingerprints, now: SlotFingerprints) -> Refuse | None:
    """Refuse to change a slot when any slot was changed since the step looked."""
    if now == slots:
        return None
    return Refuse(Overtaken("The user's keys were changed during this step."))


def check_unchanged(
    labels: SecretLabels, labels_now: SecretLabels, slots: SlotFingerprints, now: SlotFingerprints
) -> Refuse | None:
    """Refuse to replace a key when anything moved since it was found to be ours.

    Finding out takes many requests. Meanwhile this rotation may have been abandoned, and the
    slot may hold the key of the next one.
    """
    return check_same_slots(slots, now) or check_same_labels(labels, labels_now)


def _current_not_in(slots: SlotFingerprints, current: Fingerprint) -> str:
    held = [f"{slot}: {slots[slot] or 'empty'}" for slot in Slot]
    return f"AWSCURRENT's key {current} is in neither slot ({'; '.join(held)})."


def _foreign(slots: SlotFingerprints, slot: Slot, held: Fingerprint) -> str:
    return f"{slot} holds {held}{_since(slots, slot)}, which is in no version of this secret."


def _taken(slots: SlotFingerprints, slot: Slot) -> str:
    since = _since(slots, slot)
    return f"AWSCURRENT holds no key, but {slot} of its user holds {slots[slot]}{since}."


def _since(slots: SlotFingerprints, slot: Slot) -> str:
    since = slots.set_times.get(slot)
    return f", set {since}" if since else ""


# --- is the new key in place, and which slot is retired? ----------------------------------------


def check_installed(slots: SlotFingerprints, pending: Fingerprint) -> Refuse | None:
    """Refuse a key that is in no slot, though a login with it may have succeeded."""
    if slots.holding(pending):
        return None
    return Refuse(PendingKeyNotInstalled(f"The new key {pending} is in neither slot."))


@dataclass(frozen=True)
class Retire:
    """Unset this slot: it holds AWSPREVIOUS's key."""

    slot: Slot


@dataclass(frozen=True)
class NothingToRetire:
    """No slot is to be unset; ``because`` says why."""

    because: str


@dataclass(frozen=True)
class OtherKey:
    """What the slot beside AWSCURRENT's key holds. ``slot`` is None when that is nothing else."""

    slot: Slot | None = None
    fingerprint: Fingerprint | None = None


def find_other_key(slots: SlotFingerprints, current: Fingerprint) -> OtherKey | Refuse:
    """Look for a second key beside AWSCURRENT's, which has to be in a slot."""
    holding_current = slots.holding(current)
    if not holding_current:
        return Refuse(CurrentKeyNotInstalled(_current_not_in(slots, current)))
    other = holding_current[0].other
    held = slots[other]
    return OtherKey() if held in {None, current} else OtherKey(other, held)


def choose_retirement(
    slots: SlotFingerprints, *, current: Fingerprint, previous: Fingerprint | None
) -> Retire | NothingToRetire:
    """Choose the slot to unset once ``current`` is AWSCURRENT's key.

    Only a slot that holds AWSPREVIOUS's key, and only while AWSCURRENT's is in the other.
    ``previous`` is None when AWSPREVIOUS holds no key: this one was the user's first.
    """
    if previous is None:
        return NothingToRetire("AWSPREVIOUS holds no key")
    if previous == current:
        return NothingToRetire("AWSPREVIOUS holds the same key as AWSCURRENT")
    holding_previous = slots.holding(previous)
    if not holding_previous:
        return NothingToRetire("no slot holds AWSPREVIOUS's key")
    slot = holding_previous[0]
    if slots[slot.other] != current:
        return NothingToRetire("AWSCURRENT's key is not in the other slot")
    return Retire(slot)
