"""A person who does what the text of a refusal says, and nothing more."""

from collections.abc import Callable
from dataclasses import replace

from rotation.errors.admin import (
    AdminLoginRejected,
    AdminPrivilegeMissing,
    AdminSecretUnusable,
    SlotsNotVisible,
)
from rotation.errors.aws_answers import SecretsManagerError, SecretsManagerUnreachable
from rotation.errors.base import RotationError
from rotation.errors.function import OutOfTime
from rotation.errors.secret import (
    IdentityChanged,
    KeyNotRenewed,
    NoCurrentVersion,
    PendingNotVouched,
    PendingVersionEmpty,
    RotationNotEnabled,
    SecretFieldInvalid,
    SecretNotJson,
    UnknownVersion,
    VersionNotPending,
)
from rotation.errors.slots import (
    CurrentKeyNotInstalled,
    ForeignKey,
    KeyNotStored,
    Overtaken,
    PendingKeyNotInstalled,
    PreviousKeyInGrace,
    SlotsNotEmpty,
)
from rotation.errors.snowflake_answers import (
    InsufficientPrivilege,
    KeyRejected,
    LoginFailed,
    LoginRejected,
    SnowflakeUnreachable,
    StatementFailed,
    UserLockedOrDisabled,
)
from rotation.rules.words import Slot, Stage
from tests.proof import keypool
from tests.proof.world import APP, SERVICE, World
from tests.shared.reasons import every_error


def follow(world: World, error: RotationError) -> None:
    """Do what the error says under ``remedy``; KeyError for one that nobody wrote down."""
    world.tell(f"a person follows the remedy of {error.reason}")
    if "Remove AWSPENDING" in str(error):
        remove_pending(world)
    else:
        _REMEDIES[type(error)](world)


def follow_reason(world: World, reason: str) -> None:
    """Do the same where only the error's name is told."""
    world.tell(f"a person follows the remedy of {reason}")
    _REMEDIES[every_error()[reason]](world)


def is_rotate_again(error: RotationError) -> bool:
    """Tell whether the remedy asks for nothing but another rotation."""
    return _REMEDIES[type(error)] is rotate_again


def rotate_again(world: World) -> None:
    """Nothing but time: a lock ends after 15 minutes."""
    if world.user.locked:
        world.account.change(SERVICE, rejected_in_a_row=0)


def others_log_in(world: World) -> None:
    """A successful login ends the count of failed ones, unless the user is locked."""
    if world.user.rejected_in_a_row and not world.user.locks:
        world.account.users[SERVICE] = replace(world.user, rejected_in_a_row=0)


def remove_pending(world: World) -> None:
    world.tell("a person removes AWSPENDING")
    world.app.detach(Stage.PENDING)


def _unset_foreign(world: World) -> None:
    for slot in Slot:
        if world.user[slot] not in {None, *world.app.kept_keys()}:
            world.account.put(SERVICE, slot, None)


def _install_current(world: World) -> None:
    """Put the key in an empty slot; without one, in a slot that nobody's key holds."""
    current = world.app.fingerprint_with(Stage.CURRENT)
    slot = next((slot for slot in Slot if world.user[slot] is None), Slot.ONE)
    world.account.put(SERVICE, slot, current)
    rotate_again(world)


def _unlock_and_enable(world: World) -> None:
    world.account.change(SERVICE, disabled=False, rejected_in_a_row=0)


def _grant(world: World) -> None:
    world.account.change(SERVICE, may_alter=True)


def _let_admin_in(world: World) -> None:
    world.account.changes += 1
    world.account.admin_let_in = True


def _give_ownership(world: World) -> None:
    world.account.change(SERVICE, owned=True)


def _empty_slots(world: World) -> None:
    """Nobody needs the keys, and the secret holds none."""
    for slot in Slot:
        world.account.put(SERVICE, slot, None)


def _correct_secret(world: World) -> None:
    """Put the user and a readable key back; AWS removes AWSPENDING at a put by hand."""
    rotate_again(world)
    held = [number for number in range(world.drawn) if _is_installed(world, number)]
    number = held[0] if held else world.draw()
    world.begun += 1
    world.app.put(f"hand-{world.begun}", keypool.secret_text(number, SERVICE), Stage.CURRENT)


def _is_installed(world: World, number: int) -> bool:
    key = keypool.fingerprint(number)
    return key in world.user.slots.occupied and key in world.ours()


def _abandon(world: World) -> None:
    remove_pending(world)
    world.secrets[APP].rotation_enabled = True


_REMEDIES: dict[type[RotationError], Callable[[World], None]] = {
    ForeignKey: _unset_foreign,
    CurrentKeyNotInstalled: _install_current,
    UserLockedOrDisabled: _unlock_and_enable,
    InsufficientPrivilege: _grant,
    AdminPrivilegeMissing: _grant,
    AdminLoginRejected: _let_admin_in,
    AdminSecretUnusable: _let_admin_in,
    SlotsNotVisible: _give_ownership,
    SlotsNotEmpty: _empty_slots,
    IdentityChanged: _abandon,
    KeyNotRenewed: remove_pending,
    PendingNotVouched: remove_pending,
    LoginRejected: _correct_secret,
    KeyRejected: _correct_secret,
    NoCurrentVersion: _correct_secret,
    SecretNotJson: _correct_secret,
    SecretFieldInvalid: _correct_secret,
    RotationNotEnabled: _abandon,
    PendingKeyNotInstalled: rotate_again,
    PreviousKeyInGrace: rotate_again,
    PendingVersionEmpty: rotate_again,
    KeyNotStored: rotate_again,
    Overtaken: rotate_again,
    LoginFailed: rotate_again,
    StatementFailed: rotate_again,
    VersionNotPending: rotate_again,
    UnknownVersion: rotate_again,
    OutOfTime: rotate_again,
    SnowflakeUnreachable: rotate_again,
    SecretsManagerError: rotate_again,
    SecretsManagerUnreachable: rotate_again,
}
