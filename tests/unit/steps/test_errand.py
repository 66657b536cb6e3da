"""The retirement function's errand: whose key is found, and when it is unset."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rotation.keys import credential
from rotation.keys.credential import Credential
from rotation.keys.form import SecretForm
from rotation.rules.errand import Beside, KeyOperation, KeyReport
from rotation.rules.retention import AT_ONCE
from rotation.rules.vouching import Claim, voucher
from rotation.rules.words import (
    Sensitive,
    Slot,
    SlotFingerprints,
    Stage,
    UserDescription,
)
from tests.shared import keys
from tests.shared.dated import (
    ARN,
    CLUSTERS_ALONE,
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    ago,
)
from tests.shared.errands import LOOKED, World, found
from tests.shared.fakes import FakeSession, FakeUser
from tests.shared.steps import CURRENT, NAMES, OLD, PENDING, renamed

WITHOUT_KEY = '{"account": "MYORG-SANDBOX", "user": "SVC_APP"}'
NOTHING_BESIDE = KeyReport(keys.USER, Beside.NOTHING, current=keys.fingerprint("current"))
UNSET = ["log_in", "describe", "describe", "retire_key", "close"]


@pytest.fixture
def world() -> World:
    return World()


class TestALook:
    def test_tells_of_an_old_key_and_leaves_it(self, world: World) -> None:
        assert world.run(KeyOperation.LOOK) == found(Beside.OLD_KEY, "previous")
        assert world.user.calls == LOOKED
        assert world.versions.calls == ["labels", "read", "read"]

    def test_leaves_it_also_when_the_grace_is_to_be_ended(self, world: World) -> None:
        world.run(KeyOperation.LOOK, end_grace=True)
        assert world.kept()

    def test_tells_of_nothing(self, world: World) -> None:
        world.user.one = None
        assert world.run(KeyOperation.LOOK) == NOTHING_BESIDE
        assert world.versions.calls == ["labels", "read"], "no further version is read"


class TestTheOldKey:
    def test_is_unset_when_its_grace_is_over(self, world: World) -> None:
        assert world.run() == found(Beside.OLD_KEY, "previous", retired="yes")
        assert (world.user.one, world.user.two) == (None, keys.fingerprint("current"))
        assert world.user.calls == UNSET
        assert world.versions.calls == ["labels", "read", "read", "version_dates", "labels"]

    def test_is_unset_once(self, world: World) -> None:
        world.run()
        world.user.calls.clear()
        assert world.run() == NOTHING_BESIDE
        assert world.user.calls == LOOKED

    def test_in_slot_two_is_unset_there(self, world: World) -> None:
        world.user.one, world.user.two = world.user.two, world.user.one
        assert world.run().slot is Slot.TWO
        assert (world.user.one, world.user.two) == (keys.fingerprint("current"), None)

    def test_of_an_older_version_without_a_label_is_unset(self, world: World) -> None:
        world.versions.values["v-older"] = keys.secret_text("abandoned")
        world.versions.created["v-older"] = ago(90 * DAY)
        world.user.one = keys.fingerprint("abandoned")
        assert world.run() == found(Beside.OLD_KEY, "abandoned", retired="yes")

    def test_stays_in_its_grace_and_the_end_is_told(self, world: World) -> None:
        world.rotated(HOUR)
        because = "its grace ends at 2026-07-01 11:00 UTC"
        assert world.run() == found(Beside.OLD_KEY, "previous", because=because)
        assert world.user.calls == LOOKED

    def test_goes_in_its_grace_when_a_person_ends_it(self, world: World) -> None:
        world.rotated(HOUR)
        assert world.run(end_grace=True).retired == keys.fingerprint("previous")
        assert "version_dates" not in world.versions.calls

    def test_stays_where_the_dates_tell_nothing(self, world: World) -> None:
        world.versions.last_changed = None
        assert "can't be told" in world.run().because
        assert world.kept()

    @pytest.mark.parametrize(("since", "kept"), [(9 * MINUTE, True), (10 * MINUTE, False)])
    def test_stays_until_ecs_lists_have_settled(
        self, world: World, *, since: timedelta, kept: bool
    ) -> None:
        world.rotated(since)
        world.retention = CLUSTERS_ALONE
        world.run()
        assert world.kept() is kept

    def test_goes_at_once_where_none_is_kept(self, world: World) -> None:
        world.rotated(0 * SECOND)
        world.retention = AT_ONCE
        world.run()
        assert not world.kept()

    def test_that_was_never_current_goes_in_the_grace(self, world: World) -> None:
        world.rotated(HOUR)
        world.versions.values["v-left"] = keys.secret_text("abandoned")
        world.versions.created["v-left"] = ago(MINUTE)
        world.user.one = keys.fingerprint("abandoned")
        assert world.run().retired == keys.fingerprint("abandoned")


class TestARotationUnderWay:
    BECAUSE = "a rotation is under way: AWSPENDING was filled minutes ago"

    def test_keeps_the_old_key(self, world: World) -> None:
        world.add_pending("pending", 9 * MINUTE)
        report = world.run()
        assert report == found(Beside.OLD_KEY, "previous", because=self.BECAUSE)
        assert world.kept()

    def test_that_waits_for_its_retry_does_not(self, world: World) -> None:
        world.add_pending("pending", 10 * MINUTE)
        world.run()
        assert not world.kept()

    def test_does_not_keep_it_from_a_person(self, world: World) -> None:
        world.add_pending("pending", MINUTE)
        assert world.run(end_grace=True).retired

    @pytest.mark.parametrize("end_grace", [True, False])
    @pytest.mark.parametrize("age", [MINUTE, 30 * DAY])
    def test_never_loses_its_key(self, world: World, age: timedelta, *, end_grace: bool) -> None:
        world.add_pending("pending", age)
        world.user.one = keys.fingerprint("pending")
        assert world.run(end_grace=end_grace) == found(Beside.PENDING_KEY, "pending")
        assert world.kept()

    def test_with_a_label_that_lingers_is_none(self, world: World) -> None:
        world.versions.stages[CURRENT] = {Stage.CURRENT, Stage.PENDING}
        world.run()
        assert not world.kept()
        assert world.versions.calls == ["labels", "read", "read", "version_dates", "labels"]

    def test_of_a_version_that_was_promoted_before_is_an_old_key(self, world: World) -> None:
        """As after a rollback; or somebody who may move labels wants a leaked key to stay."""
        world.versions.stages[OLD] = {Stage.PREVIOUS, Stage.PENDING}
        assert world.run() == found(Beside.OLD_KEY, "previous", retired="yes")

    def test_of_such_a_version_stays_while_its_voucher_lets_it_come_back(
        self, world: World
    ) -> None:
        world.versions.stages[OLD] = {Stage.PREVIOUS, Stage.PENDING}
        current = credential.read(Sensitive(keys.secret_text("current")), world.form)
        claim = Claim(ARN, OLD, keys.fingerprint("previous"))
        world.versions.vouchers[OLD] = {voucher(current.voucher_key, claim)}
        assert world.run() == found(Beside.PENDING_KEY, "previous")
        assert world.kept()

    @pytest.mark.parametrize("value", [None, "", "{broken", "{}"])
    def test_whose_version_holds_no_key_does_not_hide_the_old_one(
        self, world: World, value: str | None
    ) -> None:
        world.add_pending("pending", DAY)
        world.versions.values[PENDING] = value
        assert world.run().retired == keys.fingerprint("previous")


@pytest.mark.parametrize("operation", list(KeyOperation))
@pytest.mark.parametrize("end_grace", [True, False])
def test_a_foreign_key_is_told_and_never_unset(
    world: World, operation: KeyOperation, *, end_grace: bool
) -> None:
    world.user.one = keys.fingerprint("foreign")
    world.rotated(90 * DAY)
    assert world.run(operation, end_grace=end_grace) == found(Beside.FOREIGN_KEY, "foreign")
    assert world.kept()


def test_a_key_whose_version_can_not_be_read_is_foreign(world: World) -> None:
    world.versions.values[OLD] = "{broken"
    assert world.run().beside is Beside.FOREIGN_KEY


def test_a_secret_without_a_key_yet_is_nobody_s_login(world: World) -> None:
    world.versions.values[CURRENT] = WITHOUT_KEY
    report = world.run()
    assert report == KeyReport("SVC_APP", Beside.NOTHING, because="the secret holds no key yet")
    assert world.user.calls == []


class TestASecretWithNamesOfItsOwn:
    @pytest.fixture
    def renamed_world(self, world: World) -> World:
        world.form = SecretForm(NAMES)
        world.add_pending("pending", DAY)
        values = {version: renamed(text or "") for version, text in world.versions.values.items()}
        world.versions.values |= values
        return world

    def test_has_its_old_key_retired(self, renamed_world: World) -> None:
        assert renamed_world.run().retired == keys.fingerprint("previous")

    def test_has_its_pending_key_known(self, renamed_world: World) -> None:
        renamed_world.user.one = keys.fingerprint("pending")
        assert renamed_world.run() == found(Beside.PENDING_KEY, "pending")


def test_a_key_without_a_time_is_told_without_one(world: World) -> None:
    class Session(FakeSession):
        def describe(self) -> UserDescription:
            told = super().describe()
            return replace(told, slots=SlotFingerprints(told.slots.one, told.slots.two))

    class Timeless(FakeUser):
        def log_in(self, credential: Credential) -> FakeSession:
            super().log_in(credential)
            return Session(self)

    world.user = Timeless(one=world.user.one, two=world.user.two)
    assert world.run(KeyOperation.LOOK).set_time == ""


def test_a_current_key_in_no_slot_that_logs_in_is_told_as_a_named_key_pair(world: World) -> None:
    world.user.two, world.user.named_pairs = None, frozenset({keys.fingerprint("current")})
    report = world.run()
    assert report == KeyReport(
        keys.USER, Beside.NAMED_KEY_PAIR, current=keys.fingerprint("current")
    )
    assert world.kept()
