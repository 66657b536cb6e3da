"""setSecret on in-memory ports: what it observes, decides and does, and in which order."""

import pytest

from rotation.errors.aws_answers import SecretsManagerDenied
from rotation.errors.base import RotationError
from rotation.errors.secret import (
    IdentityChanged,
    KeyNotRenewed,
    MalformedSecret,
    PendingVersionEmpty,
)
from rotation.errors.slots import (
    CurrentKeyNotInstalled,
    ForeignKey,
    KeyNotStored,
    Overtaken,
)
from rotation.errors.snowflake_answers import (
    InsufficientPrivilege,
    LoginRejected,
    SnowflakeUnreachable,
    UserLockedOrDisabled,
)
from rotation.keys.credential import Credential
from rotation.rules.words import (
    Sensitive,
    Stage,
    Step,
)
from tests.shared import keys
from tests.shared.fakes import FakeSession, FakeUser, FakeVersions
from tests.shared.steps import CURRENT, LEFT, OLD, PENDING, World


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
                    self.stages[PENDING] = set()
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
        world.versions.values[PENDING] = world.versions.values[CURRENT]
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
        world.versions.values[PENDING] = keys.secret_text("pending", **{field_name: other})
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
        world.versions.values[PENDING] = None
        with pytest.raises(PendingVersionEmpty):
            world.run(Step.SET_SECRET)

    def test_refuses_a_malformed_secret_before_any_login(self, world: World) -> None:
        world.versions.values[CURRENT] = "{}"
        with pytest.raises(MalformedSecret):
            world.run(Step.SET_SECRET)
        assert world.user.calls == []
