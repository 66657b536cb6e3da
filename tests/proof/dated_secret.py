"""A secret with the dates that AWS keeps of it.

CreatedDate is a version's; RotateSecret makes it, empty. LastChangedDate moves with every
modification, of labels and tags too. LastRotatedDate is written when the service has seen
finishSecret succeed, and LastChangedDate with it.
https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from rotation.rules.words import Fingerprint, SecretLabels, Stage
from tests.proof.cloning import changed
from tests.proof.replica import WHERE, Replica
from tests.proof.secret import BEGINNING, Secret


@dataclass
class DatedSecret(Secret):
    """``now`` is set by the world. ``whole_seconds``: dates are cut, as some SDKs have them.

    ``rotated_to`` is the version that the last rotation promoted. ``ceased`` is when a key stopped
    being AWSCURRENT's, however that came. ``edits`` counts modifications while AWSCURRENT is not
    where a rotation put it: its dates then tell no more than that it moved before the last one.
    ``replica`` is None for a secret that is not replicated.
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
    replica: Replica | None = None

    def clone(self) -> "DatedSecret":
        return changed(
            self,
            versions=dict(self.versions),
            created=dict(self.created),
            ceased=dict(self.ceased),
        )

    def labels(self) -> SecretLabels:
        found = super().labels()
        replicas = {WHERE: self.replica.status(self.now)} if self.replica else {}
        return changed(
            found,
            last_rotated=self.last_rotated,
            last_changed=self.last_changed,
            replicas=replicas,
        )

    def version_dates(self) -> dict[str, datetime]:
        return {version: self.created[version] for version in self.versions}

    def put(self, version_id: str, value: str, *stages: str) -> None:
        self.created.setdefault(version_id, self.dated(self.now))
        self._modified(lambda: super(DatedSecret, self).put(version_id, value, *stages))

    def begin_version(self, version_id: str) -> None:
        self.created.setdefault(version_id, self.dated(self.now))
        self._modified(lambda: super(DatedSecret, self).begin_version(version_id))

    def attach(self, stage: str, version_id: str) -> None:
        self._modified(lambda: super(DatedSecret, self).attach(stage, version_id))

    def detach(self, stage: str) -> None:
        self._modified(lambda: super(DatedSecret, self).detach(stage))

    def completed(self) -> None:
        super().completed()
        self.last_rotated = self.dated(self.now)
        self.rotated_to = self.holder(Stage.CURRENT)
        self.touch()

    # --- the replica ------------------------------------------------------------------------

    @property
    def is_replicated(self) -> bool:
        return self.replica is not None and not self.replica.detached

    def replicate(self) -> None:
        """Give it a replica, which has all."""
        self.replica = Replica(self.holder(Stage.CURRENT), self.fingerprint_with(Stage.CURRENT))

    def replica_syncs(self) -> None:
        if self.replica:
            current = self.holder(Stage.CURRENT)
            self.replica = self.replica.synced(current, self.fingerprint_with(Stage.CURRENT))

    def replication_fails(self) -> None:
        if self.replica:
            self.replica = changed(self.replica, fails=True)

    def replication_is_mended(self) -> None:
        if self.replica:
            self.replica = changed(self.replica, fails=False)

    def replica_is_detached(self) -> None:
        """It is a secret of its own from now on."""
        if self.replica:
            self.replica = changed(self.replica, detached=True)

    def replica_goes_astray(self) -> None:
        if self.replica and self.replica.behind_since:
            self.replica = changed(self.replica, astray=True)

    # --- dates ------------------------------------------------------------------------------

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
        if self.replica:
            self.replica = self.replica.left_at(self.holder(Stage.CURRENT), self.now)
        if self.changes != changes:
            self.touch()

    def dated(self, when: datetime) -> datetime:
        """Return a date as AWS tells it."""
        return when.replace(microsecond=0) if self.whole_seconds else when
