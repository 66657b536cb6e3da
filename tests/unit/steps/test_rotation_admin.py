"""The steps with a rotation admin: who does what, in which order, in which words."""

import pytest

from rotation.errors.admin import (
    AdminLoginRejected,
    AdminPrivilegeMissing,
    AdminSecretUnusable,
)
from rotation.errors.slots import (
    Overtaken,
)
from rotation.rules.words import (
    Stage,
    Step,
)
from tests.shared import keys
from tests.shared.steps import CURRENT, PENDING, World, admin_of, administered


@pytest.fixture
def world() -> World:
    return administered()


@pytest.fixture
def installed(world: World) -> World:
    """The state in which finishSecret finds them."""
    world.user.two = keys.fingerprint("pending")
    return world


class TestSetSecret:
    def test_reads_as_the_user_logs_the_admin_in_and_looks_again(self, world: World) -> None:
        world.run(Step.SET_SECRET)
        assert world.user.two == keys.fingerprint("pending")
        assert world.user.calls == [
            *("admin.read", "log_in", "describe"),
            *("admin.log_in", "describe", "admin.install_key", "install_key", "admin.close"),
            *("describe", "close"),
        ]
        assert world.versions.calls == ["labels", "read", "read", "labels"]

    def test_needs_no_admin_session_when_the_key_is_installed(self, installed: World) -> None:
        installed.run(Step.SET_SECRET)
        assert installed.user.calls == ["admin.read", "log_in", "describe", "close"]

    def test_reads_the_admins_secret_before_anybody_logs_in(self, world: World) -> None:
        admin_of(world).failures["read"] = AdminSecretUnusable("no.")
        assert isinstance(world.fails(Step.SET_SECRET), AdminSecretUnusable)
        assert world.user.calls == ["admin.read"]

    def test_stops_when_a_slot_was_set_during_the_admins_login(self, world: World) -> None:
        def set_slot(method: str) -> None:
            if method == "log_in":
                world.user.two = keys.fingerprint("abandoned")

        admin_of(world).before = set_slot
        assert isinstance(world.fails(Step.SET_SECRET), Overtaken)
        assert "install_key" not in world.user.calls

    def test_stops_when_a_label_was_moved_during_the_admins_login(self, world: World) -> None:
        def move(method: str) -> None:
            if method == "log_in":
                world.versions.stages[PENDING] = set()

        admin_of(world).before = move
        assert isinstance(world.fails(Step.SET_SECRET), Overtaken)

    @pytest.mark.parametrize("method", ["log_in", "install_key"])
    def test_closes_the_users_session_when_the_admin_fails(self, world: World, method: str) -> None:
        admin_of(world).failures[method] = AdminPrivilegeMissing("no.", code=3001)
        assert isinstance(world.fails(Step.SET_SECRET), AdminPrivilegeMissing)
        assert world.user.calls[-1] == "close"


class TestFinishSecret:
    def test_promotes_before_the_admin_is_asked_for(self, installed: World) -> None:
        report = installed.run(Step.FINISH_SECRET)
        assert report.lingering is None
        assert installed.user.one is None
        assert installed.user.calls == [
            *("log_in", "describe", "admin.read", "admin.log_in", "describe"),
            *("admin.retire_key", "retire_key", "admin.close", "close"),
        ]
        assert installed.versions.calls == [
            "labels",
            "read",
            "read",
            "promote",
            "labels",
            "remove_label",
        ]

    @pytest.mark.parametrize("method", ["read", "log_in", "retire_key"])
    def test_reports_what_the_admin_could_not_do_and_does_not_raise(
        self, installed: World, method: str
    ) -> None:
        failure = AdminLoginRejected("no.", code=394304)
        admin_of(installed).failures[method] = failure
        report = installed.run(Step.FINISH_SECRET)
        assert (report.done, report.lingering) == ("AWSCURRENT moved", failure)
        assert Stage.CURRENT in installed.versions.stages[PENDING]

    def test_unsets_nothing_when_awscurrent_was_moved_back_meanwhile(
        self, installed: World
    ) -> None:
        def move_back(method: str) -> None:
            if method == "log_in":
                installed.versions.stages = {CURRENT: {Stage.CURRENT}, PENDING: {Stage.PREVIOUS}}

        admin_of(installed).before = move_back
        lingering = installed.run(Step.FINISH_SECRET).lingering
        assert lingering is not None
        expected = "AWSCURRENT was moved to another version during this step."
        assert lingering.found == expected
        assert installed.user.one == keys.fingerprint("current")

    def test_unsets_nothing_when_a_slot_was_changed_meanwhile(self, installed: World) -> None:
        def change(method: str) -> None:
            if method == "log_in":
                installed.user.one = keys.fingerprint("abandoned")

        admin_of(installed).before = change
        assert isinstance(installed.run(Step.FINISH_SECRET).lingering, Overtaken)
        assert installed.user.one == keys.fingerprint("abandoned")
