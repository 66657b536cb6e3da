"""A secret's replica in another Region or account: it follows late, or not at all.

DescribeSecret tells how replication stands, and that may be behind too.
https://docs.aws.amazon.com/secretsmanager/latest/userguide/cross-account-replicate-secrets.html
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rotation.rules.words import Fingerprint

WHERE = "eu-central-1"
READERS = "whoever reads the replica"
_STATUS_LAGS = timedelta(minutes=2)


@dataclass(frozen=True)
class Replica:
    """``version_id`` and ``key`` are what it serves.

    ``behind_since`` is when AWSCURRENT moved away from that version, None while it is the same.
    ``astray``: a person moved the label away and back, which leaves no trace in the dates.
    """

    version_id: str | None
    key: Fingerprint | None
    behind_since: datetime | None = None
    fails: bool = False
    detached: bool = False
    astray: bool = False

    def status(self, now: datetime) -> str:
        """Return AWS's word; InSync stays for a while when it is true no more."""
        if self.detached:
            return "Detached"
        if self.behind_since is None or now < self.behind_since + _STATUS_LAGS:
            return "InSync"
        return "Failed" if self.fails else "InProgress"

    @property
    def readers_key(self) -> Fingerprint | None:
        """The key that its readers get, None once it is a secret of its own."""
        return None if self.detached else self.key

    def is_unseen(self, now: datetime) -> bool:
        """Tell whether neither a date nor the status can show that it serves another key."""
        return self.astray and self.status(now) == "InSync"

    def left_at(self, current_id: str | None, now: datetime) -> "Replica":
        """Go on serving the version it had, though AWSCURRENT is this one now."""
        if self.version_id == current_id:
            return replace(self, behind_since=None, astray=False)
        return replace(self, behind_since=self.behind_since or now)

    def synced(self, version_id: str | None, key: Fingerprint | None) -> "Replica":
        """Serve AWSCURRENT's version, unless replication fails."""
        if self.fails or self.detached:
            return self
        return Replica(version_id, key)
