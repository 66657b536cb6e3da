"""In-memory ports that can refuse. Logins are decided by the keys that the slots hold."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from rotation.errors.admin import SlotsNotVisible
from rotation.errors.aws_answers import SecretsManagerError
from rotation.errors.base import RotationError
from rotation.errors.snowflake_answers import KeyRejected, StatementFailed
from rotation.keys.credential import Credential
from rotation.ports import AdminLogin
from rotation.rules.words import (
    Fingerprint,
    SecretLabels,
    Sensitive,
    Slot,
    SlotFingerprints,
    Stage,
    UserDescription,
)
from tests.shared import keys

CREATED = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class FakeVersions:
    """A secret in memory. ``failures`` maps a method's name to the error it raises."""

    values: dict[str, str | None] = field(default_factory=dict)
    stages: dict[str, set[str]] = field(default_factory=dict)
    rotation_enabled: bool = True
    failures: dict[str, RotationError] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    created: dict[str, datetime] = field(default_factory=dict)
    last_rotated: datetime | None = None
    last_changed: datetime | None = None
    replicas: dict[str, str] = field(default_factory=dict)
    vouchers: dict[str, set[str]] = field(default_factory=dict)

    def _called(self, method: str) -> None:
        self.calls.append(method)
        if method in self.failures:
            raise self.failures[method]

    def labels(self) -> SecretLabels:
        self._called("labels")
        stages = {version: frozenset(labels) for version, labels in self.stages.items() if labels}
        return SecretLabels(
            self.rotation_enabled,
            stages,
            self.last_rotated,
            self.last_changed,
            dict(self.replicas),
            {version: frozenset(labels) for version, labels in self.vouchers.items() if labels},
        )

    def read(self, version_id: str) -> Sensitive[str] | None:
        assert version_id, "asked without a version, AWS reads AWSCURRENT"
        self._called("read")
        value = self.values.get(version_id)
        return None if value is None else Sensitive(value)

    def fill_pending(
        self,
        version_id: str,
        value: Sensitive[str],
        rotation_token: Sensitive[str] | None,
        voucher: str | None,
    ) -> bool:
        self._called("fill_pending")
        if self.values.get(version_id) is not None:
            return False
        self.vouchers = {**self.vouchers, version_id: {voucher} if voucher else set()}
        self.values[version_id] = value.reveal()
        self.token_seen = rotation_token
        return True

    def remove_label(self, version_id: str, label: str) -> None:
        self._called("remove_label")
        if label not in self.vouchers.get(version_id, set()):
            raise SecretsManagerError("no such label on this version")
        self.vouchers[version_id].discard(label)

    def promote(self, version_id: str, *, instead_of: str) -> None:
        self._called("promote")
        assert Stage.CURRENT in self.stages[instead_of], "AWS refuses this"
        for labels in self.stages.values():
            labels.discard(Stage.PREVIOUS)
        self.stages[instead_of] = {Stage.PREVIOUS}
        self.stages[version_id] = {Stage.CURRENT}

    def version_dates(self) -> dict[str, datetime]:
        self._called("version_dates")
        return {version: self.created.get(version, CREATED) for version in self.values}


@dataclass
class FakeUser:
    """A Snowflake user in memory: who may log in is decided by its slots alone."""

    name: str = keys.USER
    login_name: str = keys.USER
    one: Fingerprint | None = None
    two: Fingerprint | None = None
    failures: dict[str, RotationError] = field(default_factory=dict)
    rejections: int = 0
    calls: list[str] = field(default_factory=list)
    stores: bool = True
    named_pairs: frozenset[Fingerprint] = frozenset()

    def log_in(self, credential: Credential) -> "FakeSession":
        self.called("log_in")
        known = credential.fingerprint in {self.one, self.two, *self.named_pairs}
        if self.rejections:
            self.rejections -= 1
            known = False
        if not known:
            raise KeyRejected("no such key.", code=394304)
        return FakeSession(self)

    def called(self, method: str) -> None:
        self.calls.append(method)
        if method in self.failures:
            raise self.failures[method]


class FakeSession:
    """An open session; ``close`` is counted, like every call."""

    def __init__(self, user: FakeUser) -> None:
        self._user = user

    def current_user(self) -> str:
        self._user.called("current_user")
        return self._user.name

    def describe(self) -> UserDescription:
        self._user.called("describe")
        slots = SlotFingerprints(
            self._user.one, self._user.two, {Slot.ONE: "2026-01-01", Slot.TWO: "2026-02-02"}
        )
        return UserDescription(self._user.name, self._user.login_name, slots)

    def named_key_pairs(self) -> frozenset[Fingerprint]:
        self._user.called("named_key_pairs")
        return self._user.named_pairs

    def install_key(self, user: str, slot: Slot, public_key_body: str) -> None:
        self._user.called("install_key")
        assert user == self._user.name, "ALTER USER takes the NAME"
        names = ("current", "pending", "previous", "abandoned")
        bodies = {_body(name): keys.fingerprint(name) for name in names}
        bodies |= {_body(f"made {n}"): keys.fingerprint(f"made {n}") for n in range(3)}
        if public_key_body not in bodies:
            raise StatementFailed("not a key of this test.", code=390000)
        if self._user.stores:
            self._put(slot, bodies[public_key_body])

    def retire_key(self, user: str, slot: Slot) -> None:
        self._user.called("retire_key")
        assert user == self._user.name, "ALTER USER takes the NAME"
        self._put(slot, None)

    def close(self) -> None:
        self._user.called("close")

    def _put(self, slot: Slot, held: Fingerprint | None) -> None:
        match slot:
            case Slot.ONE:
                self._user.one = held
            case Slot.TWO:
                self._user.two = held


@dataclass
class FakeAdmin:
    """A rotation admin of one user. ``failures`` and ``calls`` are as the user's."""

    user: FakeUser
    owns: bool = True
    failures: dict[str, RotationError] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda _: None

    def read(self, account: str) -> AdminLogin:
        self.called("read")
        return AdminLogin(account)

    def log_in(self, login: AdminLogin) -> "FakeAdminSession":
        assert login.account == keys.ACCOUNT
        self.called("log_in")
        return FakeAdminSession(self)

    def called(self, method: str) -> None:
        self.before(method)
        self.calls.append(method)
        self.user.calls.append(f"admin.{method}")
        if method in self.failures:
            raise self.failures[method]


class FakeAdminSession:
    """An open session of the admin; it alters as the user's own session would."""

    def __init__(self, admin: FakeAdmin) -> None:
        self._admin = admin
        self._session = FakeSession(admin.user)

    def describe_user(self, name: str) -> UserDescription:
        self._admin.called("describe_user")
        if not self._admin.owns or name != self._admin.user.name:
            raise SlotsNotVisible("not yours.", code=2003)
        return self._session.describe()

    def install_key(self, user: str, slot: Slot, public_key_body: str) -> None:
        self._admin.called("install_key")
        self._session.install_key(user, slot, public_key_body)

    def retire_key(self, user: str, slot: Slot) -> None:
        self._admin.called("retire_key")
        self._session.retire_key(user, slot)

    def close(self) -> None:
        self._admin.called("close")


def _body(name: str) -> str:
    from rotation.keys import pair  # noqa: PLC0415

    return pair.public_key_body(keys.key(name).public_key())
