"""What the rotation function does for the retirement function: look at keys, retire an old one.

The retirement function knows dates and tasks and may read no value; this one may, and knows no
task. So that one says when, and this one finds whose key it is, once more, and unsets it.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime

from rotation.errors.secret import MalformedSecret
from rotation.keys import credential
from rotation.keys.credential import Credential
from rotation.keys.form import SecretForm
from rotation.ports import RotationAdmin, SecretVersions, UserKeys
from rotation.rules import labels as label_rules
from rotation.rules import old_key, promotion
from rotation.rules import staying as retention
from rotation.rules.decision import or_raise
from rotation.rules.errand import (
    Beside,
    KeyOperation,
    KeyReport,
    KeyRequest,
)
from rotation.rules.old_key import OtherKey
from rotation.rules.staying import Held, Retention
from rotation.rules.who import AllowedIdentities
from rotation.rules.words import (
    Fingerprint,
    SecretLabels,
    Stage,
)
from rotation.steps import altering, logins, observation


@dataclass(frozen=True)
class Errand:
    """One such invocation, with all that it touches."""

    request: KeyRequest
    versions: SecretVersions
    users: UserKeys
    allowed: AllowedIdentities
    form: SecretForm
    retention: Retention
    now: Callable[[], datetime]
    admin: RotationAdmin | None = None

    def run(self) -> KeyReport:
        """Look, and retire what is to be retired. Raises a RotationError.

        Raises CurrentKeyNotInstalled when AWSCURRENT's key does not log in or is in no slot.
        """
        labels = self.versions.labels()
        or_raise(label_rules.check_still_current(labels, self.request.version_id))
        _, current = observation.current(self.versions, labels, self.allowed, self.form)
        if not isinstance(current, Credential):
            return KeyReport(current.user, Beside.NOTHING, because="the secret holds no key yet")
        with closing(logins.as_current(self.users, current)) as session:
            user = session.describe()
            other = or_raise(old_key.find_other_key(user.slots, current.fingerprint))
            beside, version_id = self._whose(labels, other)
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
            if held := self._held(labels, version_id):
                return replace(found, because=held.because)
            alterer = altering.who_alters(self.admin, current.account)
            basis = altering.Basis(self.versions, session, labels, user, fresh=False)
            altering.retire(alterer, basis, other.slot)
            return replace(found, retired=other.fingerprint)

    def _whose(self, labels: SecretLabels, other: OtherKey) -> tuple[Beside, str | None]:
        """Tell whose the other key is; for one of ours also a version that holds it."""
        if other.fingerprint is None:
            return Beside.NOTHING, None
        if other.fingerprint == self._pending_fingerprint(labels):
            return Beside.PENDING_KEY, None
        wanted = frozenset({other.fingerprint})
        owned = observation.owned(self.versions, labels, wanted, self.form)
        version_id = owned.get(other.fingerprint)
        return (Beside.OLD_KEY if version_id else Beside.FOREIGN_KEY), version_id

    def _pending_fingerprint(self, labels: SecretLabels) -> Fingerprint | None:
        version_id = labels.version_with(Stage.PENDING)
        if version_id is None or version_id == labels.version_with(Stage.CURRENT):
            return None
        value = self.versions.read(version_id)
        try:
            return credential.read(value, self.form).fingerprint if value else None
        except MalformedSecret:
            return None

    def _held(self, labels: SecretLabels, version_id: str) -> Held | None:
        """Tell whether the old key has to stay.

        While rotation is off a person may be putting an old key back, label and all.
        """
        if self.request.end_grace:
            return None
        if not labels.rotation_enabled:
            return Held("rotation is switched off")
        created = self.versions.version_dates()
        if retention.under_way(labels, created, self.now()):
            return Held("a rotation is under way: AWSPENDING was filled minutes ago")
        if not retention.was_ever_current(version_id, labels, created):
            return None
        promoted = promotion.find_promotion(labels, created)
        if not self.retention.keeps and not (promoted and promoted.by_rotation):
            # Before a rotation both keys may be in use, as when a secret has just been attached.
            return Held("no rotation moved AWSCURRENT to its version")
        return retention.in_grace(self.retention, labels, created, self.now())
