"""testSecret: a login with the AWSPENDING version's key, which has to become the right user."""

from contextlib import closing

from rotation.errors.slots import (
    CurrentKeyNotInstalled,
    PendingKeyNotInstalled,
    WrongUser,
)
from rotation.keys.credential import Credential, Identity
from rotation.ports import UserSession
from rotation.rules import slots
from rotation.rules.decision import or_raise
from rotation.rules.words import SecretLabels, Stage
from rotation.steps import first_key, logins, observation
from rotation.steps.context import StepContext
from rotation.steps.report import StepReport


def run(context: StepContext, labels: SecretLabels) -> StepReport:
    """Log in with the AWSPENDING key, check who that is and that the key is in a slot."""
    pending = observation.under_test(context, labels)
    if not isinstance(pending, Credential):
        return _without_a_key(context, labels, pending)
    with closing(_log_in(context, labels, pending)) as session:
        name = session.current_user()
        user = session.describe()
    if user.name != name or not user.answers_to(pending.user):
        raise WrongUser(f"The login as {pending.shown[1]} became user {name!r}.")
    or_raise(slots.check_installed(user.slots, pending.fingerprint))
    return StepReport(
        observed={"user": name, **user.slots.by_name()},
        decided="the new key logs in and is in a slot",
    )


def _log_in(context: StepContext, labels: SecretLabels, pending: Credential) -> UserSession:
    """Log in patiently. Where AWSPENDING is a copy of AWSCURRENT, that one is named."""
    try:
        return logins.as_pending_patiently(context.users, pending, context.pause)
    except PendingKeyNotInstalled as error:
        if not observation.is_copy(context, labels):
            raise
        found = error.found.replace(Stage.PENDING, Stage.CURRENT)
    raise CurrentKeyNotInstalled(found, remedy=CurrentKeyNotInstalled.slots_not_seen)


def _without_a_key(context: StepContext, labels: SecretLabels, pending: Identity) -> StepReport:
    _, current = observation.current(context.versions, labels, context.allowed, context.form)
    if isinstance(current, Credential):
        observation.pending(context)  # refuses: only a copy of AWSCURRENT may lack a key
    return first_key.test(context.admin, current, pending)
