"""One secret and one user in memory, and the step that is run on them."""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from rotation.errors.base import RotationError
from rotation.errors.slots import PreviousKeyInGrace
from rotation.keys import credential
from rotation.keys.form import AWS_FORM, SecretForm
from rotation.rules.events import RotationRequest
from rotation.rules.retention import AT_ONCE, Retention
from rotation.rules.vouching import Claim, voucher
from rotation.rules.who import AllowedIdentities, NamePatterns
from rotation.rules.words import Sensitive, Stage, Step
from rotation.steps.report import StepReport
from rotation.steps.rotation import Rotation
from tests.shared import keys
from tests.shared.dated import (
    ARN,
    DAY,
    HOUR,
    NOW,
    SECOND,
    ago,
)
from tests.shared.fakes import FakeAdmin, FakeUser, FakeVersions

# The versions' ids.
PENDING, CURRENT, OLD, LEFT = "v-pending", "v-current", "v-previous", "v-abandoned"
# A team's own names of a secret's fields.
NAMES = {"account": "sfAccount", "user": "sfUser", "privateKey": "pem", "publicKey": "pub"}
GRACE = Retention(timedelta(hours=24), function_name="rotation-retirement")


def renamed(text: str) -> str:
    """Return a secret with the team's names."""
    return json.dumps({NAMES.get(name, name): value for name, value in json.loads(text).items()})


@dataclass
class World:
    """The state in which setSecret finds them."""

    versions: FakeVersions = field(
        default_factory=lambda: FakeVersions(
            values={CURRENT: keys.secret_text("current"), PENDING: keys.secret_text("pending")},
            stages={CURRENT: {Stage.CURRENT}, PENDING: {Stage.PENDING}},
        )
    )
    user: FakeUser = field(default_factory=lambda: FakeUser(one=keys.fingerprint("current")))
    pauses: list[float] = field(default_factory=list)
    allowed: AllowedIdentities = field(
        default_factory=lambda: AllowedIdentities(
            NamePatterns(("MYORG-*",)), NamePatterns(("SVC_*",))
        )
    )
    form: SecretForm = AWS_FORM
    admin: FakeAdmin | None = None
    retention: Retention = AT_ONCE
    vouched: bool = True

    def rotation(self, step: Step, version_id: str = PENDING) -> Rotation:
        if self.vouched:
            self.vouch()
        return Rotation(
            request=RotationRequest(step, ARN, version_id, Sensitive("token")),
            versions=self.versions,
            users=self.user,
            allowed=self.allowed,
            form=self.form,
            key_size_bits=2048,
            pause=self.pauses.append,
            admin=self.admin,
            retention=self.retention,
            now=NOW,
        )

    def vouch(self) -> None:
        """Let AWSPENDING be what createSecret made: AWSCURRENT's key vouches for what it holds."""
        values = {v: self.versions.values.get(v) for v in (CURRENT, PENDING)}
        if Stage.PENDING not in self.versions.stages.get(PENDING, ()):
            return
        with suppress(RotationError, TypeError):
            current, pending = (
                credential.read(Sensitive(values[v] or ""), self.form) for v in (CURRENT, PENDING)
            )
            claim = Claim(ARN, PENDING, pending.fingerprint)
            self.versions.vouchers[PENDING] = {voucher(current.voucher_key, claim)}

    def run(self, step: Step, version_id: str = PENDING) -> StepReport:
        return self.rotation(step, version_id).run()

    def fails(self, step: Step) -> RotationError:
        with pytest.raises(RotationError) as caught:
            self.run(step)
        return caught.value

    def add_version(self, version_id: str, key: str, *stages: Stage) -> None:
        self.versions.values[version_id] = keys.secret_text(key)
        self.versions.stages[version_id] = {*stages}


@dataclass
class WorldInGrace(World):
    """The same secret and user, an hour after a rotation; the old key is in slot two."""

    retention: Retention = GRACE
    order: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.add_version(OLD, "previous", Stage.PREVIOUS)
        self.user.two = keys.fingerprint("previous")
        self.rotated(HOUR)
        self.versions.calls = self.user.calls = self.order

    def rotated(self, since: timedelta) -> None:
        when = ago(since)
        self.versions.last_rotated = self.versions.last_changed = when
        made = {OLD: when - 30 * DAY, CURRENT: when - SECOND, PENDING: NOW, LEFT: when + SECOND}
        self.versions.created = made

    def refused(self) -> PreviousKeyInGrace:
        with pytest.raises(PreviousKeyInGrace) as caught:
            self.run(Step.SET_SECRET)
        assert self.user.two == keys.fingerprint("previous")
        assert "install_key" not in self.order
        assert self.order[-1] == "close"
        return caught.value


def administered() -> World:
    """Return the same secret and user, altered by an admin."""
    world = World()
    world.admin = FakeAdmin(world.user)
    return world


def admin_of(world: World) -> FakeAdmin:
    assert world.admin is not None
    return world.admin
