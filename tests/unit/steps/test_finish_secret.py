"""finishSecret on in-memory ports: what it observes, decides and does, and in which order."""

import pytest

from rotation.errors.aws_answers import SecretsManagerError
from rotation.errors.secret import (
    IdentityChanged,
    KeyNotRenewed,
)
from rotation.errors.slots import (
    CurrentKeyNotInstalled,
    Overtaken,
    PendingKeyNotInstalled,
)
from rotation.errors.snowflake_answers import (
    SnowflakeUnreachable,
)
from rotation.keys.credential import Credential
from rotation.rules.words import (
    Stage,
    Step,
)
from tests.shared import keys
from tests.shared.fakes import FakeSession, FakeUser, FakeVersions
from tests.shared.steps import CURRENT, PENDING, World


class TestFinishSecret:
    def test_promotes_after_the_login_and_then_retires(self, installed: World) -> None:
        order: list[str] = []
        installed.versions.calls = installed.user.calls = order
        installed.run(Step.FINISH_SECRET)
        reads = ["labels", "read", "read"]
        assert order == [
            *reads,
            "log_in",
            "promote",
            "describe",
            "retire_key",
            "close",
            "remove_label",
        ]
        assert (installed.user.one, installed.user.two) == (None, keys.fingerprint("pending"))
        assert installed.versions.stages == {CURRENT: {Stage.PREVIOUS}, PENDING: {Stage.CURRENT}}

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
        installed.versions.values[CURRENT] = keys.secret_text("current", user="SVC_OTHER")
        with pytest.raises(IdentityChanged):
            installed.run(Step.FINISH_SECRET)
        assert "promote" not in installed.versions.calls

    def test_does_not_promote_a_copy_of_the_current_key(self, installed: World) -> None:
        installed.versions.values[PENDING] = installed.versions.values[CURRENT]
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
        assert Stage.CURRENT in installed.versions.stages[PENDING]


class TestAVersionThatIsCurrentAlready:
    @pytest.fixture
    def died(self, installed: World) -> World:
        """The function died between the promotion and the retirement."""
        both: set[str] = {Stage.CURRENT, Stage.PENDING}
        installed.versions.stages = {CURRENT: {Stage.PREVIOUS}, PENDING: both}
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
        died.versions.stages[CURRENT] = set()
        died.run(Step.FINISH_SECRET)
        assert died.user.calls == []

    @pytest.mark.parametrize("method", ["log_in", "describe", "retire_key"])
    def test_never_fails_because_of_snowflake(self, died: World, method: str) -> None:
        died.user.failures[method] = SnowflakeUnreachable("down.")
        assert died.run(Step.FINISH_SECRET).lingering is not None

    def test_never_fails_because_of_the_old_value(self, died: World) -> None:
        died.versions.values[CURRENT] = "{broken"
        assert died.run(Step.FINISH_SECRET).lingering is not None

    @pytest.mark.parametrize(
        "stages",
        [
            {CURRENT: {Stage.CURRENT}, PENDING: {Stage.PREVIOUS}},
            {CURRENT: set(), PENDING: {Stage.CURRENT, Stage.PENDING}},
        ],
        ids=["AWSCURRENT", "AWSPREVIOUS alone"],
    )
    def test_unsets_nothing_when_a_person_moved_a_label_meanwhile(
        self, died: World, stages: dict[str, set[str]]
    ) -> None:
        class Meanwhile(FakeUser):
            def log_in(self, credential: Credential) -> FakeSession:
                died.versions.stages = stages
                return super().log_in(credential)

        died.user = Meanwhile(one=died.user.one, two=died.user.two)
        assert isinstance(died.run(Step.FINISH_SECRET).lingering, Overtaken)
        assert died.user.one == keys.fingerprint("current")

    def test_never_loses_its_own_key(self, died: World) -> None:
        died.user.two = None
        assert died.run(Step.FINISH_SECRET).lingering is not None
        assert died.user.one == keys.fingerprint("current")
