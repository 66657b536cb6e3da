"""The four steps on in-memory ports: what each observes, decides and does, and in which order."""

import json
from dataclasses import dataclass, field

import pytest

from rotation.errors.aws_answers import SecretsManagerDenied, SecretsManagerError
from rotation.errors.base import RotationError
from rotation.errors.secret import (
    IdentityChanged,
    KeyNotRenewed,
    MalformedSecret,
    NoCurrentVersion,
    PendingVersionEmpty,
    VersionNotPending,
)
from rotation.errors.slots import (
    CurrentKeyNotInstalled,
    ForeignKey,
    KeyNotStored,
    Overtaken,
    PendingKeyNotInstalled,
    WrongUser,
)
from rotation.errors.snowflake_answers import (
    InsufficientPrivilege,
    LoginRejected,
    SnowflakeUnreachable,
    UserLockedOrDisabled,
)
from rotation.keys import pair
from rotation.keys.credential import Credential
from rotation.keys.form import AWS_FORM
from rotation.rules.who import AllowedIdentities, NamePatterns
from rotation.rules.words import (
    RotationRequest,
    Sensitive,
    Stage,
    Step,
)
from rotation.steps.report import StepReport
from rotation.steps.rotation import Rotation
from tests.shared import keys
from tests.shared.fakes import FakeSession, FakeUser, FakeVersions

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
    allowed: AllowedIdentities = field(
        default_factory=lambda: AllowedIdentities(
            NamePatterns(("MYORG-*",)), NamePatterns(("SVC_*",))
        )
    )

    def run(self, step: Step, version_id: str = NEW) -> StepReport:
        request = RotationRequest(step, "arn:…:secret:app-AbCdEf", version_id, Sensitive("token"))
        return Rotation(
            request=request,
            versions=self.versions,
            users=self.user,
            allowed=self.allowed,
            form=AWS_FORM,
            key_size_bits=2048,
            pause=self.pauses.append,
        ).run()

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
        assert pair.read_private_key(made["privateKey"]).key_size == 2048
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
        assert "version_dates" not in world.versions.calls

    def test_changes_nothing_when_the_key_is_installed(self, installed: World) -> None:
        installed.run(Step.SET_SECRET)
        assert installed.user.calls == ["log_in", "describe", "close"]

    def test_replaces_the_previous_key_without_listing_versions(self, world: World) -> None:
        world.add_version(OLD, "previous", Stage.PREVIOUS)
        world.user.two = keys.fingerprint("previous")
        world.run(Step.SET_SECRET)
        assert world.user.two == keys.fingerprint("pending")
        assert "version_dates" not in world.versions.calls

    def test_does_not_replace_a_key_when_a_label_moved_meanwhile(self, world: World) -> None:
        class Moving(FakeVersions):
            def read(self, version_id: str) -> Sensitive[str] | None:
                if version_id == OLD:
                    self.stages[NEW] = set()
                return super().read(version_id)

        world.versions = Moving(world.versions.values, world.versions.stages)
        world.add_version(OLD, "previous", Stage.PREVIOUS)
        world.user.two = keys.fingerprint("previous")
        with pytest.raises(Overtaken):
            world.run(Step.SET_SECRET)
        assert world.user.two == keys.fingerprint("previous")

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

    def test_a_version_that_may_not_be_read_vouches_for_nothing(self, world: World) -> None:
        class Denied(FakeVersions):
            def read(self, version_id: str) -> Sensitive[str] | None:
                if version_id == LEFT:
                    raise SecretsManagerDenied("an old KMS key.")
                return super().read(version_id)

        world.versions = Denied(world.versions.values, world.versions.stages)
        world.versions.values |= {LEFT: None, OLD: keys.secret_text("abandoned")}
        world.user.two = keys.fingerprint("abandoned")
        world.run(Step.SET_SECRET)
        assert world.user.two == keys.fingerprint("pending")

    def test_reads_no_more_versions_than_it_needs(self, world: World) -> None:
        world.versions.values |= {OLD: keys.secret_text("abandoned"), LEFT: "{never read"}
        world.user.two = keys.fingerprint("abandoned")
        world.run(Step.SET_SECRET)
        reads = ["labels", "read", "read", "version_dates", "read"]
        assert world.versions.calls[: len(reads) + 1] == [*reads, "labels"]

    def test_refuses_a_copy_of_the_current_key(self, world: World) -> None:
        world.versions.values[NEW] = world.versions.values[NOW]
        with pytest.raises(KeyNotRenewed, match="Remove AWSPENDING"):
            world.run(Step.SET_SECRET)
        assert world.user.calls == []

    def test_does_not_take_a_wrong_clock_of_the_second_try_for_a_missing_key(
        self, world: World
    ) -> None:
        class Clock(FakeUser):
            def log_in(self, credential: Credential) -> FakeSession:
                if credential.fingerprint == keys.fingerprint("pending"):
                    raise LoginRejected("clock.", code=394302)
                return super().log_in(credential)

        world.user = Clock()
        with pytest.raises(LoginRejected, match="clock"):
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
            LoginRejected("clock.", code=394302),
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

    @pytest.mark.parametrize(
        ("field_name", "other"), [("account", "MYORG-OTHER"), ("user", "SVC_OTHER")]
    )
    def test_refuses_another_identity_before_any_login(
        self, world: World, field_name: str, other: str
    ) -> None:
        world.versions.values[NEW] = keys.secret_text("pending", **{field_name: other})
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
        installed.user.failures["log_in"] = LoginRejected("clock.", code=394302)
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
        installed.versions.values[NOW] = keys.secret_text("current", user="SVC_OTHER")
        with pytest.raises(IdentityChanged):
            installed.run(Step.FINISH_SECRET)
        assert "promote" not in installed.versions.calls

    def test_does_not_promote_a_copy_of_the_current_key(self, installed: World) -> None:
        installed.versions.values[NEW] = installed.versions.values[NOW]
        with pytest.raises(KeyNotRenewed):
            installed.run(Step.FINISH_SECRET)
        assert "promote" not in installed.versions.calls

    def test_goes_on_when_the_promotion_took_effect_though_its_answer_was_lost(
        self, installed: World
    ) -> None:
        class AnswerLost(FakeVersions):
            def promote(self, version_id: str, *, instead_of: str) -> None:
                super().promote(version_id, instead_of=instead_of)
                raise SecretsManagerError("lost.")

        installed.versions = AnswerLost(installed.versions.values, installed.versions.stages)
        report = installed.run(Step.FINISH_SECRET)
        assert report.lingering is None
        assert (installed.user.one, installed.user.two) == (None, keys.fingerprint("pending"))

    def test_says_when_the_promoted_key_was_taken_away_meanwhile(self, installed: World) -> None:
        class Taken(FakeVersions):
            def promote(self, version_id: str, *, instead_of: str) -> None:
                super().promote(version_id, instead_of=instead_of)
                installed.user.two = keys.fingerprint("foreign")

        installed.versions = Taken(installed.versions.values, installed.versions.stages)
        report = installed.run(Step.FINISH_SECRET)
        assert isinstance(report.lingering, CurrentKeyNotInstalled)
        assert installed.user.one == keys.fingerprint("current"), "the old key is kept"

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

    def test_unsets_nothing_when_a_person_moved_a_label_meanwhile(self, died: World) -> None:
        class RolledBack(FakeUser):
            def log_in(self, credential: Credential) -> FakeSession:
                died.versions.stages = {NOW: {Stage.CURRENT}, NEW: {Stage.PREVIOUS}}
                return super().log_in(credential)

        died.user = RolledBack(one=died.user.one, two=died.user.two)
        assert isinstance(died.run(Step.FINISH_SECRET).lingering, Overtaken)
        assert died.user.one == keys.fingerprint("current")

    def test_never_loses_its_own_key(self, died: World) -> None:
        died.user.two = None
        assert died.run(Step.FINISH_SECRET).lingering is not None
        assert died.user.one == keys.fingerprint("current")


class TestReports:
    """One log line a step is made of these, so their words are asserted whole."""

    SLOTS = {"RSA_PUBLIC_KEY": keys.fingerprint("current")}  # noqa: RUF012 (never changed)

    def test_of_create_secret(self, world: World) -> None:
        del world.versions.values[NEW]
        report = world.run(Step.CREATE_SECRET)
        made = json.loads(world.versions.values[NEW] or "")["publicKey"]
        fingerprint = pair.fingerprint(pair.read_public_key(made))
        assert report == StepReport(
            "generate a key pair",
            f"pending version holds {fingerprint}",
            {"current": keys.fingerprint("current"), "pending": "empty"},
        )
        again = world.run(Step.CREATE_SECRET)
        assert again == StepReport("the pending version has a value already")

    def test_of_set_secret(self, world: World) -> None:
        pending = keys.fingerprint("pending")
        assert world.run(Step.SET_SECRET) == StepReport(
            "install in RSA_PUBLIC_KEY_2, which is empty",
            f"RSA_PUBLIC_KEY_2 holds {pending}",
            self.SLOTS | {"RSA_PUBLIC_KEY_2": "empty"},
        )
        assert world.run(Step.SET_SECRET) == StepReport(
            "RSA_PUBLIC_KEY_2 holds the new key already",
            observed=self.SLOTS | {"RSA_PUBLIC_KEY_2": pending},
        )

    def test_of_set_secret_over_a_key_of_ours(self, world: World) -> None:
        world.add_version(OLD, "previous", Stage.PREVIOUS)
        world.user.two = keys.fingerprint("previous")
        report = world.run(Step.SET_SECRET)
        assert report.decided == "install in RSA_PUBLIC_KEY_2, which is ours"

    def test_of_test_secret(self, installed: World) -> None:
        slots = self.SLOTS | {"RSA_PUBLIC_KEY_2": keys.fingerprint("pending")}
        assert installed.run(Step.TEST_SECRET) == StepReport(
            "the new key logs in and is in a slot", observed={"user": keys.USER} | slots
        )

    def test_of_finish_secret(self, installed: World) -> None:
        slots = self.SLOTS | {"RSA_PUBLIC_KEY_2": keys.fingerprint("pending")}
        unset = f"RSA_PUBLIC_KEY unset, it held {keys.fingerprint('current')}"
        assert installed.run(Step.FINISH_SECRET) == StepReport(
            "promote, and retire the old key", f"AWSCURRENT moved; {unset}", slots
        )
        again = installed.run(Step.FINISH_SECRET)
        assert again.decided == "the version is AWSCURRENT already; retire what is left"
        assert again.done == "no slot unset: no slot holds AWSPREVIOUS's key"
        assert again.observed == {
            "RSA_PUBLIC_KEY": "empty",
            "RSA_PUBLIC_KEY_2": keys.fingerprint("pending"),
        }

    def test_of_an_unfinished_retirement(self, installed: World) -> None:
        failure = SnowflakeUnreachable("down.")
        installed.user.failures["retire_key"] = failure
        assert installed.run(Step.FINISH_SECRET) == StepReport(
            "promote, and retire the old key", "AWSCURRENT moved", lingering=failure
        )
        assert installed.run(Step.FINISH_SECRET) == StepReport(
            "the version is AWSCURRENT already; retire what is left", lingering=failure
        )

    def test_of_a_first_rotation_that_is_finished_again(self, installed: World) -> None:
        installed.versions.stages = {NEW: {Stage.CURRENT}}
        assert installed.run(Step.FINISH_SECRET) == StepReport(
            "the version is AWSCURRENT already; retire what is left",
            "nothing: there is no AWSPREVIOUS",
        )


class TestMessages:
    """What the operator reads, where a step itself words it."""

    def test_name_the_version_that_is_malformed_and_its_remedy(self, world: World) -> None:
        world.versions.values[NEW] = "{}"
        with pytest.raises(
            MalformedSecret, match=r"In the AWSPENDING version: .* Remove AWSPENDING"
        ):
            world.run(Step.SET_SECRET)
        world.versions.values[NEW] = keys.secret_text("pending")
        world.versions.values[NOW] = "{}"
        with pytest.raises(MalformedSecret, match=r"In the AWSCURRENT version: .* Correct"):
            world.run(Step.SET_SECRET)

    def test_name_the_user_when_no_key_logs_in(self, world: World) -> None:
        world.user.one = None
        with pytest.raises(CurrentKeyNotInstalled) as caught:
            world.run(Step.SET_SECRET)
        for part in (
            keys.USER,
            keys.ACCOUNT,
            keys.fingerprint("current"),
            "First make sure",
        ):
            assert part in str(caught.value)

    @pytest.mark.parametrize(
        ("prepare", "step", "expected"),
        [
            ("empty", Step.SET_SECRET, "Version v-pending has no value."),
            ("no current", Step.SET_SECRET, "The secret has no AWSCURRENT version with a value."),
            ("not stored", Step.SET_SECRET, "RSA_PUBLIC_KEY_2 was set to SHA256:"),
            ("not installed", Step.FINISH_SECRET, "Snowflake rejects AWSPENDING's key SHA256:"),
            ("another user", Step.TEST_SECRET, "The login as 'SVC_APP' became user 'ADMIN'."),
        ],
    )
    def test_say_what_was_found(
        self, world: World, prepare: str, step: Step, expected: str
    ) -> None:
        if prepare == "empty":
            world.versions.values[NEW] = None
        if prepare == "no current":
            del world.versions.stages[NOW]
        if prepare == "not stored":
            world.user.stores = False
        if prepare == "another user":
            world.user.two = keys.fingerprint("pending")
            world.user.name = world.user.login_name = "ADMIN"
        with pytest.raises(RotationError) as caught:
            world.run(step)
        assert caught.value.found.startswith(expected)


@pytest.mark.parametrize("step", list(Step))
def test_every_step_refuses_a_version_without_its_label_and_touches_nothing(
    world: World, step: Step
) -> None:
    world.versions.stages[NEW] = {"mine"}
    with pytest.raises(VersionNotPending):
        world.run(step)
    assert world.versions.calls == ["labels"]
    assert world.user.calls == []
