"""A user's first key, which the rotation admin installs: the steps before and after it."""

import json

import pytest

from rotation.errors.admin import (
    SlotsNotVisible,
)
from rotation.errors.secret import IdentityChanged, SecretFieldInvalid
from rotation.errors.slots import (
    FirstKeyNeedsAdmin,
    KeyNotStored,
    SlotsNotEmpty,
    WrongUser,
)
from rotation.rules.words import (
    Stage,
    Step,
)
from rotation.steps.report import StepReport
from tests.shared import keys
from tests.shared.steps import CURRENT, OLD, PENDING, World, admin_of, administered

WITHOUT_KEY = json.dumps({"account": keys.ACCOUNT, "user": keys.USER})


@pytest.fixture
def world() -> World:
    return administered()


@pytest.fixture
def first() -> World:
    """A secret that waits for its user's first key, in setSecret."""
    world = administered()
    world.versions.values[CURRENT] = WITHOUT_KEY
    world.user.one = None
    return world


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
