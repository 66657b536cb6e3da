"""A secret with the dates that AWS keeps of it.

CreatedDate is a version's; RotateSecret makes it, empty. LastChangedDate moves with every
modification, of labels and tags too. LastRotatedDate is written when the service has seen
finishSecret succeed, and LastChangedDate with it.
https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from rotation.model import Fingerprint, SecretLabels, Stage
from tests.proof.secret import BEGINNING, Secret


@dataclass
class DatedSecret(Secret):
    """``now`` is set by the world. ``whole_seconds``: dates are cut, as some SDKs have them.

    ``rotated_to`` is the version that the last rotation promoted. ``ceased`` is when a key stopped
    being AWSCURRENT's, however that came. ``edits`` counts modifications while AWSCURRENT is not
    where a rotation put it: its dates then tell no more than that it moved before the last one.
    """

    now: datetime = BEGINNING
    whole_seconds: bool = False
    created: dict[str, datetime] = field(default_factory=dict)
    last_rotated: datetime | None = None
    rotated_to: str | None = None
    edits: int = 0
    last_changed: datetime | None = None
    changed_before: tuple[datetime, ...] = ()
    ceased: dict[Fingerprint, datetime] = field(default_factory=dict)

    def clone(self) -> "DatedSecret":
        return replace(
            self,
            versions=dict(self.versions),
            created=dict(self.created),
            ceased=dict(self.ceased),
        )

    def labels(self) -> SecretLabels:
        found = super().labels()
        return SecretLabels(
            found.rotation_enabled, found.versions, self.last_rotated, self.last_changed
        )

    def version_dates(self) -> dict[str, datetime]:
        return {version: self.created[version] for version in self.versions}

    def put(self, version_id: str, value: str, *stages: Stage) -> None:
        self.created.setdefault(version_id, self.dated(self.now))
        self._modified(lambda: super(DatedSecret, self).put(version_id, value, *stages))

    def begin_version(self, version_id: str) -> None:
        self.created.setdefault(version_id, self.dated(self.now))
        self._modified(lambda: super(DatedSecret, self).begin_version(version_id))

    def attach(self, stage: Stage, version_id: str) -> None:
        self._modified(lambda: super(DatedSecret, self).attach(stage, version_id))

    def detach(self, stage: Stage) -> None:
        self._modified(lambda: super(DatedSecret, self).detach(stage))

    def completed(self) -> None:
        self.last_rotated = self.dated(self.now)
        self.rotated_to = self.holder(Stage.CURRENT)
        self.touch()

    def touch(self) -> None:
        """Any modification, such as a tag's."""
        self.changes += 1
        self.edits += self.rotated_to != self.holder(Stage.CURRENT)
        self.last_changed = self.dated(self.now)
        self.changed_before = (*self.changed_before[-9:], self.last_changed)

    def _modified(self, change: Callable[[], None]) -> None:
        before, changes = self.fingerprint_with(Stage.CURRENT), self.changes
        change()
        after = self.fingerprint_with(Stage.CURRENT)
        if before is not None and before != after:
            self.ceased[before] = self.now
        if self.changes != changes:
            self.touch()

    def dated(self, when: datetime) -> datetime:
        """Return a date as AWS tells it."""
        return when.replace(microsecond=0) if self.whole_seconds else when
