"""The four steps on in-memory ports: what each observes, decides and does, and in which order."""

import json
from dataclasses import dataclass, field

import pytest

from rotation import keypair
from rotation.errors import (
    CurrentKeyNotInstalled,
    ForeignKey,
    IdentityChanged,
    InsufficientPrivilege,
    KeyNotStored,
    LoginRejected,
    MalformedSecret,
    NoCurrentVersion,
    PendingKeyNotInstalled,
    PendingVersionEmpty,
    RotationError,
    SecretsManagerError,
    SnowflakeUnreachable,
    UserLockedOrDisabled,
    VersionNotPending,
    WrongUser,
)
from rotation.model import RotationRequest, Sensitive, Stage, Step
from rotation.steps import Rotation, StepReport
from tests.unit import keys
from tests.unit.fakes import FakeUser, FakeVersions

NEW, NOW, OLD, LEFT = "v-pending", "v-current", "v-previous", "v-abandoned"


@dataclass
class World:
    """One secret and one user: the state in which setSecret finds them."""

    versions: FakeVersions = field(
        default_factory=lambda: FakeVersions(
            values={NOW: keys.secret_text("current"), NEW: keys.secret_text("pending")},
            stages={NOW: {Stage.CURRENT}, NEW: {Stage.PENDING}},
        )
    )
    user: FakeUser = field(default_factory=lambda: FakeUser(one=keys.fingerprint("current")))
    pauses: list[float] = field(default_factory=list)

    def run(self, step: Step, version_id: str = NEW) -> StepReport:
        request = RotationRequest(step, "arn:…:secret:app-AbCdEf", version_id, Sensitive("token"))
        return Rotation(request, self.versions, self.user, 2048, self.pauses.append).run()

    def add_version(self, version_id: str, key: str, *stages: Stage) -> None:
        self.versions.values[version_id] = keys.secret_text(key)
        self.versions.stages[version_id] = {*stages}


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def installed(world: World) -> World:
    """The state in which testSecret and finishSecret find them."""
    world.user.two = keys.fingerprint("pending")
    return world


class TestCreateSecret:
    def test_fills_the_pending_version_with_a_new_pair_and_keeps_every_other_field(
        self, world: World
    ) -> None:
        world.versions.values = {NOW: keys.secret_text("current", warehouse="WH", note="ü")}
        world.run(Step.CREATE_SECRET)
        made = json.loads(world.versions.values[NEW] or "")
        before = json.loads(world.versions.values[NOW] or "")
        assert {k for k in made if made[k] != before[k]} == {"privateKey", "publicKey"}
        assert keypair.read_private_key(made["privateKey"]).key_size == 2048
        assert world.versions.token_seen is not None
        assert world.versions.token_seen.reveal() == "token"
        assert world.user.calls == [], "createSecret does not talk to Snowflake"

    def test_makes_no_second_pair(self, world: World) -> None:
        before = dict(world.versions.values)
        world.run(Step.CREATE_SECRET)
        assert world.versions.values == before
        assert world.versions.calls == ["labels", "read"]

    def test_steps_back_when_another_invocation_was_faster(self, world: World) -> None:
        class Overtaken(FakeVersions):
            def read(self, version_id: str) -> Sensitive[str] | None:
                return None if version_id == NEW else super().read(version_id)

        world.versions = Overtaken(world.versions.values, world.versions.stages)
        before = dict(world.versions.values)
        report = world.run(Step.CREATE_SECRET)
        assert "another invocation" in report.decided
        assert world.versions.values == before

    @pytest.mark.parametrize("labelled", [True, False])
    def test_needs_a_current_version_with_a_value(self, world: World, labelled: bool) -> None:  # noqa: FBT001
        world.versions.values = {}
        if not labelled:
            world.versions.stages.pop(NOW)
        with pytest.raises(NoCurrentVersion):
            world.run(Step.CREATE_SECRET)
        assert "fill_pending" not in world.versions.calls


class TestSetSecret:
    def test_installs_in_the_free_slot_with_one_login_and_reads_back(self, world: World) -> None:
        world.run(Step.SET_SECRET)
        assert world.user.two == keys.fingerprint("pending")
        assert world.user.one == keys.fingerprint("current")
        assert world.user.calls == ["log_in", "describe", "install_key", "describe", "close"]
        assert "every_version_id" not in world.versions.calls

    def test_changes_nothing_when_the_key_is_installed(self, installed: World) -> None:
        installed.run(Step.SET_SECRET)
        assert installed.user.calls == ["log_in", "describe", "close"]

    def test_replaces_the_previous_key_without_listing_versions(self, world: World) -> None:
        world.add_version(OLD, "previous", Stage.PREVIOUS)
        world.user.two = keys.fingerprint("previous")
        world.run(Step.SET_SECRET)
        assert world.user.two == keys.fingerprint("pending")
        assert "every_version_id" not in world.versions.calls

    def test_replaces_the_key_of_an_abandoned_version_without_labels(self, world: World) -> None:
        world.add_version(OLD, "previous", Stage.PREVIOUS)
        world.add_version(LEFT, "abandoned")
        world.user.two = keys.fingerprint("abandoned")
        world.run(Step.SET_SECRET)
        assert world.user.two == keys.fingerprint("pending")

    def test_a_version_that_cannot_be_read_vouches_for_nothing(self, world: World) -> None:
        world.versions.values |= {OLD: "{broken", LEFT: None}
        world.versions.stages[OLD] = {Stage.PREVIOUS}
        world.user.two = keys.fingerprint("abandoned")
        with pytest.raises(ForeignKey):
            world.run(Step.SET_SECRET)

    def test_refuses_a_foreign_key_and_leaves_it(self, world: World) -> None:
        world.user.two = keys.fingerprint("foreign")
        with pytest.raises(ForeignKey, match=r"RSA_PUBLIC_KEY_2 holds SHA256:.* set 2026-02-02"):
            world.run(Step.SET_SECRET)
        assert world.user.two == keys.fingerprint("foreign")
        assert "install_key" not in world.user.calls

    def test_a_rejected_current_key_is_refused_after_one_try_with_the_pending_one(
        self, world: World
    ) -> None:
        world.user.one = None
        with pytest.raises(CurrentKeyNotInstalled, match="code 394304"):
            world.run(Step.SET_SECRET)
        assert world.user.calls == ["log_in", "log_in"]

    def test_goes_on_when_only_the_pending_key_is_left(self, installed: World) -> None:
        installed.user.one = None
        report = installed.run(Step.SET_SECRET)
        assert "already" in report.decided

    @pytest.mark.parametrize(
        "failure",
        [
            LoginRejected("clock.", code=394302, key_unknown=False),
            UserLockedOrDisabled("locked.", code=390102),
            SnowflakeUnreachable("down."),
        ],
    )
    def test_the_pending_key_is_not_tried_when_another_key_can_be_no_remedy(
        self, world: World, failure: RotationError
    ) -> None:
        world.user.failures["log_in"] = failure
        with pytest.raises(type(failure)):
            world.run(Step.SET_SECRET)
        assert world.user.calls == ["log_in"]

    @pytest.mark.parametrize("field_name", ["account", "user"])
    def test_refuses_another_identity_before_any_login(self, world: World, field_name: str) -> None:
        world.versions.values[NEW] = keys.secret_text("pending", **{field_name: "OTHER"})
        with pytest.raises(IdentityChanged, match=field_name):
            world.run(Step.SET_SECRET)
        assert world.user.calls == []

    def test_notices_a_slot_that_did_not_take_the_key(self, world: World) -> None:
        world.user.stores = False
        with pytest.raises(KeyNotStored):
            world.run(Step.SET_SECRET)
        assert world.user.calls[-1] == "close"

    def test_closes_the_session_when_the_privilege_is_missing(self, world: World) -> None:
        world.user.failures["install_key"] = InsufficientPrivilege("no.", code=3001)
        with pytest.raises(InsufficientPrivilege):
            world.run(Step.SET_SECRET)
        assert world.user.calls[-1] == "close"

    def test_needs_a_filled_pending_version(self, world: World) -> None:
        world.versions.values[NEW] = None
        with pytest.raises(PendingVersionEmpty):
            world.run(Step.SET_SECRET)

    def test_refuses_a_malformed_secret_before_any_login(self, world: World) -> None:
        world.versions.values[NOW] = "{}"
        with pytest.raises(MalformedSecret):
            world.run(Step.SET_SECRET)
        assert world.user.calls == []


class TestTestSecret:
    def test_logs_in_once_and_checks_user_and_slot(self, installed: World) -> None:
        installed.run(Step.TEST_SECRET)
        assert installed.user.calls == ["log_in", "current_user", "describe", "close"]
        assert installed.pauses == []

    def test_passes_on_a_copy_of_the_current_version(self, world: World) -> None:
        world.versions.values[NEW] = world.versions.values[NOW]
        world.run(Step.TEST_SECRET)

    @pytest.mark.parametrize(("rejections", "pauses"), [(1, [1.0]), (2, [1.0, 3.0])])
    def test_waits_for_a_key_that_is_not_accepted_yet(
        self, installed: World, rejections: int, pauses: list[float]
    ) -> None:
        installed.user.rejections = rejections
        installed.run(Step.TEST_SECRET)
        assert installed.pauses == pauses

    def test_gives_up_after_three_tries(self, installed: World) -> None:
        installed.user.rejections = 9
        with pytest.raises(PendingKeyNotInstalled):
            installed.run(Step.TEST_SECRET)
        assert installed.user.calls == ["log_in"] * 3

    def test_does_not_wait_when_the_key_is_not_the_reason(self, installed: World) -> None:
        installed.user.failures["log_in"] = LoginRejected("clock.", code=394302, key_unknown=False)
        with pytest.raises(LoginRejected):
            installed.run(Step.TEST_SECRET)
        assert installed.user.calls == ["log_in"]
        assert installed.pauses == []

    def test_refuses_another_user(self, installed: World) -> None:
        installed.user.name = installed.user.login_name = "ADMIN"
        with pytest.raises(WrongUser):
            installed.run(Step.TEST_SECRET)

    def test_accepts_a_user_whose_login_name_differs(self, installed: World) -> None:
        installed.user.name = "svc app"
        installed.run(Step.TEST_SECRET)

    def test_refuses_a_key_that_logs_in_from_outside_the_slots(self, world: World) -> None:
        class NamedKeyPair(FakeUser):
            def log_in(self, credential: object) -> object:  # type: ignore[override]
                self.one = keys.fingerprint("pending")
                session = super().log_in(credential)  # type: ignore[arg-type]
                self.one = keys.fingerprint("current")
                return session

        world.user = NamedKeyPair()
        with pytest.raises(PendingKeyNotInstalled, match="neither slot"):
            world.run(Step.TEST_SECRET)


class TestFinishSecret:
    def test_promotes_after_the_login_and_then_retires(self, installed: World) -> None:
        order: list[str] = []
        installed.versions.calls = installed.user.calls = order
        installed.run(Step.FINISH_SECRET)
        reads = ["labels", "read", "read"]
        assert order == [*reads, "log_in", "promote", "describe", "retire_key", "close"]
        assert (installed.user.one, installed.user.two) == (None, keys.fingerprint("pending"))
        assert installed.versions.stages == {NOW: {Stage.PREVIOUS}, NEW: {Stage.CURRENT}}

    def test_does_not_promote_a_key_that_does_not_log_in(self, world: World) -> None:
        with pytest.raises(PendingKeyNotInstalled):
            world.run(Step.FINISH_SECRET)
        assert "promote" not in world.versions.calls

    def test_a_failed_promotion_retires_nothing(self, installed: World) -> None:
        installed.versions.failures["promote"] = SecretsManagerError("throttled.")
        with pytest.raises(SecretsManagerError):
            installed.run(Step.FINISH_SECRET)
        assert installed.user.one == keys.fingerprint("current")
        assert installed.user.calls == ["log_in", "close"]

    def test_refuses_another_identity_before_it_promotes(self, installed: World) -> None:
        installed.versions.values[NOW] = keys.secret_text("current", user="OTHER")
        with pytest.raises(IdentityChanged):
            installed.run(Step.FINISH_SECRET)
        assert "promote" not in installed.versions.calls

    def test_leaves_a_key_that_a_person_swapped_in(self, installed: World) -> None:
        installed.user.one = keys.fingerprint("foreign")
        report = installed.run(Step.FINISH_SECRET)
        assert installed.user.one == keys.fingerprint("foreign")
        assert "no slot holds AWSPREVIOUS's key" in report.done

    @pytest.mark.parametrize("method", ["describe", "retire_key"])
    def test_a_retirement_that_fails_is_reported_and_the_rotation_stands(
        self, installed: World, method: str
    ) -> None:
        installed.user.failures[method] = SnowflakeUnreachable("down.")
        report = installed.run(Step.FINISH_SECRET)
        assert isinstance(report.lingering, SnowflakeUnreachable)
        assert Stage.CURRENT in installed.versions.stages[NEW]


class TestAVersionThatIsCurrentAlready:
    @pytest.fixture
    def died(self, installed: World) -> World:
        """The function died between the promotion and the retirement."""
        installed.versions.stages = {NOW: {Stage.PREVIOUS}, NEW: {Stage.CURRENT, Stage.PENDING}}
        return installed

    @pytest.mark.parametrize("step", [Step.CREATE_SECRET, Step.SET_SECRET])
    def test_is_left_alone_by_the_first_steps(self, died: World, step: Step) -> None:
        died.run(step)
        assert died.user.calls == []
        assert died.versions.calls == ["labels"]

    def test_is_tested_like_any_other(self, died: World) -> None:
        died.run(Step.TEST_SECRET)

    def test_has_its_old_key_retired(self, died: World) -> None:
        died.run(Step.FINISH_SECRET)
        assert (died.user.one, died.user.two) == (None, keys.fingerprint("pending"))
        assert "promote" not in died.versions.calls

    def test_is_left_as_it_is_the_second_time(self, died: World) -> None:
        died.run(Step.FINISH_SECRET)
        died.user.calls.clear()
        died.run(Step.FINISH_SECRET)
        assert "retire_key" not in died.user.calls

    def test_needs_no_login_when_there_is_no_previous_version(self, died: World) -> None:
        died.versions.stages[NOW] = set()
        died.run(Step.FINISH_SECRET)
        assert died.user.calls == []

    @pytest.mark.parametrize("method", ["log_in", "describe", "retire_key"])
    def test_never_fails_because_of_snowflake(self, died: World, method: str) -> None:
        died.user.failures[method] = SnowflakeUnreachable("down.")
        assert died.run(Step.FINISH_SECRET).lingering is not None

    def test_never_fails_because_of_the_old_value(self, died: World) -> None:
        died.versions.values[NOW] = "{broken"
        assert died.run(Step.FINISH_SECRET).lingering is not None

    def test_never_loses_its_own_key(self, died: World) -> None:
        died.user.two = None
        assert died.run(Step.FINISH_SECRET).lingering is not None
        assert died.user.one == keys.fingerprint("current")


@pytest.mark.parametrize("step", list(Step))
def test_every_step_refuses_a_version_without_its_label_and_touches_nothing(
    world: World, step: Step
) -> None:
    world.versions.stages[NEW] = {"mine"}
    with pytest.raises(VersionNotPending):
        world.run(step)
    assert world.versions.calls == ["labels"]
    assert world.user.calls == []
