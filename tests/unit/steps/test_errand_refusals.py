"""The retirement function's errand: what keeps a key from being unset."""

from collections.abc import Callable

import pytest

from rotation.errors.admin import AdminLoginRejected
from rotation.errors.aws_answers import SecretsManagerDenied
from rotation.errors.base import RotationError
from rotation.errors.secret import IdentityNotAllowed, NoCurrentVersion
from rotation.errors.slots import CurrentKeyNotInstalled, Overtaken
from rotation.errors.snowflake_answers import LoginRejected, SnowflakeUnreachable
from rotation.rules.errand import Beside, KeyOperation
from rotation.rules.words import Stage
from tests.shared import keys
from tests.shared.dated import DAY, HOUR
from tests.shared.errands import LOOKED, World
from tests.shared.fakes import FakeAdmin, FakeVersions
from tests.shared.steps import CURRENT, OLD, PENDING


@pytest.fixture
def world() -> World:
    return World()


def empty(world: World) -> None:
    world.versions.values[CURRENT] = None


def moved_on(world: World) -> None:
    world.versions.stages = {CURRENT: {Stage.PREVIOUS}, OLD: {Stage.CURRENT}}


def not_allowed(world: World) -> None:
    world.versions.values[CURRENT] = keys.secret_text("current", user="ADMIN")


def not_installed(world: World) -> None:
    world.user.two = None


def wrong_clock(world: World) -> None:
    world.user.failures["log_in"] = LoginRejected("clock.", code=394302)


def unreachable(world: World) -> None:
    world.user.failures["describe"] = SnowflakeUnreachable("down.")


def denied(world: World) -> None:
    world.versions.failures["version_dates"] = SecretsManagerDenied("no.")


@pytest.mark.parametrize(
    ("arrange", "error", "calls"),
    [
        (empty, NoCurrentVersion, []),
        (moved_on, Overtaken, []),
        (not_allowed, IdentityNotAllowed, []),
        (not_installed, CurrentKeyNotInstalled, ["log_in"]),
        (wrong_clock, LoginRejected, ["log_in"]),
        (unreachable, SnowflakeUnreachable, LOOKED),
        (denied, SecretsManagerDenied, LOOKED),
    ],
)
def test_a_refusal_unsets_nothing(
    arrange: Callable[[World], None], error: type[RotationError], calls: list[str]
) -> None:
    world = World()
    arrange(world)
    with pytest.raises(error):
        world.run()
    assert world.user.calls == calls
    assert world.user.one == keys.fingerprint("previous")


@pytest.mark.parametrize("operation", KeyOperation)
def test_a_current_key_from_outside_the_slots_is_told_and_nothing_is_unset(
    operation: KeyOperation,
) -> None:
    world = World()
    world.user.two, world.user.named_pairs = None, frozenset({keys.fingerprint("current")})
    report = world.run(operation)
    assert (report.beside, report.retired) == (Beside.NAMED_KEY_PAIR, None)
    assert report.current == keys.fingerprint("current")
    assert world.user.calls == LOOKED
    assert world.user.one == keys.fingerprint("previous")


def move_label(world: World) -> None:
    world.versions.stages = {OLD: {Stage.CURRENT}, CURRENT: {Stage.PREVIOUS}}


def begin_rotation(world: World) -> None:
    world.versions.stages[PENDING] = {Stage.PENDING}


def set_slot(world: World) -> None:
    world.user.one = keys.fingerprint("pending")


def take_current(world: World) -> None:
    world.user.two = None


class TestWhatMovedSinceTheLook:
    """The last look is right before the UNSET: it is the last moment to notice."""

    @pytest.mark.parametrize("happens", [move_label, begin_rotation, set_slot, take_current])
    def test_stops_the_retirement(self, world: World, happens: Callable[[World], None]) -> None:
        class Moving(FakeVersions):
            def version_dates(self) -> dict[str, object]:  # type: ignore[override]
                happens(world)
                return super().version_dates()  # type: ignore[return-value]

        before = world.versions
        world.versions = Moving(before.values, before.stages)
        world.rotated(2 * DAY)
        with pytest.raises(Overtaken):
            world.run()
        assert world.user.calls == ["log_in", "describe", "describe", "close"]

    @pytest.mark.parametrize("happens", [move_label, begin_rotation, set_slot, take_current])
    def test_stops_it_when_that_was_during_the_admins_login(
        self, world: World, happens: Callable[[World], None]
    ) -> None:
        def meanwhile(method: str) -> None:
            if method == "log_in":
                happens(world)

        world.admin = FakeAdmin(world.user, before=meanwhile)
        with pytest.raises(Overtaken):
            world.run()
        assert world.admin.calls == ["read", "log_in", "close"]


class TestWithAnAdmin:
    def test_the_user_looks_and_the_admin_unsets(self, world: World) -> None:
        world.admin = FakeAdmin(world.user)
        assert world.run().retired == keys.fingerprint("previous")
        assert world.user.calls == [
            *("log_in", "describe", "admin.read", "admin.log_in", "describe"),
            *("admin.retire_key", "retire_key", "admin.close", "close"),
        ]

    @pytest.mark.parametrize("operation", list(KeyOperation))
    def test_a_look_and_a_key_in_its_grace_need_none(
        self, world: World, operation: KeyOperation
    ) -> None:
        world.admin = FakeAdmin(world.user)
        world.rotated(HOUR)
        world.run(operation)
        assert world.admin.calls == []

    @pytest.mark.parametrize("method", ["read", "log_in", "retire_key"])
    def test_the_users_session_is_closed_when_the_admin_fails(
        self, world: World, method: str
    ) -> None:
        world.admin = FakeAdmin(world.user)
        world.admin.failures[method] = AdminLoginRejected("no.", code=394304)
        with pytest.raises(AdminLoginRejected):
            world.run()
        assert world.user.calls[-1] == "close"
        assert world.user.one == keys.fingerprint("previous")


def test_a_current_key_that_is_rejected_is_named_with_its_user_and_account(world: World) -> None:
    not_installed(world)
    with pytest.raises(CurrentKeyNotInstalled) as caught:
        world.run()
    assert caught.value.found == (
        f"Snowflake rejects AWSCURRENT's key {keys.fingerprint('current')} for user "
        f"'{keys.USER}' of account {keys.ACCOUNT!r} (code 394304)."
    )
