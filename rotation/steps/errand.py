"""What the rotation function does for the retirement function: look at keys, retire an old one.

The retirement function knows dates and tasks and may read no value; this one may, and knows no
task. So that one says when, and this one finds whose key it is, once more, and unsets it.
"""

from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime

from rotation.errors.secret import MalformedSecret
from rotation.keys import credential
from rotation.keys.credential import Credential
from rotation.keys.form import SecretForm
from rotation.ports import RotationAdmin, SecretVersions, UserKeys
from rotation.rules import labels as label_rules
from rotation.rules import old_key, promotion, staying
from rotation.rules.decision import or_raise
from rotation.rules.errand import (
    Beside,
    KeyOperation,
    KeyReport,
    KeyRequest,
)
from rotation.rules.old_key import OtherKey
from rotation.rules.retention import Retention
from rotation.rules.staying import Asker, Facts, Stays
from rotation.rules.vouching import Claim, check_vouched
from rotation.rules.who import AllowedIdentities
from rotation.rules.words import (
    Fingerprint,
    SecretLabels,
    Stage,
)
from rotation.steps import altering, logins, observation


@dataclass(frozen=True)
class Errand:
    """One such invocation, with all that it touches.

    ``now`` is read before anything else: a clock that was read too early keeps a key longer.
    """

    request: KeyRequest
    versions: SecretVersions
    users: UserKeys
    allowed: AllowedIdentities
    form: SecretForm
    retention: Retention
    now: datetime
    admin: RotationAdmin | None = None

    def run(self) -> KeyReport:
        """Look, and retire what is to be retired. Raises a RotationError.

        Raises CurrentKeyNotInstalled when AWSCURRENT's key does not log in. One that logs in and
        is in no slot is a named key pair.
        """
        labels = self.versions.labels()
        or_raise(label_rules.check_still_current(labels, self.request.version_id))
        _, current = observation.current(self.versions, labels, self.allowed, self.form)
        if not isinstance(current, Credential):
            return KeyReport(current.user, Beside.NOTHING, because="the secret holds no key yet")
        with closing(logins.as_current(self.users, current)) as session:
            user = session.describe()
            if not user.slots.holding(current.fingerprint):
                return KeyReport(user.name, Beside.NAMED_KEY_PAIR, current=current.fingerprint)
            other = or_raise(old_key.find_other_key(user.slots, current.fingerprint))
            beside, version_id = self._whose(labels, other, current)
            found = KeyReport(
                user.name,
                beside,
                other.slot,
                other.fingerprint,
                user.slots.set_times.get(other.slot, "") if other.slot else "",
                current=current.fingerprint,
            )
            looks_only = self.request.operation is KeyOperation.LOOK
            if looks_only or version_id is None or other.slot is None:
                return found
            if stays := self._stays(labels, version_id):
                return replace(found, because=stays.because)
            alterer = altering.who_alters(self.admin, current.account)
            basis = altering.Basis(self.versions, session, labels, user, fresh=False)
            altering.retire(alterer, basis, other.slot)
            return replace(found, retired=other.fingerprint)

    def _whose(
        self, labels: SecretLabels, other: OtherKey, current: Credential
    ) -> tuple[Beside, str | None]:
        """Tell whose the other key is; for one of ours also a version that holds it."""
        if other.fingerprint is None:
            return Beside.NOTHING, None
        if other.fingerprint == self._pending_fingerprint(labels, current):
            return Beside.PENDING_KEY, None
        wanted = frozenset({other.fingerprint})
        owned = observation.owned(self.versions, labels, wanted, self.form)
        version_id = owned.get(other.fingerprint)
        return (Beside.OLD_KEY if version_id else Beside.FOREIGN_KEY), version_id

    def _pending_fingerprint(self, labels: SecretLabels, current: Credential) -> Fingerprint | None:
        """Return the key of a rotation that may still promote it.

        A version that is AWSPREVIOUS was promoted before: without its voucher it does not come
        back, and a label that lingers, or was put there, must not keep its key for ever.
        """
        version_id = promotion.incomplete_version(labels)
        value = self.versions.read(version_id) if version_id else None
        if version_id is None or value is None:
            return None
        try:
            held = credential.read(value, self.form).fingerprint
        except MalformedSecret:
            return None
        claim = Claim(self.request.secret_id, version_id, held)
        over = version_id == labels.version_with(Stage.PREVIOUS)
        return None if over and check_vouched(labels, current.voucher_key, claim) else held

    def _stays(self, labels: SecretLabels, version_id: str) -> Stays | None:
        """Tell why the old key has to stay. A person's command asks for no reason."""
        if self.request.end_grace:
            return None
        created = self.versions.version_dates()
        facts = Facts(labels, created, self.retention, self.now, version_id)
        decided = staying.decide(facts, Asker.ERRAND)
        return decided if isinstance(decided, Stays) else None
