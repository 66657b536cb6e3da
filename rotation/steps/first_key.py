"""A user's first key, for a secret that holds an account and a user and no key yet.

Nobody can log in as the user then, so that the rotation admin looks and installs. What guards
the user instead of a key that proves itself: the stack allows its name, the admin's role owns
the user, and both of its slots are empty. See docs/identities.md.
"""

from contextlib import closing

from rotation.errors.admin import SlotsNotVisible
from rotation.errors.slots import FirstKeyNeedsAdmin, WrongUser
from rotation.keys.credential import Credential, Identity
from rotation.ports import AdminSession, RotationAdmin
from rotation.rules import slots, who
from rotation.rules.decision import Refuse, or_raise
from rotation.rules.slots import AlreadyInstalled
from rotation.rules.words import UserDescription
from rotation.steps import altering
from rotation.steps.report import StepReport


def required(admin: RotationAdmin | None) -> RotationAdmin:
    """Return the admin. Raises FirstKeyNeedsAdmin when none is set."""
    if admin is None:
        raise FirstKeyNeedsAdmin("AWSCURRENT holds no key, and no rotation admin is set.")
    return admin


def install(admin: RotationAdmin | None, pending: Credential) -> StepReport:
    """Install the AWSPENDING key in slot one of a user without a key; read it back."""
    with closing(_log_in(admin, pending)) as session:
        user = _describe(session, pending)
        choice = slots.choose_first_slot(user.slots, pending=pending.fingerprint)
        if isinstance(choice, Refuse):
            raise choice.error
        observed = user.slots.by_name()
        if isinstance(choice, AlreadyInstalled):
            return StepReport(f"{choice.slot} holds the first key already", observed=observed)
        altering.install_first(session, user, choice.slot, pending)
    decided = f"install the first key in {choice.slot}: both slots are empty"
    return StepReport(decided, f"{choice.slot} holds {pending.fingerprint}", observed)


def test(admin: RotationAdmin | None, current: Identity, pending: Identity) -> StepReport:
    """Test what a first rotation needs, when RotateImmediately=false comes before any key.

    Secrets Manager then calls testSecret alone, on a copy of AWSCURRENT.
    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
    """
    or_raise(who.check_identity(current.identity, pending.identity))
    with closing(_log_in(admin, pending)) as session:
        user = _describe(session, pending)
    or_raise(slots.choose_first_slot(user.slots, pending=None))
    return StepReport(
        observed={"user": user.name, **user.slots.by_name()},
        decided="bootstrap: rotate immediately; there is no key yet, and both slots are empty",
    )


def _log_in(admin: RotationAdmin | None, whose: Identity) -> AdminSession:
    admin = required(admin)
    return admin.log_in(admin.read(whose.account))


def _describe(session: AdminSession, whose: Identity) -> UserDescription:
    """Describe the user that logs in with this name, as the rotation admin.

    Its NAME has to be its login name, folded to upper case or as it stands: nobody is logged in
    who could be asked for it. Raises SlotsNotVisible or WrongUser.
    """
    login = whose.user
    try:
        user = session.describe_user(login.upper())
    except SlotsNotVisible:
        if login == login.upper():
            raise
        user = session.describe_user(login)
    if user.login_name.upper() != login.upper():
        raise WrongUser(
            f"User {user.name!r} logs in as {user.login_name!r}, not as {whose.shown[1]}."
        )
    return user
