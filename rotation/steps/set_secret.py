"""setSecret: the AWSPENDING version's public key into a slot of its user."""

from contextlib import closing
from dataclasses import replace

from rotation.errors.slots import PreviousKeyInGrace
from rotation.keys.credential import Credential
from rotation.rules import slots, staying
from rotation.rules.decision import Refuse
from rotation.rules.slots import AlreadyInstalled, Install, Sight
from rotation.rules.staying import Facts
from rotation.rules.words import SecretLabels
from rotation.steps import altering, first_key, logins, observation
from rotation.steps.context import StepContext
from rotation.steps.report import StepReport


def run(context: StepContext, labels: SecretLabels) -> StepReport:
    """Install the AWSPENDING key in the slot that slots.choose_slot names; read it back."""
    found = observation.renewal(context, labels)
    current, pending = found.current, found.pending
    if not isinstance(current, Credential):
        return first_key.install(context.admin, pending)
    # Read before anybody logs in: it may refuse.
    alterer = altering.who_alters(context.admin, current.account)
    opened = logins.as_current_or_pending(context.users, current, pending)
    with closing(opened.session) as session:
        user = session.describe()
        sight = Sight(
            user.slots, current.fingerprint, opened.by_current, pending.fingerprint, frozenset()
        )
        choice = _choose(context, labels, sight)
        observed = user.slots.by_name()
        if isinstance(choice, AlreadyInstalled):
            return StepReport(f"{choice.slot} holds the new key already", observed=observed)
        # To find out whose key is replaced, older versions were read.
        basis = altering.Basis(
            context.versions, session, labels, user, fresh=choice.replaces is None
        )
        altering.install(alterer, basis, choice.slot, pending)
    pair = "AWSCURRENT's key is a named key pair, which stays; " if sight.is_named_pair else ""
    decided = f"{pair}install in {choice.slot}, which is {'ours' if choice.replaces else 'empty'}"
    return StepReport(decided, f"{choice.slot} holds {pending.fingerprint}", observed)


def _choose(context: StepContext, labels: SecretLabels, blind: Sight) -> AlreadyInstalled | Install:
    """Choose. ``blind`` does not tell yet which keys in the slots are ours."""
    unexplained = slots.unexplained_keys(blind)
    owned = observation.owned(context.versions, labels, unexplained, context.form)
    choice = slots.choose_slot(replace(blind, owned=owned.keys()))
    if isinstance(choice, Refuse):
        raise choice.error
    if isinstance(choice, Install) and choice.replaces in owned:
        _check_replaceable(context, labels, owned[choice.replaces])
    return choice


def _check_replaceable(context: StepContext, labels: SecretLabels, version_id: str) -> None:
    """Raise PreviousKeyInGrace for the key of a version that tasks may have started with."""
    kept = context.retention.of(labels)
    if not kept.keeps:
        return
    created = context.versions.version_dates()
    facts = Facts(labels, created, context.retention, context.now, version_id)
    refusal = staying.check_replaceable(facts)
    if refusal is not None:
        command = kept.command_that_ends_it(context.request.secret_id)
        raise PreviousKeyInGrace(
            refusal.found,
            remedy=f"{refusal.remedy} To cut off whatever holds the key, now: {command}",
        )
