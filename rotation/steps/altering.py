"""ALTER USER, the one dangerous act: nothing else in rotation/ changes a slot.

Whatever a change was decided on is looked at again before it, unless the same session looked
in the request before. What is refused then is in rules/unchanged.py.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass

from rotation.errors.base import RotationError
from rotation.errors.slots import KeyNotStored
from rotation.keys.credential import Credential
from rotation.ports import (
    AdminLogin,
    AdminSession,
    AlteringSession,
    RotationAdmin,
    SecretVersions,
    UserSession,
)
from rotation.rules.decision import or_raise
from rotation.rules.unchanged import Seen, check_unchanged
from rotation.rules.words import SecretLabels, Slot, UserDescription


@dataclass(frozen=True)
class ByAdmin:
    """The rotation admin alters the user, and has not logged in yet."""

    admin: RotationAdmin
    login: AdminLogin


# None: the user alters itself, in its own session.
Alterer = ByAdmin | None


@dataclass(frozen=True)
class Basis:
    """What a change of a slot was decided on, and where to look again.

    ``fresh``: since ``session`` described the user, nothing was asked of anybody. ``promoted`` is
    the version that this step has made AWSCURRENT since it read ``labels``.
    """

    versions: SecretVersions
    session: UserSession
    labels: SecretLabels
    user: UserDescription
    fresh: bool
    promoted: str | None = None


def who_alters(admin: RotationAdmin | None, account: str) -> Alterer:
    """Find out who alters users of this account; nobody logs in yet.

    Raises what RotationAdmin.read does.
    """
    return ByAdmin(admin, admin.read(account)) if admin else None


def install(alterer: Alterer, basis: Basis, slot: Slot, key: Credential) -> None:
    """Set the slot to this key, and read it back. Raises Overtaken or KeyNotStored."""
    with _unchanged(alterer, basis) as session:
        session.install_key(basis.user.name, slot, key.public_key_body)
    with _after(f"{slot} was set; AWSCURRENT was not moved."):
        _check_stored(basis.session.describe(), slot, key)


def install_first(
    session: AdminSession, user: UserDescription, slot: Slot, key: Credential
) -> None:
    """Set a slot of a user who can't log in, as the admin who has just looked; read it back.

    Raises KeyNotStored.
    """
    session.install_key(user.name, slot, key.public_key_body)
    with _after(f"{slot} was set; AWSCURRENT was not moved."):
        _check_stored(session.describe_user(user.name), slot, key)


def retire(alterer: Alterer, basis: Basis, slot: Slot) -> None:
    """Unset the slot. Raises Overtaken."""
    with _unchanged(alterer, basis) as session:
        session.retire_key(basis.user.name, slot)


@contextmanager
def _after(done: str) -> Iterator[None]:
    """Have an error say what was done before it."""
    try:
        yield
    except RotationError as error:
        error.after(done)
        raise


@contextmanager
def _unchanged(alterer: Alterer, basis: Basis) -> Iterator[AlteringSession]:
    """Give the session that alters, once it is known that nothing moved. Raises Overtaken."""
    with _session(alterer, basis.session) as altering:
        # The admin's login came between the look and the change.
        if not basis.fresh or altering is not basis.session:
            seen = Seen(basis.labels, basis.user.slots, basis.promoted)
            labels_now, slots_now = basis.versions.labels(), basis.session.describe().slots
            or_raise(check_unchanged(seen, labels_now, slots_now))
        yield altering


def _session(alterer: Alterer, own: UserSession) -> AbstractContextManager[AlteringSession]:
    """Return the session that alters: the user's own goes on after it, the admin's ends."""
    return nullcontext(own) if alterer is None else closing(alterer.admin.log_in(alterer.login))


def _check_stored(user: UserDescription, slot: Slot, key: Credential) -> None:
    stored = user.slots[slot]
    if stored != key.fingerprint:
        raise KeyNotStored(f"{slot} was set to {key.fingerprint} but holds {stored or 'nothing'}.")
