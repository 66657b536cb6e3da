"""One secret or more, one Snowflake account, and what was seen to go wrong."""

from dataclasses import dataclass, field
from datetime import datetime

from rotation.rules.retention import AT_ONCE, Retention
from rotation.rules.words import Fingerprint, Slot, Stage
from tests.proof import keypool
from tests.proof.account import Account, Admin, AdminSession, OpenSession, Session, User
from tests.proof.cloning import changed
from tests.proof.nobody_else import NobodyElse
from tests.proof.secret import BEGINNING, Secret, Version

APP, SERVICE = "app", "SVC_APP"


@dataclass(frozen=True)
class Violation:
    """A broken invariant.

    ``overtaken``: what the step relied on was changed by somebody else between the step's
    latest effect and this one, so that no reading again could have shown it.
    """

    kind: str
    story: tuple[str, ...]
    overtaken: bool = False


@dataclass(frozen=True)
class Clock:
    """Time passes for nobody here: a pause is an effect at which others may go on."""

    def pause(self, seconds: float) -> None:
        """Let others go on."""


@dataclass
class World(NobodyElse):
    """Everything outside the function. ``story`` tells what happened, in order."""

    secrets: dict[str, Secret] = field(default_factory=dict)
    account: Account = field(default_factory=Account)
    drawn: int = 0
    begun: int = 0
    now: datetime = BEGINNING
    retention: Retention = AT_ONCE
    rolls_begun: int = 0
    story: tuple[str, ...] = ()
    violations: tuple[Violation, ...] = ()

    def clone(self) -> "World":
        secrets = {name: secret.clone() for name, secret in self.secrets.items()}
        return changed(self, secrets=secrets, account=self.account.clone())

    def state(self) -> tuple[object, ...]:
        """Return all that can make a difference later, to compare worlds.

        How many keys and versions were drawn makes none: the next one is new in any case.
        """
        secrets = tuple(secret.state() for secret in self.secrets.values())
        broken = tuple((one.kind, one.overtaken) for one in self.violations)
        return (secrets, self.account.state(), broken)

    @property
    def changes(self) -> int:
        """How often anything was changed, by anybody."""
        return self.account.changes + self.secret_changes

    @property
    def secret_changes(self) -> int:
        return sum(secret.changes for secret in self.secrets.values())

    @property
    def app(self) -> Secret:
        return self.secrets[APP]

    @property
    def user(self) -> User:
        return self.account.users[SERVICE]

    def draw(self) -> int:
        """Return the number of a key that nobody has used."""
        self.drawn += 1
        return self.drawn - 1

    def resolve(self, target: tuple[str, str]) -> object:
        """Return what a call goes to: a secret, the account, a session or the clock."""
        kind, name = target
        match kind:
            case "secret":
                return self.secrets[name]
            case "session":
                return Session(self.account, name)
            case "admin":
                return Admin(self.account)
            case "admin session":
                return AdminSession(self.account)
            case "snowflake":
                return self.account
            case _:
                return Clock()

    def tell(self, sentence: str) -> None:
        self.story += (sentence,)

    def blame(self, kind: str, *, overtaken: bool = False) -> None:
        told = (*self.story, f"VIOLATION: {kind}", *self.describe())
        self.violations += (Violation(kind, told, overtaken),)

    def describe(self) -> tuple[str, str]:
        """Return the slots and the labels in words."""
        slots = ", ".join(f"{slot} {keypool.name(self.user[slot])}" for slot in Slot)
        labelled = [
            f"{'+'.join(sorted(one.labels)) or 'no label'} on {v} ({_key_in(one)})"
            for v, one in self.app.versions.items()
        ]
        return slots, ", ".join(labelled)

    def move_current(self, version_id: str) -> None:
        """UpdateSecretVersionStage, by hand."""
        self.app.attach(Stage.CURRENT, version_id)

    # --- invariants -------------------------------------------------------------------------

    def current_can_log_in(self, secret: Secret) -> bool:
        user = self.account.users.get(secret.current_user() or "")
        return user is not None and user.accepts(secret.fingerprint_with(Stage.CURRENT))

    def ours(self) -> frozenset[Fingerprint]:
        return self.app.ever_ours

    def planted_at_work(self) -> frozenset[Fingerprint]:
        """Return the planted keys that are in a slot or AWSCURRENT's."""
        if not self.app.planted:
            return frozenset()
        at_work = {*self.user.slots.occupied, self.app.fingerprint_with(Stage.CURRENT)}
        return self.app.planted & at_work

    def is_clean(self) -> bool:
        """AWSCURRENT's key in one slot and nothing of ours in the other."""
        current = self.app.fingerprint_with(Stage.CURRENT)
        held = [self.user[slot] for slot in Slot]
        others = [key for key in held if key != current]
        return (
            held.count(current) == 1
            and self.ours().isdisjoint(key for key in others if key)
            and self.current_can_log_in(self.app)
        )


def _key_in(version: Version) -> str:
    return keypool.name(keypool.fingerprint_of_secret(version.value)) if version.value else "empty"


def new_world() -> World:
    """Return a secret that rotates, whose key is in slot one of its user."""
    world = World()
    first = world.draw()
    secret = Secret(APP, SERVICE)
    secret.put("v-first", keypool.secret_text(first, SERVICE), Stage.CURRENT)
    world.secrets[APP] = secret
    world.account.users[SERVICE] = User(SERVICE, one=keypool.fingerprint(first))
    return world


def administered_world() -> World:
    """Return the same where a rotation admin alters the user."""
    world = new_world()
    world.account.administered = True
    return world


def world_without_key() -> World:
    """Return a secret that waits for its user's first key, and an admin who owns the user."""
    world = World()
    world.draw()  # the key that Terraform's code holds, in hands.py
    world.account.administered = True
    secret = Secret(APP, SERVICE)
    secret.put("v-first", keypool.text_without_key(SERVICE), Stage.CURRENT)
    world.secrets[APP] = secret
    world.account.users[SERVICE] = User(SERVICE, owned=True)
    return world


__all__ = [
    "APP",
    "SERVICE",
    "OpenSession",
    "Violation",
    "World",
    "administered_world",
    "new_world",
    "world_without_key",
]
