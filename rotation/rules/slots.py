"""Which slot takes the new key. No I/O, no clock.

The first of these that applies decides:

1. The new key is in a slot already: go on.
2. AWSCURRENT's key is in no slot, and has not logged in: refuse.
3. It is in no slot and has logged in, so it is a named key pair: install in a slot that is empty,
   or holds a key of this secret's; without one, refuse.
4. AWSCURRENT's key is in both slots: install in slot two.
5. The other slot is empty, or holds a key of this secret's: install there.
6. The other slot holds any other key: refuse.

So the only slot that holds AWSCURRENT's key is never chosen, and nobody else's key ever is. A
named key pair is never changed: see docs/adr/0017-a-named-key-pair-is-left.md.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from rotation.errors.slots import (
    CurrentKeyNotInstalled,
    ForeignKey,
    PendingKeyNotInstalled,
    SlotsNotEmpty,
)
from rotation.rules.decision import Refuse, Rule, decide
from rotation.rules.words import Fingerprint, Slot, SlotFingerprints


@dataclass(frozen=True)
class AlreadyInstalled:
    """The new key is in a slot: go on."""

    slot: Slot


@dataclass(frozen=True)
class Install:
    """Put the new key in this slot. ``replaces`` is what it holds now, None when empty."""

    slot: Slot
    replaces: Fingerprint | None


Choice = AlreadyInstalled | Install | Refuse


@dataclass(frozen=True)
class Sight:
    """What setSecret sees.

    ``owned`` holds the fingerprints of all other versions of this secret, labelled or not: a
    slot that holds one of them is ours to use. ``by_current``: AWSCURRENT's key has logged in.
    """

    slots: SlotFingerprints
    current: Fingerprint
    by_current: bool
    pending: Fingerprint
    owned: AbstractSet[Fingerprint]

    @property
    def other(self) -> Slot:
        """The slot beside AWSCURRENT's key, which has to be in one."""
        return self.slots.holding(self.current)[0].other

    @property
    def is_named_pair(self) -> bool:
        """Whether AWSCURRENT's key logs in from outside of the slots."""
        return self.by_current and not self.slots.holding(self.current)


def _new_key_in_a_slot(seen: Sight) -> Choice | None:
    installed = seen.slots.holding(seen.pending)
    return AlreadyInstalled(installed[0]) if installed else None


def _current_in_no_slot(seen: Sight) -> Choice | None:
    return None if seen.by_current else check_current_installed(seen.slots, seen.current)


def _named_pair(seen: Sight) -> Choice | None:
    if not seen.is_named_pair:
        return None
    free = [Install(slot, None) for slot in Slot if seen.slots[slot] is None]
    ours = [Install(slot, held) for slot in Slot if (held := seen.slots[slot]) in seen.owned]
    return next(iter((*free, *ours)), None)


def _named_pair_and_no_slot(seen: Sight) -> Choice | None:
    if not seen.is_named_pair:
        return None
    held = " and ".join(f"{slot} holds {seen.slots[slot]}" for slot in Slot)
    return Refuse(
        ForeignKey(
            f"AWSCURRENT's key {seen.current} is a named key pair, and no slot is free: {held}, "
            "which are in no version of this secret."
        )
    )


def _current_in_both(seen: Sight) -> Choice | None:
    in_both = seen.slots.holding(seen.current) == tuple(Slot)
    return Install(Slot.TWO, replaces=seen.current) if in_both else None


def _other_is_free(seen: Sight) -> Choice | None:
    held = seen.slots[seen.other]
    return Install(seen.other, replaces=held) if held is None or held in seen.owned else None


def _other_is_foreign(seen: Sight) -> Choice | None:
    held = f"{seen.other} holds {seen.slots[seen.other]}{_since(seen.slots, seen.other)}"
    return Refuse(ForeignKey(f"{held}, which is in no version of this secret."))


CHOICE: tuple[Rule[Sight, Choice], ...] = (
    Rule("the new key is in a slot already", _new_key_in_a_slot),
    Rule("AWSCURRENT's key is in no slot, and has not logged in", _current_in_no_slot),
    Rule("it is a named key pair; a slot is empty or ours", _named_pair),
    Rule("it is a named key pair; neither is", _named_pair_and_no_slot),
    Rule("AWSCURRENT's key is in both slots", _current_in_both),
    Rule("the other slot is empty, or holds a key of this secret's", _other_is_free),
    Rule("the other slot holds any other key", _other_is_foreign),
)


def choose_slot(seen: Sight) -> Choice:
    """Choose where the AWSPENDING key goes."""
    return decide(CHOICE, seen)


def unexplained_keys(seen: Sight) -> frozenset[Fingerprint]:
    """Return the keys in the slots that only an older version of the secret could explain.

    Empty when choose_slot needs no ``owned``: then no older version has to be read.
    """
    if seen.slots.holding(seen.pending):
        return frozenset()
    if seen.slots.holding(seen.current):
        return seen.slots.occupied - {seen.current}
    is_full = all(seen.slots[slot] for slot in Slot)
    return seen.slots.occupied if seen.is_named_pair and is_full else frozenset()


# --- a user's first key -------------------------------------------------------------------------


@dataclass(frozen=True)
class FirstSight:
    """What is seen of a user whose AWSCURRENT holds no key; ``pending`` is None before one is made.

    No key can prove itself then, and no version tells which keys are ours.
    """

    slots: SlotFingerprints
    pending: Fingerprint | None


def _first_key_in_a_slot(seen: FirstSight) -> Choice | None:
    installed = seen.slots.holding(seen.pending) if seen.pending else ()
    return AlreadyInstalled(installed[0]) if installed else None


def _both_are_empty(seen: FirstSight) -> Choice | None:
    return None if seen.slots.occupied else Install(Slot.ONE, replaces=None)


def _one_is_taken(seen: FirstSight) -> Choice | None:
    slot = next(slot for slot in Slot if seen.slots[slot] is not None)
    held = f"{slot} of its user holds {seen.slots[slot]}{_since(seen.slots, slot)}"
    return Refuse(SlotsNotEmpty(f"AWSCURRENT holds no key, but {held}."))


FIRST_CHOICE: tuple[Rule[FirstSight, Choice], ...] = (
    Rule("the new key is in a slot already", _first_key_in_a_slot),
    Rule("both slots are empty", _both_are_empty),
    Rule("a slot holds any other key", _one_is_taken),
)


def choose_first_slot(slots: SlotFingerprints, *, pending: Fingerprint | None) -> Choice:
    """Choose where a user's first key goes: any key but the new one is left alone."""
    return decide(FIRST_CHOICE, FirstSight(slots, pending))


# --- is a key in place? -------------------------------------------------------------------------


def check_current_installed(slots: SlotFingerprints, current: Fingerprint) -> Refuse | None:
    """Refuse to go on when AWSCURRENT's key is in no slot."""
    if slots.holding(current):
        return None
    held = "; ".join(f"{slot}: {slots[slot] or 'empty'}" for slot in Slot)
    return Refuse(
        CurrentKeyNotInstalled(f"AWSCURRENT's key {current} is in neither slot ({held}).")
    )


def check_installed(slots: SlotFingerprints, pending: Fingerprint) -> Refuse | None:
    """Refuse a key that is in no slot, though a login with it may have succeeded."""
    if slots.holding(pending):
        return None
    return Refuse(PendingKeyNotInstalled(f"The new key {pending} is in neither slot."))


def _since(slots: SlotFingerprints, slot: Slot) -> str:
    since = slots.set_times.get(slot)
    return f", set {since}" if since else ""
