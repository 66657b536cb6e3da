"""finishSecret: AWSCURRENT moves to the new version, and the slot of the old key is unset."""

from contextlib import closing
from dataclasses import dataclass

from rotation.errors.aws_answers import SecretsManagerError
from rotation.errors.base import RotationError
from rotation.errors.slots import CurrentKeyNotInstalled, NamedKeyPairStays
from rotation.errors.snowflake_answers import InsufficientPrivilege
from rotation.keys.credential import Credential
from rotation.ports import UserSession
from rotation.rules import old_key
from rotation.rules.labels import AlreadyPromoted, check_labels
from rotation.rules.old_key import Retire
from rotation.rules.words import Fingerprint, SecretLabels, SlotFingerprints
from rotation.steps import altering, logins, observation, vouchers
from rotation.steps.context import StepContext
from rotation.steps.report import StepReport

_KEPT = "the old key stays until its grace is over, and no task or replica needs it"


@dataclass(frozen=True)
class _Promoted:
    """Both keys after the promotion, which was ``just_now`` unless an earlier try made it."""

    current: Credential
    previous: Fingerprint | None
    just_now: bool


def run(context: StepContext, labels: SecretLabels) -> StepReport:
    """Move AWSCURRENT to the pending version, then unset the slot of the key it replaced.

    The login comes first: a key that does not log in at this moment is not promoted. After
    the promotion nothing raises: the rotation is done, and what is left is reported.
    """
    found = observation.renewal(context, labels)
    kept = context.retention.of(labels).keeps
    decided = f"promote; {_KEPT}" if kept else "promote, and retire the old key"
    with closing(logins.as_pending(context.users, found.pending)) as session:
        _promote(context, found.current_id)
        try:
            promoted = _Promoted(found.pending, found.current_key, just_now=True)
            retired, slots = _retire(context, labels, session, promoted)
            report = StepReport(decided, f"AWSCURRENT moved; {retired}", slots.by_name())
        except RotationError as error:
            error.after("No slot was changed.")
            report = StepReport(decided, "AWSCURRENT moved", lingering=error)
    vouchers.drop(context.versions, labels, context.request.version_id)
    return report


def resume(context: StepContext, labels: SecretLabels) -> StepReport:
    """Do what a finishSecret that died after its promotion left; never raises."""
    report = _retire_what_is_left(context, labels)
    vouchers.drop(context.versions, labels, context.request.version_id)
    return report


def _retire_what_is_left(context: StepContext, labels: SecretLabels) -> StepReport:
    decided = "the version is AWSCURRENT already; retire what is left"
    try:
        previous = observation.previous(context.versions, labels, context.form)
        if previous is None:
            return StepReport(decided, "nothing: there is no AWSPREVIOUS")
        if not isinstance(previous, Credential):
            return StepReport(decided, "nothing: AWSPREVIOUS holds no key")
        if context.retention.of(labels).keeps:
            return StepReport(decided, f"nothing: {_KEPT}")
        promoted = _Promoted(observation.pending(context), previous.fingerprint, just_now=False)
        with closing(context.users.log_in(promoted.current)) as session:
            retired, slots = _retire(context, labels, session, promoted)
    except RotationError as error:
        return StepReport(decided, lingering=error)
    return StepReport(decided, retired, slots.by_name())


def _report_named_pair(session: UserSession, slots: SlotFingerprints, keys: _Promoted) -> None:
    """Raise NamedKeyPairStays when the previous key is in no slot and logs in nevertheless."""
    old = keys.previous
    if old in {None, keys.current.fingerprint} or (old and slots.holding(old)):
        return
    try:
        pairs = session.named_key_pairs()
    except InsufficientPrivilege as error:
        raise NamedKeyPairStays(
            f"The key before AWSCURRENT's, {old}, is in no slot. Whether it is a named key pair "
            f"could not be seen (code {error.code})."
        ) from None
    if old in pairs:
        raise NamedKeyPairStays(f"The key before AWSCURRENT's, {old}, is a named key pair.")


def _promote(context: StepContext, current_id: str) -> None:
    """Move AWSCURRENT. An error may hide a success: a lost answer, or a second finishSecret."""
    version_id = context.request.version_id
    try:
        context.versions.promote(version_id, instead_of=current_id)
    except SecretsManagerError:
        state = check_labels(context.versions.labels(), version_id)
        if not isinstance(state, AlreadyPromoted):
            raise


def _retire(
    context: StepContext, labels: SecretLabels, session: UserSession, keys: _Promoted
) -> tuple[str, SlotFingerprints]:
    """Unset the slot of the previous key; return what was done, and the slots before.

    Raises CurrentKeyNotInstalled when a person took AWSCURRENT's key away in the meantime.
    """
    user, current = session.describe(), keys.current.fingerprint
    if not user.slots.holding(current):
        raise CurrentKeyNotInstalled(
            f"The key that was just promoted, {current}, is in neither slot."
        )
    _report_named_pair(session, user.slots, keys)
    if context.retention.of(labels).keeps:
        return _KEPT, user.slots
    choice = old_key.choose_retirement(user.slots, current=current, previous=keys.previous)
    if not isinstance(choice, Retire):
        return f"no slot unset: {choice.because}", user.slots
    basis = altering.Basis(
        context.versions,
        session,
        labels,
        user,
        # After a resumed step's reads a person may have moved AWSCURRENT back.
        fresh=keys.just_now,
        promoted=context.request.version_id if keys.just_now else None,
    )
    alterer = altering.who_alters(context.admin, keys.current.account)
    altering.retire(alterer, basis, choice.slot)
    return f"{choice.slot} unset, it held {keys.previous}", user.slots
