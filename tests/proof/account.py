"""Snowflake's users in memory, and a rotation admin. Implements the Snowflake ports."""

from dataclasses import dataclass, field

from rotation.errors.admin import AdminLoginRejected, AdminPrivilegeMissing, SlotsNotVisible
from rotation.errors.snowflake_answers import (
    InsufficientPrivilege,
    KeyRejected,
    LoginRejected,
    StatementFailed,
    UserLockedOrDisabled,
)
from rotation.keys.credential import Credential
from rotation.ports import AdminLogin
from rotation.rules.words import (
    Fingerprint,
    Slot,
    SlotFingerprints,
    UserDescription,
)
from tests.proof import keypool
from tests.proof.cloning import changed

LOCKED_AFTER_FAILURES = 5
"""Snowflake locks a user then. No page says whether rejected key-pair logins count."""


@dataclass(frozen=True)
class User:
    """A user and its two slots.

    ``may_alter``: whoever alters it, itself or the rotation admin, has the privilege.
    ``owned``: the admin's role owns it, and so may describe it.
    ``slow_logins``: so many logins with a new key are rejected before it is accepted.
    ``named_pairs`` let in too, and nobody here changes them.
    ``rejected_in_a_row`` is kept for watch.py; it locks the user only where ``locks`` is set.
    """

    name: str
    one: Fingerprint | None = None
    two: Fingerprint | None = None
    disabled: bool = False
    may_alter: bool = True
    owned: bool = False
    rejected_in_a_row: int = field(default=0, compare=False)
    locks: bool = False
    slow_logins: int = 0
    named_pairs: frozenset[Fingerprint] = frozenset()

    def __getitem__(self, slot: Slot) -> Fingerprint | None:
        return self.one if slot is Slot.ONE else self.two

    @property
    def slots(self) -> SlotFingerprints:
        return SlotFingerprints(self.one, self.two)

    @property
    def locked(self) -> bool:
        return self.locks and self.rejected_in_a_row >= LOCKED_AFTER_FAILURES

    def accepts(self, key: Fingerprint | None) -> bool:
        """Tell whether a login with this key succeeds."""
        installed = key is not None and key in self.slots.occupied | self.named_pairs
        return installed and not (self.disabled or self.locked)


@dataclass(frozen=True)
class OpenSession:
    """What a login returns; the session outlives the key that opened it."""

    user: str
    port: str = "session"


@dataclass
class Account:
    """All users by name. ``changes`` counts what was changed.

    ``administered``: a rotation admin alters users, and no user itself. ``admin_let_in``: the
    admin can log in.
    """

    users: dict[str, User] = field(default_factory=dict)
    changes: int = 0
    administered: bool = False
    admin_let_in: bool = True

    def clone(self) -> "Account":
        return changed(self, users=dict(self.users))

    def state(self) -> tuple[object, ...]:
        return (self.admin_let_in, *self.users.values())

    def change(self, name: str, **fields: object) -> None:
        """Change a user; anybody's hand."""
        self.changes += 1
        self.users[name] = changed(self.users[name], **fields)

    def put(self, name: str, slot: Slot, key: Fingerprint | None) -> None:
        """Set or unset a slot; anybody's hand."""
        self.change(name, **{"one" if slot is Slot.ONE else "two": key})

    def log_in(self, credential: Credential) -> OpenSession:
        user = self.users.get(credential.user.upper())
        if user is None:
            raise LoginRejected("The token's user is unknown.", code=394300)
        if user.locked or user.disabled:
            raise UserLockedOrDisabled("The user is locked or disabled.", code=390102)
        if user.slow_logins and credential.fingerprint == user.two:
            self.users[user.name] = changed(user, slow_logins=user.slow_logins - 1)
            raise KeyRejected("The key is not accepted yet.", code=390144)
        if not user.accepts(credential.fingerprint):
            self._count_failure(user)
            raise KeyRejected("The key is in neither slot.", code=390144)
        self.users[user.name] = changed(user, rejected_in_a_row=0)
        return OpenSession(user.name)

    def _count_failure(self, user: User) -> None:
        failed = changed(user, rejected_in_a_row=user.rejected_in_a_row + 1)
        self.users[user.name] = failed
        self.changes += failed.locked


@dataclass(frozen=True)
class Altering:
    """What the sessions of a user and of the admin have in common."""

    account: Account

    def install_key(self, user: str, slot: Slot, public_key_body: str) -> None:
        self._require_privilege(user)
        self.account.put(user, slot, keypool.fingerprint_of_body(public_key_body))

    def retire_key(self, user: str, slot: Slot) -> None:
        self._require_privilege(user)
        self.account.put(user, slot, None)

    def close(self) -> None:
        """Ending a session changes nothing here."""

    def _require_privilege(self, user: str) -> None:
        raise NotImplementedError


@dataclass(frozen=True)
class Session(Altering):
    """A session of one user, with the account as it stands at the call."""

    user: str

    def current_user(self) -> str:
        return self.user

    def describe(self) -> UserDescription:
        user = self._existing()
        return UserDescription(user.name, user.name, user.slots)

    def named_key_pairs(self) -> frozenset[Fingerprint]:
        return self._existing().named_pairs

    def _require_privilege(self, user: str) -> None:
        if user != self.user:
            raise AssertionError(f"{self.user} alters {user}")
        if self.account.administered or not self._existing().may_alter:
            raise InsufficientPrivilege("The role may not do this.", code=3001)

    def _existing(self) -> User:
        if self.user not in self.account.users:
            raise StatementFailed("The user does not exist.", code=2003)
        return self.account.users[self.user]


@dataclass(frozen=True)
class Admin:
    """The rotation admin; its own key is of no interest here."""

    account: Account

    def read(self, account: str) -> AdminLogin:
        return AdminLogin(account)

    def log_in(self, login: AdminLogin) -> OpenSession:  # noqa: ARG002 (the port's)
        if not self.account.admin_let_in:
            raise AdminLoginRejected("The rotation admin is not let in.", code=390144)
        return OpenSession("ADMIN", "admin session")


@dataclass(frozen=True)
class AdminSession(Altering):
    """A session of the rotation admin, with the account as it stands at the call."""

    def describe_user(self, name: str) -> UserDescription:
        user = self.account.users.get(name)
        if user is None or not user.owned:
            raise SlotsNotVisible("The rotation admin may not describe the user.", code=2003)
        return UserDescription(user.name, user.name, user.slots)

    def _require_privilege(self, user: str) -> None:
        if not self.account.users[user].may_alter:
            raise AdminPrivilegeMissing("The admin's role may not do this.", code=3001)
