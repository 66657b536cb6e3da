"""The steps with a rotation admin: who does what, in which order, in which words."""

import json

import pytest

from rotation.errors.admin import (
    AdminLoginRejected,
    AdminPrivilegeMissing,
    AdminSecretUnusable,
    SlotsNotVisible,
)
from rotation.errors.secret import IdentityChanged, SecretFieldInvalid
from rotation.errors.slots import (
    FirstKeyNeedsAdmin,
    KeyNotStored,
    Overtaken,
    SlotsNotEmpty,
    WrongUser,
)
from rotation.rules.words import (
    Stage,
    Step,
)
from rotation.steps.report import StepReport
from tests.shared import keys
from tests.shared.fakes import FakeAdmin
from tests.shared.steps import CURRENT, OLD, PENDING, World

WITHOUT_KEY = json.dumps({"account": keys.ACCOUNT, "user": keys.USER})


def administered() -> World:
    """Return the same secret and user, altered by an admin."""
    world = World()
    world.admin = FakeAdmin(world.user)
    return world


@pytest.fixture
def world() -> World:
    return administered()


@pytest.fixture
def installed(world: World) -> World:
    """The state in which finishSecret finds them."""
    world.user.two = keys.fingerprint("pending")
    return world


@pytest.fixture
def first() -> World:
    """A secret that waits for its user's first key, in setSecret."""
    world = administered()
    world.versions.values[CURRENT] = WITHOUT_KEY
    world.user.one = None
    return world


def admin_of(world: World) -> FakeAdmin:
    assert world.admin is not None
    return world.admin


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
        assert installed.versions.calls == ["labels", "read", "read", "promote", "labels"]

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


class TestTheFirstKey:
    def test_is_made_when_an_admin_is_there(self, first: World) -> None:
        first.versions.values[PENDING] = None
        report = first.run(Step.CREATE_SECRET)
        assert report.observed == {"current": "no key", "pending": "empty"}
        made = json.loads(first.versions.values[PENDING] or "")
        assert made.keys() == {"account", "user", "privateKey", "publicKey"}

    @pytest.mark.parametrize("step", [Step.CREATE_SECRET, Step.SET_SECRET])
    def test_is_refused_without_an_admin(self, first: World, step: Step) -> None:
        first.admin = None
        if step is Step.CREATE_SECRET:
            first.versions.values[PENDING] = None
        error = first.fails(step)
        assert isinstance(error, FirstKeyNeedsAdmin)
        assert error.found == "AWSCURRENT holds no key, and no rotation admin is set."
        assert (first.user.calls, "fill_pending" in first.versions.calls) == ([], False)

    def test_goes_to_slot_one_after_a_look_at_both(self, first: World) -> None:
        report = first.run(Step.SET_SECRET)
        assert report == StepReport(
            "install the first key in RSA_PUBLIC_KEY: both slots are empty",
            f"RSA_PUBLIC_KEY holds {keys.fingerprint('pending')}",
            {"RSA_PUBLIC_KEY": "empty", "RSA_PUBLIC_KEY_2": "empty"},
        )
        assert first.user.one == keys.fingerprint("pending")
        assert admin_of(first).calls == [
            *("read", "log_in", "describe_user", "install_key", "describe_user", "close")
        ]

    def test_is_not_installed_twice(self, first: World) -> None:
        first.user.two = keys.fingerprint("pending")
        report = first.run(Step.SET_SECRET)
        assert report == StepReport(
            "RSA_PUBLIC_KEY_2 holds the first key already",
            observed={
                "RSA_PUBLIC_KEY": "empty",
                "RSA_PUBLIC_KEY_2": keys.fingerprint("pending"),
            },
        )
        assert (first.user.one, admin_of(first).calls[-1]) == (None, "close")

    @pytest.mark.parametrize(("slot", "since"), [("one", "2026-01-01"), ("two", "2026-02-02")])
    def test_never_takes_the_place_of_another(self, first: World, slot: str, since: str) -> None:
        setattr(first.user, slot, keys.fingerprint("abandoned"))
        error = first.fails(Step.SET_SECRET)
        assert isinstance(error, SlotsNotEmpty)
        name = "RSA_PUBLIC_KEY" if slot == "one" else "RSA_PUBLIC_KEY_2"
        held = keys.fingerprint("abandoned")
        expected = f"AWSCURRENT holds no key, but {name} of its user holds {held}, set {since}."
        assert error.found == expected
        assert "install_key" not in first.user.calls

    def test_is_read_back(self, first: World) -> None:
        first.user.stores = False
        assert isinstance(first.fails(Step.SET_SECRET), KeyNotStored)

    def test_is_refused_where_the_slots_can_not_be_seen(self, first: World) -> None:
        admin_of(first).owns = False
        assert isinstance(first.fails(Step.SET_SECRET), SlotsNotVisible)
        assert admin_of(first).calls.count("describe_user") == 1

    def test_of_a_name_in_lower_case_is_looked_for_as_it_stands_too(self, first: World) -> None:
        for version, key in ((CURRENT, None), (PENDING, "pending")):
            text = WITHOUT_KEY if key is None else keys.secret_text(key)
            first.versions.values[version] = text.replace(keys.USER, "SVC_app")
        first.user.name = "SVC_app"
        first.run(Step.SET_SECRET)
        assert first.user.one == keys.fingerprint("pending")

    def test_is_not_for_a_user_with_another_login_name(self, first: World) -> None:
        first.user.login_name = "OTHER"
        error = first.fails(Step.SET_SECRET)
        assert isinstance(error, WrongUser)
        assert error.found == f"User '{keys.USER}' logs in as 'OTHER', not as '{keys.USER}'."

    def test_has_nothing_to_retire(self, first: World) -> None:
        first.user.one = keys.fingerprint("pending")
        report = first.run(Step.FINISH_SECRET)
        expected = "AWSCURRENT moved; no slot unset: AWSPREVIOUS holds no key"
        assert (report.done, report.lingering) == (expected, None)
        assert admin_of(first).calls == []
        assert first.run(Step.FINISH_SECRET) == StepReport(
            "the version is AWSCURRENT already; retire what is left",
            "nothing: AWSPREVIOUS holds no key",
        )

    def test_half_a_key_is_no_first_key(self, first: World) -> None:
        damaged = json.loads(keys.secret_text("current"))
        del damaged["privateKey"]
        first.versions.values[CURRENT] = json.dumps(damaged)
        assert isinstance(first.fails(Step.SET_SECRET), SecretFieldInvalid)
        assert first.user.calls == []


class TestTheTestOfASecretWithoutAKey:
    def test_says_to_rotate_immediately(self, first: World) -> None:
        first.versions.values[PENDING] = WITHOUT_KEY
        report = first.run(Step.TEST_SECRET)
        assert report == StepReport(
            "bootstrap: rotate immediately; there is no key yet, and both slots are empty",
            observed={
                "user": keys.USER,
                "RSA_PUBLIC_KEY": "empty",
                "RSA_PUBLIC_KEY_2": "empty",
            },
        )
        assert admin_of(first).calls == ["read", "log_in", "describe_user", "close"]

    def test_refuses_another_user_than_the_current_versions(self, first: World) -> None:
        first.versions.values[PENDING] = WITHOUT_KEY.replace(keys.USER, "SVC_OTHER")
        assert isinstance(first.fails(Step.TEST_SECRET), IdentityChanged)
        assert first.user.calls == []

    def test_refuses_a_user_that_has_a_key(self, first: World) -> None:
        first.versions.values[PENDING] = WITHOUT_KEY
        first.user.two = keys.fingerprint("pending")
        assert isinstance(first.fails(Step.TEST_SECRET), SlotsNotEmpty)

    def test_is_no_test_of_a_rotation_whose_current_key_exists(self, world: World) -> None:
        world.versions.values[PENDING] = WITHOUT_KEY
        error = world.fails(Step.TEST_SECRET)
        assert isinstance(error, SecretFieldInvalid)
        assert str(error).endswith(
            "Remove AWSPENDING from that version and rotate again: a new one is made."
        )
        assert world.user.calls == []


def test_a_later_rotation_does_not_mind_that_the_first_version_has_no_key(world: World) -> None:
    world.versions.values[OLD] = WITHOUT_KEY
    world.versions.stages[OLD] = {Stage.PREVIOUS}
    world.run(Step.SET_SECRET)
    assert world.user.two == keys.fingerprint("pending")
