"""The four steps. Each observes, decides and acts, and may be repeated at any time.

A step takes nothing from an earlier one: labels, values and slots are read again each time.
"""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import TypeVar

from rotation import credential, decisions, keypair, logins, observation
from rotation.credential import Credential
from rotation.decisions import AlreadyInstalled, AlreadyPromoted, Install, Refuse, Retire
from rotation.errors import (
    CurrentKeyNotInstalled,
    KeyNotStored,
    RotationError,
    SecretsManagerError,
    WrongUser,
)
from rotation.model import Fingerprint, RotationRequest, SecretLabels, Slot, SlotFingerprints, Step
from rotation.name_patterns import AllowedIdentities
from rotation.ports import SecretVersions, UserKeys, UserSession

Decision = TypeVar("Decision")


@dataclass(frozen=True)
class StepReport:
    """What one step saw, decided and did: one log line.

    ``lingering`` is what kept the old key from being retired after the promotion.
    """

    decided: str
    done: str = "nothing"
    observed: Mapping[str, str] = field(default_factory=dict)
    lingering: RotationError | None = None


_ALREADY_PROMOTED = StepReport(decided="the version is AWSCURRENT already")


@dataclass(frozen=True)
class Rotation:
    """One step of one secret's rotation, with all that it touches."""

    request: RotationRequest
    versions: SecretVersions
    users: UserKeys
    allowed: AllowedIdentities
    key_size_bits: int
    pause: Callable[[float], None]

    def run(self) -> StepReport:
        """Do the step that the request names. Raises a RotationError."""
        labels = self.versions.labels()
        state = _or_raise(decisions.check_labels(labels, self.request.version_id))
        promoted = isinstance(state, AlreadyPromoted)
        match self.request.step:
            case Step.CREATE_SECRET:
                return _ALREADY_PROMOTED if promoted else create_secret(self, labels)
            case Step.SET_SECRET:
                return _ALREADY_PROMOTED if promoted else set_secret(self, labels)
            case Step.TEST_SECRET:
                return test_secret(self)
            case Step.FINISH_SECRET:
                return resume_finish(self, labels) if promoted else finish_secret(self, labels)

    def pending(self) -> Credential:
        """Read the version being rotated, and check whose credential it is."""
        return observation.pending(self.versions, self.request.version_id, self.allowed)

    def current(self, labels: SecretLabels) -> tuple[str, Credential]:
        """Read AWSCURRENT's version id and content, and check whose credential it is."""
        return observation.current(self.versions, labels, self.allowed)


def create_secret(rotation: Rotation, labels: SecretLabels) -> StepReport:
    """Fill the AWSPENDING version with a new key pair, unless it has a value."""
    if rotation.versions.read(rotation.request.version_id) is not None:
        return StepReport(decided="the pending version has a value already")
    _, current = rotation.current(labels)
    key = keypair.generate(rotation.key_size_bits)
    filled = rotation.versions.fill_pending(
        rotation.request.version_id,
        credential.renewed(current, key),
        rotation.request.rotation_token,
    )
    if not filled:
        return StepReport(decided="another invocation has filled the pending version")
    return StepReport(
        observed={"current": current.fingerprint, "pending": "empty"},
        decided="generate a key pair",
        done=f"pending version holds {keypair.fingerprint(key.public_key())}",
    )


def set_secret(rotation: Rotation, labels: SecretLabels) -> StepReport:
    """Install the AWSPENDING key in the slot that decisions.choose_slot names; read it back."""
    pending = rotation.pending()
    _, current = rotation.current(labels)
    _check_renewal(current, pending)
    with closing(logins.as_current_or_pending(rotation.users, current, pending)) as session:
        slots = session.describe().slots
        choice = _choose_slot(rotation, labels, slots, current.fingerprint, pending.fingerprint)
        observed = _shown(slots)
        if isinstance(choice, AlreadyInstalled):
            return StepReport(f"{choice.slot} holds the new key already", observed=observed)
        if choice.replaces:
            labels_now, slots_now = rotation.versions.labels(), session.describe().slots
            _or_raise(decisions.check_unchanged(labels, labels_now, slots, slots_now))
        _install(session, choice.slot, pending)
    decided = f"install in {choice.slot}, which is {'ours' if choice.replaces else 'empty'}"
    return StepReport(decided, f"{choice.slot} holds {pending.fingerprint}", observed)


def test_secret(rotation: Rotation) -> StepReport:
    """Log in with the AWSPENDING key, check who that is and that the key is in a slot."""
    pending = rotation.pending()
    with closing(logins.as_pending_patiently(rotation.users, pending, rotation.pause)) as session:
        name = session.current_user()
        user = session.describe()
    if user.name != name or not user.answers_to(pending.user):
        raise WrongUser(f"The login as {pending.user!r} became user {name!r}.")
    _or_raise(decisions.check_installed(user.slots, pending.fingerprint))
    return StepReport(
        observed={"user": name, **_shown(user.slots)},
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
        try:
            retired, slots = _retire(session, pending.fingerprint, current.fingerprint)
        except RotationError as error:
            return StepReport(decided, "AWSCURRENT moved", lingering=error)
    return StepReport(decided, f"AWSCURRENT moved; {retired}", _shown(slots))


def resume_finish(rotation: Rotation, labels: SecretLabels) -> StepReport:
    """Retire what a finishSecret that died after its promotion left; never raises."""
    decided = "the version is AWSCURRENT already; retire what is left"
    try:
        previous = observation.previous(rotation.versions, labels)
        if previous is None:
            return StepReport(decided, "nothing: there is no AWSPREVIOUS")
        current = rotation.pending()
        with closing(rotation.users.log_in(current)) as session:
            # finishSecret has just promoted; here a person may have moved AWSCURRENT back.
            _or_raise(decisions.check_same_labels(labels, rotation.versions.labels()))
            retired, slots = _retire(session, current.fingerprint, previous.fingerprint)
    except RotationError as error:
        return StepReport(decided, lingering=error)
    return StepReport(decided, retired, _shown(slots))


def _check_renewal(current: Credential, pending: Credential) -> None:
    _or_raise(decisions.check_identity(current.identity, pending.identity))
    _or_raise(decisions.check_new(current.fingerprint, pending.fingerprint))


def _choose_slot(
    rotation: Rotation,
    labels: SecretLabels,
    slots: SlotFingerprints,
    current: Fingerprint,
    pending: Fingerprint,
) -> AlreadyInstalled | Install:
    unexplained = decisions.unexplained_keys(slots, current=current, pending=pending)
    owned = observation.owned(rotation.versions, labels, unexplained)
    choice = decisions.choose_slot(slots, current=current, pending=pending, owned=owned)
    if isinstance(choice, Refuse):
        raise choice.error
    return choice


def _install(session: UserSession, slot: Slot, pending: Credential) -> None:
    session.install_key(slot, pending.public_key_body)
    stored = session.describe().slots[slot]
    if stored != pending.fingerprint:
        raise KeyNotStored(
            f"{slot} was set to {pending.fingerprint} but holds {stored or 'nothing'}."
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
    session: UserSession, current: Fingerprint, previous: Fingerprint
) -> tuple[str, SlotFingerprints]:
    """Unset the slot of the previous key; return what was done, and the slots before.

    Raises CurrentKeyNotInstalled when a person took AWSCURRENT's key away in the meantime.
    """
    slots = session.describe().slots
    if not slots.holding(current):
        raise CurrentKeyNotInstalled(
            f"The key that was just promoted, {current}, is in neither slot."
        )
    choice = decisions.choose_retirement(slots, current=current, previous=previous)
    if not isinstance(choice, Retire):
        return f"no slot unset: {choice.because}", slots
    session.retire_key(choice.slot)
    return f"{choice.slot} unset, it held {previous}", slots


def _shown(slots: SlotFingerprints) -> dict[str, str]:
    return {str(slot): slots[slot] or "empty" for slot in Slot}


def _or_raise(decision: Decision | Refuse) -> Decision:
    if isinstance(decision, Refuse):
        raise decision.error
    return decision
