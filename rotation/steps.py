"""The four steps. Each observes, decides and acts, and may be repeated at any time.

A step takes nothing from an earlier one: labels, values and slots are read again each time.
"""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import TypeVar

from rotation import credential, decisions, keypair, logins
from rotation.credential import Credential
from rotation.decisions import AlreadyInstalled, AlreadyPromoted, Install, Refuse, Retire
from rotation.errors import (
    KeyNotStored,
    MalformedSecret,
    NoCurrentVersion,
    PendingVersionEmpty,
    RotationError,
    WrongUser,
)
from rotation.model import (
    Fingerprint,
    RotationRequest,
    SecretLabels,
    Slot,
    SlotFingerprints,
    Stage,
    Step,
)
from rotation.ports import SecretVersions, UserKeys, UserSession

Decision = TypeVar("Decision")


@dataclass(frozen=True)
class StepReport:
    """What one step saw, decided and did: one log line.

    ``lingering`` is the error that kept an old key in its slot after a finished promotion.
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
        """Read the version being rotated. Raises PendingVersionEmpty or MalformedSecret."""
        value = self.versions.read(self.request.version_id)
        if value is None:
            raise PendingVersionEmpty(f"Version {self.request.version_id} has no value.")
        return credential.read(value)

    def current(self, labels: SecretLabels) -> tuple[str, Credential]:
        """Read AWSCURRENT: its version id and content. Raises NoCurrentVersion, MalformedSecret."""
        version_id = labels.version_with(Stage.CURRENT)
        value = self.versions.read(version_id) if version_id else None
        if version_id is None or value is None:
            raise NoCurrentVersion("The secret has no AWSCURRENT version with a value.")
        return version_id, credential.read(value)


def create_secret(rotation: Rotation, labels: SecretLabels) -> StepReport:
    """Fill the AWSPENDING version with a new key pair, unless it has a value."""
    if rotation.versions.read(rotation.request.version_id) is not None:
        return StepReport(decided="the pending version has its key pair already")
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
    _or_raise(decisions.check_identity(current.identity, pending.identity))
    with closing(logins.as_current_or_pending(rotation.users, current, pending)) as session:
        slots = session.describe().slots
        choice = _choose_slot(rotation, labels, slots, current.fingerprint, pending.fingerprint)
        observed = {str(slot): slots[slot] or "empty" for slot in Slot}
        if isinstance(choice, AlreadyInstalled):
            return StepReport(f"{choice.slot} holds the new key already", observed=observed)
        _install(session, choice.slot, pending)
    decided = f"install in {choice.slot}, {'replacing ours' if choice.replaces else 'empty'}"
    return StepReport(decided, f"{choice.slot} holds {pending.fingerprint}", observed)


def _choose_slot(
    rotation: Rotation,
    labels: SecretLabels,
    slots: SlotFingerprints,
    current: Fingerprint,
    pending: Fingerprint,
) -> AlreadyInstalled | Install:
    unexplained = decisions.unexplained_keys(slots, current=current, pending=pending)
    owned = _owned(rotation, labels, unexplained)
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


def test_secret(rotation: Rotation) -> StepReport:
    """Log in with the AWSPENDING key, check who that is and that the key is in a slot."""
    pending = rotation.pending()
    with closing(logins.as_pending_patiently(rotation.users, pending, rotation.pause)) as session:
        name = session.current_user()
        user = session.describe()
    if user.name != name or not user.answers_to(pending.user):
        raise WrongUser(f"The login as {pending.user!r} became user {name!r}.")
    _or_raise(decisions.check_installed(user.slots, pending.fingerprint))
    slot = user.slots.holding(pending.fingerprint)[0]
    return StepReport(
        observed={"user": name, str(slot): pending.fingerprint},
        decided="the new key logs in and is in its slot",
    )


def finish_secret(rotation: Rotation, labels: SecretLabels) -> StepReport:
    """Move AWSCURRENT to the pending version, then unset the slot of the key it replaced.

    The login comes first: a key that does not log in at this moment is not promoted. After
    the promotion nothing raises: the rotation is done, and what is left is reported.
    """
    pending = rotation.pending()
    current_id, current = rotation.current(labels)
    _or_raise(decisions.check_identity(current.identity, pending.identity))
    with closing(logins.as_pending(rotation.users, pending)) as session:
        rotation.versions.promote(rotation.request.version_id, instead_of=current_id)
        try:
            retired = _retire(session, pending.fingerprint, current.fingerprint)
        except RotationError as error:
            return StepReport("promote and retire", "AWSCURRENT moved", lingering=error)
    return StepReport("promote and retire", f"AWSCURRENT moved; {retired}")


def resume_finish(rotation: Rotation, labels: SecretLabels) -> StepReport:
    """Retire what a finishSecret that died after its promotion left; never raises."""
    decided = "the version is AWSCURRENT already; retire what is left"
    previous_id = labels.version_with(Stage.PREVIOUS)
    try:
        value = rotation.versions.read(previous_id) if previous_id else None
        if value is None:
            return StepReport(decided, "nothing: there is no AWSPREVIOUS")
        previous, current = credential.read(value), rotation.pending()
        with closing(rotation.users.log_in(current)) as session:
            return StepReport(decided, _retire(session, current.fingerprint, previous.fingerprint))
    except RotationError as error:
        return StepReport(decided, lingering=error)


def _retire(session: UserSession, current: Fingerprint, previous: Fingerprint) -> str:
    slots = session.describe().slots
    choice = decisions.choose_retirement(slots, current=current, previous=previous)
    if not isinstance(choice, Retire):
        return f"no slot unset: {choice.because}"
    session.retire_key(choice.slot)
    return f"{choice.slot} unset, it held {previous}"


def _owned(
    rotation: Rotation, labels: SecretLabels, wanted: frozenset[Fingerprint]
) -> frozenset[Fingerprint]:
    """Return those of the wanted fingerprints that an older version of the secret holds.

    The usual answer is AWSPREVIOUS, found without listing. A version that can't be read
    vouches for nothing.
    """
    if not wanted:
        return frozenset()
    previous = labels.version_with(Stage.PREVIOUS)
    if previous and wanted <= _fingerprint_of(rotation.versions, previous):
        return wanted
    found: frozenset[Fingerprint] = frozenset()
    for version_id in rotation.versions.every_version_id():
        found |= _fingerprint_of(rotation.versions, version_id) & wanted
    return found


def _fingerprint_of(versions: SecretVersions, version_id: str) -> frozenset[Fingerprint]:
    value = versions.read(version_id)
    try:
        return frozenset({credential.read(value).fingerprint}) if value else frozenset()
    except MalformedSecret:
        return frozenset()


def _or_raise(decision: Decision | Refuse) -> Decision:
    if isinstance(decision, Refuse):
        raise decision.error
    return decision
