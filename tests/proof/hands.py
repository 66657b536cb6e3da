"""What persons and other systems do to a secret and its user, at any moment."""

from collections.abc import Callable

from rotation.rules.vouching import Claim, is_voucher, voucher
from rotation.rules.words import Fingerprint, Slot, Stage
from tests.proof import keypool, remedies
from tests.proof.actors import Hand
from tests.proof.scenarios import put_by_hand
from tests.proof.secret import Secret
from tests.proof.world import APP, SERVICE, World


def _stranger(world: World) -> Fingerprint:
    return keypool.fingerprint(world.draw())


def _set_foreign(slot: Slot) -> Callable[[World], None]:
    return lambda world: world.account.put(SERVICE, slot, _stranger(world))


def _unset(slot: Slot) -> Callable[[World], None]:
    return lambda world: world.account.put(SERVICE, slot, None)


def _both_foreign(world: World) -> None:
    for slot in Slot:
        world.account.put(SERVICE, slot, _stranger(world))


def _set_foreign_in_empty(world: World) -> None:
    for slot in Slot:
        if world.user[slot] is None:
            world.account.put(SERVICE, slot, _stranger(world))
            return


def _swap(world: World) -> None:
    world.account.change(SERVICE, one=world.user.two, two=world.user.one)


def _current_in_both(world: World) -> None:
    current = world.app.fingerprint_with(Stage.CURRENT)
    world.account.change(SERVICE, one=current, two=current)


def _terraform(world: World) -> None:
    """Terraform sets slot one to the key in its code: the first one there ever was."""
    world.account.put(SERVICE, Slot.ONE, keypool.fingerprint(0))


def _move_current_to(stage: Stage) -> Callable[[World], None]:
    def act(world: World) -> None:
        version_id = world.app.holder(stage)
        if version_id and world.app.versions[version_id].value is not None:
            world.move_current(version_id)

    return act


def _move_current_to_first(world: World) -> None:
    if "v-first" in world.app.versions:
        world.move_current("v-first")


def _move_pending_to_previous(world: World) -> None:
    if version_id := world.app.holder(Stage.PREVIOUS):
        world.app.attach(Stage.PENDING, version_id)


def _put_same_key(world: World) -> None:
    number = _number(world, world.app.fingerprint_with(Stage.CURRENT))
    put_by_hand(world, number, f"edited {world.begun}")


def _put_new_key(world: World) -> None:
    """A person rotates by hand: installs a key of their own, then stores it."""
    number = world.draw()
    slot = next((slot for slot in Slot if world.user[slot] is None), Slot.TWO)
    world.account.put(SERVICE, slot, keypool.fingerprint(number))
    put_by_hand(world, number)


def _put_other_user(world: World) -> None:
    world.begun += 1
    number = _number(world, world.app.fingerprint_with(Stage.CURRENT))
    text = keypool.secret_text(number, "SOMEBODY_ELSE")
    world.app.put(f"hand-{world.begun}", text, Stage.CURRENT)


def _put_garbage(world: World) -> None:
    world.begun += 1
    world.app.put(f"hand-{world.begun}", "not a credential", Stage.CURRENT)


def _put_into_pending(world: World) -> None:
    """A person fills AWSPENDING, if it is empty, with a copy of AWSCURRENT."""
    pending, current = world.app.holder(Stage.PENDING), world.app.holder(Stage.CURRENT)
    value = world.app.versions[current].value if current else None
    if pending and value and world.app.versions[pending].value is None:
        world.app.put(pending, value, Stage.PENDING)


def _plant(world: World) -> None:
    """Somebody who may write the secret, and not read it, stores a key pair of theirs.

    They fill the rotation's version, or make one and move AWSPENDING there. They know their own
    key, the ids of the versions and every label: their key vouches for itself, and so does a
    label that is genuine for another version.
    """
    number = world.draw()
    text = keypool.secret_text(number, SERVICE)
    own = keypool.credential_of_secret(text)
    waiting = world.app.holder(Stage.PENDING)
    if waiting is None or world.app.versions[waiting].value is not None:
        world.begun += 1
        waiting = f"planted-{world.begun}"
    forged = voucher(own.voucher_key, Claim(APP, waiting, own.fingerprint))
    genuine = {label for one in world.app.versions.values() for label in one.labels}
    world.app.planted |= {own.fingerprint}
    world.app.put(waiting, text, Stage.PENDING, forged, *sorted(filter(is_voucher, genuine)))


def _cancel(world: World) -> None:
    world.app.rotation_enabled = False
    world.app.changes += 1


def _second_secret(world: World) -> None:
    """Another secret for the same user, with a key of its own in an empty slot."""
    number = world.draw()
    second = world.secrets.setdefault("other", Secret("other", SERVICE))
    second.put(f"other-{number}", keypool.secret_text(number, SERVICE), Stage.CURRENT)
    for slot in Slot:
        if world.user[slot] is None:
            world.account.put(SERVICE, slot, keypool.fingerprint(number))
            return


def _number(world: World, key: Fingerprint | None) -> int:
    """Return the number of a key; 0 when there is none."""
    return next((n for n in range(world.drawn) if keypool.fingerprint(n) == key), 0)


def _disable(world: World) -> None:
    world.account.change(SERVICE, disabled=True)


def _revoke(world: World) -> None:
    world.account.change(SERVICE, may_alter=False)


def _shut_admin_out(world: World) -> None:
    world.account.changes += 1
    world.account.admin_let_in = False


def _take_ownership(world: World) -> None:
    world.account.change(SERVICE, owned=False)


FORGETS = Hand(
    "AWS deletes the versions without labels", lambda world: world.app.forget_deprecated()
)
"""AWS keeps each for 24 hours at least, longer than any invocation lasts.
https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html"""

PASSING = (
    Hand("a person sets a key of their own in slot one", _set_foreign(Slot.ONE)),
    Hand("a person sets a key of their own in slot two", _set_foreign(Slot.TWO)),
    Hand("a person sets a key of their own in the empty slot", _set_foreign_in_empty),
    Hand("a person unsets slot one", _unset(Slot.ONE)),
    Hand("a person unsets slot two", _unset(Slot.TWO)),
    Hand("a person swaps the slots", _swap),
    Hand("a person sets AWSCURRENT's key in both slots", _current_in_both),
    Hand("Terraform sets slot one back to the first key", _terraform),
    Hand("a person moves AWSCURRENT to AWSPENDING's version", _move_current_to(Stage.PENDING)),
    Hand("a person moves AWSCURRENT back to AWSPREVIOUS's", _move_current_to(Stage.PREVIOUS)),
    Hand("a person removes AWSPENDING", remedies.remove_pending),
    Hand("a person moves AWSPENDING to AWSPREVIOUS's version", _move_pending_to_previous),
    Hand("a person edits the secret and keeps its key", _put_same_key),
    Hand("a person rotates by hand", _put_new_key),
    Hand("a person fills AWSPENDING with AWSCURRENT's value", _put_into_pending),
    Hand("a second secret for the same user appears", _second_secret),
    FORGETS,
)
"""What a rotation can live with, or runs into once."""

BREAKING = (
    Hand("a person sets keys of their own in both slots", _both_foreign),
    Hand("a person names another user in the secret", _put_other_user),
    Hand("a person stores something that is no credential", _put_garbage),
    Hand("a writer plants a key pair in AWSPENDING", _plant),
    Hand("a person cancels the rotation", _cancel),
    Hand("the privilege is revoked", _revoke),
    Hand("the user is disabled", _disable),
)
"""What stops every rotation until somebody does as the refusal says."""

ON_ADMIN = (
    Hand("the rotation admin is shut out", _shut_admin_out),
    Hand("the admin's role loses the user", _take_ownership),
)
"""The same, where a rotation admin alters users."""

WITH_TASKS = (
    Hand("a person changes a tag", lambda world: world.app.touch()),
    Hand("a person removes AWSPREVIOUS", lambda world: world.app.detach(Stage.PREVIOUS)),
    Hand("a person moves AWSCURRENT to the first version", _move_current_to_first),
)
"""The same, where dates and labels tell how long a key stays."""

HANDS = (*PASSING, *BREAKING)
