"""A secret and a user after a rotation, for the errands of the retirement function."""

from dataclasses import dataclass, field
from datetime import timedelta

from rotation.keys.form import AWS_FORM, SecretForm
from rotation.rules.errand import (
    Beside,
    KeyOperation,
    KeyReport,
    KeyRequest,
)
from rotation.rules.retention import Retention
from rotation.rules.who import AllowedIdentities, NamePatterns
from rotation.rules.words import Slot, Stage
from rotation.steps.errand import Errand
from tests.shared import keys
from tests.shared.dated import (
    ARN,
    DAY,
    IN_GRACE,
    NOW,
    SECOND,
    ago,
)
from tests.shared.fakes import FakeAdmin, FakeUser, FakeVersions
from tests.shared.steps import CURRENT, OLD, PENDING

LOOKED = ["log_in", "describe", "close"]


@dataclass
class World:
    """A rotation was completed two days ago; the key before it is in slot one."""

    versions: FakeVersions = field(
        default_factory=lambda: FakeVersions(
            values={
                OLD: keys.secret_text("previous"),
                CURRENT: keys.secret_text("current"),
            },
            stages={OLD: {Stage.PREVIOUS}, CURRENT: {Stage.CURRENT}},
        )
    )
    user: FakeUser = field(
        default_factory=lambda: FakeUser(
            one=keys.fingerprint("previous"), two=keys.fingerprint("current")
        )
    )
    retention: Retention = IN_GRACE
    admin: FakeAdmin | None = None
    form: SecretForm = AWS_FORM

    def __post_init__(self) -> None:
        self.rotated(2 * DAY)

    def rotated(self, since: timedelta) -> None:
        when = ago(since)
        self.versions.last_rotated = self.versions.last_changed = when
        self.versions.created = {OLD: when - 30 * DAY, CURRENT: when - SECOND, PENDING: NOW}

    def add_pending(self, key: str, age: timedelta) -> None:
        self.versions.values[PENDING] = keys.secret_text(key)
        self.versions.stages[PENDING] = {Stage.PENDING}
        self.versions.created[PENDING] = ago(age)

    def run(
        self,
        operation: KeyOperation = KeyOperation.RETIRE,
        version_id: str = CURRENT,
        *,
        end_grace: bool = False,
    ) -> KeyReport:
        return Errand(
            request=KeyRequest(operation, ARN, version_id, end_grace),
            versions=self.versions,
            users=self.user,
            allowed=AllowedIdentities(NamePatterns(("MYORG-*",)), NamePatterns(("SVC_*",))),
            form=self.form,
            retention=self.retention,
            now=NOW,
            admin=self.admin,
        ).run()

    def kept(self) -> bool:
        return "retire_key" not in self.user.calls


def found(beside: Beside, key: str, slot: Slot = Slot.ONE, **told: str) -> KeyReport:
    held, since = keys.fingerprint(key), "2026-01-01" if slot is Slot.ONE else "2026-02-02"
    retired = held if "retired" in told else None
    because, current = told.get("because", ""), keys.fingerprint("current")
    return KeyReport(keys.USER, beside, slot, held, since, retired, because, current)
