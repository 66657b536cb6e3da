"""The four steps. Each observes, decides and acts, and may be repeated at any time.

A step takes nothing from an earlier one: labels, values and slots are read again each time.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from rotation.errors.aws_answers import SecretsManagerError
from rotation.errors.base import RotationError
from rotation.errors.slots import CurrentKeyNotInstalled, PreviousKeyInGrace, WrongUser
from rotation.keys import credential, pair
from rotation.keys.credential import Credential, Identity
from rotation.keys.form import AWS_FORM, SecretForm
from rotation.ports import RotationAdmin, SecretVersions, UserKeys, UserSession
from rotation.rules import slots as decisions
from rotation.rules import staying
from rotation.rules.slots import (
    AlreadyInstalled,
    AlreadyPromoted,
    Install,
    Refuse,
    Retire,
)
from rotation.rules.staying import AT_ONCE, Retention
from rotation.rules.who import AllowedIdentities
from rotation.rules.words import (
    Fingerprint,
    RotationRequest,
    SecretLabels,
    SlotFingerprints,
    Step,
)
from rotation.steps import first_key, logins, observation
from rotation.steps.report import StepReport, or_raise, shown

_ALREADY_PROMOTED = StepReport(decided="the version is AWSCURRENT already")
_KEPT = "the old key stays until its grace is over, and no task or replica needs it"


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Rotation:
    """One step of one secret's rotation, with all that it touches.

    Without an ``admin``, the service user alters itself. With a ``retention`` that keeps old
    keys, finishSecret leaves them to the retirement function.
    """

    request: RotationRequest
    versions: SecretVersions
    users: UserKeys
    allowed: AllowedIdentities
    key_size_bits: int
    pause: Callable[[float], None]
    form: SecretForm = AWS_FORM
    admin: RotationAdmin | None = None
    retention: Retention = AT_ONCE
    now: Callable[[], datetime] = _now

    def run(self) -> StepReport:
        """Do the step that the request names. Raises a RotationError."""
        labels = self.versions.labels()
        state = or_raise(decisions.check_labels(labels, self.request.version_id))
        promoted = isinstance(state, AlreadyPromoted)
        match self.request.step:
            case Step.CREATE_SECRET:
                return _ALREADY_PROMOTED if promoted else create_secret(self, labels)
            case Step.SET_SECRET:
                return _ALREADY_PROMOTED if promoted else set_secret(self, labels)
            case Step.TEST_SECRET:
                return test_secret(self, labels)
            case Step.FINISH_SECRET:
                return resume_finish(self, labels) if promoted else finish_secret(self, labels)

    def pending(self) -> Credential:
        """Read the version being rotated, and check whose credential it is."""
        return observation.pending(self.versions, self.request.version_id, self.allowed, self.form)

    def current(self, labels: SecretLabels) -> tuple[str, Identity]:
        """Read AWSCURRENT's version id and content, and check whose it is.

        It is a Credential, unless the user is to get its first key.
        """
        return observation.current(self.versions, labels, self.allowed, self.form)


def create_secret(rotation: Rotation, labels: SecretLabels) -> StepReport:
    """Fill the AWSPENDING version with a new key pair, unless it has a value."""
    if rotation.versions.read(rotation.request.version_id) is not None:
        return StepReport(decided="the pending version has a value already")
    _, current = rotation.current(labels)
    if not isinstance(current, Credential):
        first_key.required(rotation.admin)
    key = pair.generate(rotation.key_size_bits)
    filled = rotation.versions.fill_pending(
        rotation.request.version_id,
        credential.renewed(current, key),
        rotation.request.rotation_token,
    )
    if not filled:
        return StepReport(decided="another invocation has filled the pending version")
    return StepReport(
        observed={"current": _fingerprint(current) or "no key", "pending": "empty"},
        decided="generate a key pair",
        done=f"pending version holds {pair.fingerprint(key.public_key())}",
    )


def set_secret(rotation: Rotation, labels: SecretLabels) -> StepReport:
    """Install the AWSPENDING key in the slot that decisions.choose_slot names; read it back."""
    pending = rotation.pending()
    _, current = rotation.current(labels)
    _check_renewal(current, pending)
    if not isinstance(current, Credential):
        return first_key.install(rotation.admin, pending)
    # Read before anybody logs in: it may refuse.
    login = rotation.admin.read(current.account) if rotation.admin else None
    with closing(logins.as_current_or_pending(rotation.users, current, pending)) as session:
        user = session.describe()
        choice = _choose_slot(rotation, labels, user.slots, current, pending)
        observed = shown(user.slots)
        if isinstance(choice, AlreadyInstalled):
            return StepReport(f"{choice.slot} holds the new key already", observed=observed)
        with logins.altering(session, rotation.admin, login) as altering:
            # The admin's login came between the look and the change.
            if choice.replaces or altering is not session:
                labels_now, slots_now = rotation.versions.labels(), session.describe().slots
                or_raise(decisions.check_unchanged(labels, labels_now, user.slots, slots_now))
            altering.install_key(user.name, choice.slot, pending.public_key_body)
        first_key.check_stored(session.describe(), choice.slot, pending)
    decided = f"install in {choice.slot}, which is {'ours' if choice.replaces else 'empty'}"
    return StepReport(decided, f"{choice.slot} holds {pending.fingerprint}", observed)


def test_secret(rotation: Rotation, labels: SecretLabels) -> StepReport:
    """Log in with the AWSPENDING key, check who that is and that the key is in a slot."""
    versions, version_id = rotation.versions, rotation.request.version_id
    pending = observation.under_test(versions, version_id, rotation.allowed, rotation.form)
    if not isinstance(pending, Credential):
        _, current = rotation.current(labels)
        if isinstance(current, Credential):
            rotation.pending()  # refuses: only a copy of AWSCURRENT may lack a key
        return first_key.test(rotation.admin, current, pending)
    with closing(logins.as_pending_patiently(rotation.users, pending, rotation.pause)) as session:
        name = session.current_user()
        user = session.describe()
    if user.name != name or not user.answers_to(pending.user):
        raise WrongUser(f"The login as {pending.user!r} became user {name!r}.")
    or_raise(decisions.check_installed(user.slots, pending.fingerprint))
    return StepReport(
        observed={"user": name, **shown(user.slots)},
        decided="the new key logs in and is in a slot",
    )


def finish_secret(rotation: Rotation, labels: SecretLabels) -> StepReport:
    """Move AWSCURRENT to the pending version, then unset the slot of the key it replaced.

    The login comes first: a key that does not log in at this moment is not promoted. After
    the promotion nothing raises: the rotation is done, and what is left is reported.
    """
    pending = rotation.pending()
    current_id, current = rotation.current(labels)
    _check_renewal(current, pending)
    with closing(logins.as_pending(rotation.users, pending)) as session:
        _promote(rotation, current_id)
        decided = "promote, and retire the old key"
        if rotation.retention.of(labels).keeps:
            decided = f"promote; {_KEPT}"
        try:
            retired, slots = _retire(rotation, labels, session, pending, _fingerprint(current))
        except RotationError as error:
            return StepReport(decided, "AWSCURRENT moved", lingering=error)
    return StepReport(decided, f"AWSCURRENT moved; {retired}", shown(slots))


def resume_finish(rotation: Rotation, labels: SecretLabels) -> StepReport:
    """Retire what a finishSecret that died after its promotion left; never raises."""
    decided = "the version is AWSCURRENT already; retire what is left"
    try:
        previous = observation.previous(rotation.versions, labels, rotation.form)
        if previous is None:
            return StepReport(decided, "nothing: there is no AWSPREVIOUS")
        if not isinstance(previous, Credential):
            return StepReport(decided, "nothing: AWSPREVIOUS holds no key")
        if rotation.retention.of(labels).keeps:
            return StepReport(decided, f"nothing: {_KEPT}")
        current = rotation.pending()
        with closing(rotation.users.log_in(current)) as session:
            # finishSecret has just promoted; here a person may have moved AWSCURRENT back.
            or_raise(decisions.check_same_labels(labels, rotation.versions.labels()))
            retired, slots = _retire(rotation, labels, session, current, previous.fingerprint)
    except RotationError as error:
        return StepReport(decided, lingering=error)
    return StepReport(decided, retired, shown(slots))


def _check_renewal(current: Identity, pending: Credential) -> None:
    or_raise(decisions.check_identity(current.identity, pending.identity))
    if isinstance(current, Credential):
        or_raise(decisions.check_new(current.fingerprint, pending.fingerprint))


def _choose_slot(
    rotation: Rotation,
    labels: SecretLabels,
    slots: SlotFingerprints,
    current: Credential,
    pending: Credential,
) -> AlreadyInstalled | Install:
    old, new = current.fingerprint, pending.fingerprint
    unexplained = decisions.unexplained_keys(slots, current=old, pending=new)
    owned = observation.owned(rotation.versions, labels, unexplained, rotation.form)
    choice = decisions.choose_slot(slots, current=old, pending=new, owned=owned.keys())
    if isinstance(choice, Refuse):
        raise choice.error
    if isinstance(choice, Install) and choice.replaces in owned:
        _check_replaceable(rotation, labels, owned[choice.replaces])
    return choice


def _check_replaceable(rotation: Rotation, labels: SecretLabels, version_id: str) -> None:
    """Raise PreviousKeyInGrace for the key of a version that tasks may have started with."""
    kept = rotation.retention.of(labels)
    if not kept.keeps:
        return
    created = rotation.versions.version_dates()
    refusal = staying.check_replaceable(version_id, labels, created, kept, rotation.now())
    if refusal is not None:
        command = kept.command_that_ends_it(rotation.request.secret_id)
        raise PreviousKeyInGrace(
            refusal.found,
            remedy=f"{refusal.remedy} To cut off whatever holds the key, now: {command}",
        )


def _promote(rotation: Rotation, current_id: str) -> None:
    """Move AWSCURRENT. An error may hide a success: a lost answer, or a second finishSecret."""
    version_id = rotation.request.version_id
    try:
        rotation.versions.promote(version_id, instead_of=current_id)
    except SecretsManagerError:
        state = decisions.check_labels(rotation.versions.labels(), version_id)
        if not isinstance(state, AlreadyPromoted):
            raise


def _retire(
    rotation: Rotation,
    labels: SecretLabels,
    session: UserSession,
    current: Credential,
    previous: Fingerprint | None,
) -> tuple[str, SlotFingerprints]:
    """Unset the slot of the previous key; return what was done, and the slots before.

    Raises CurrentKeyNotInstalled when a person took AWSCURRENT's key away in the meantime.
    """
    user = session.describe()
    if not user.slots.holding(current.fingerprint):
        raise CurrentKeyNotInstalled(
            f"The key that was just promoted, {current.fingerprint}, is in neither slot."
        )
    if rotation.retention.of(labels).keeps:
        return _KEPT, user.slots
    choice = decisions.choose_retirement(user.slots, current=current.fingerprint, previous=previous)
    if not isinstance(choice, Retire):
        return f"no slot unset: {choice.because}", user.slots
    login = rotation.admin.read(current.account) if rotation.admin else None
    with logins.altering(session, rotation.admin, login) as altering:
        if altering is not session:
            labels_now, slots_now = rotation.versions.labels(), session.describe().slots
            or_raise(decisions.check_still_current(labels_now, rotation.request.version_id))
            or_raise(decisions.check_same_slots(user.slots, slots_now))
        altering.retire_key(user.name, choice.slot)
    return f"{choice.slot} unset, it held {previous}", user.slots


def _fingerprint(whose: Identity) -> Fingerprint | None:
    return whose.fingerprint if isinstance(whose, Credential) else None
