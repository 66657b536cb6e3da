"""The steps where old keys are kept: what is refused, what is left, and what stays as it was."""

import pytest

from rotation.errors.slots import CurrentKeyNotInstalled
from rotation.errors.snowflake_answers import SnowflakeUnreachable
from rotation.rules.retention import AT_ONCE, Retention
from rotation.rules.words import (
    Stage,
    Step,
)
from rotation.steps.report import StepReport
from tests.shared import keys
from tests.shared.dated import ARN, CLUSTER, DAY
from tests.shared.fakes import FakeAdmin, FakeVersions
from tests.shared.steps import CURRENT, GRACE, LEFT, PENDING
from tests.shared.steps import WorldInGrace as World

CLUSTERS = Retention(clusters=(CLUSTER,), function_name="rotation-retirement")
COMMAND = (
    "AWS_MAX_ATTEMPTS=1 aws lambda invoke --function-name rotation-retirement --cli-read-timeout 0 "
    "--cli-binary-format raw-in-base64-out --payload "
    f'\'{{"operation": "end-grace", "secretId": "{ARN}"}}\' /dev/stdout'
)
REMEDY = (
    "Wait; if a replica failed, mend it. The retirement function unsets the key when its grace is "
    "over, and no task or replica needs it. Then rotate again. "
    "To cut off whatever holds the key, now: "
)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def installed(world: World) -> World:
    """The state in which finishSecret finds them: the old key was retired long ago."""
    world.user.two = keys.fingerprint("pending")
    return world


class TestSetSecret:
    def test_refuses_with_the_end_of_the_grace_and_the_command(self, world: World) -> None:
        error = world.refused()
        assert error.found == (
            "The other slot holds the key that was current before: "
            "its grace ends at 2026-07-01 11:00 UTC."
        )
        assert str(error) == (
            f"{error.found} Nothing was changed in Snowflake. AWSPENDING waits with its key. "
            f"{REMEDY}{COMMAND}"
        )

    def test_refuses_after_one_login_and_one_more_request_to_aws(self, world: World) -> None:
        world.refused()
        aws = ["labels", "read", "read"]
        assert world.order == [*aws, "log_in", "describe", "read", "version_dates", "close"]

    def test_names_no_end_where_only_the_retirement_function_can_tell(self, world: World) -> None:
        world.retention = CLUSTERS
        error = world.refused()
        assert "has not found it free of tasks yet." in error.found
        assert str(error).endswith(COMMAND)

    def test_replaces_the_old_key_once_its_grace_is_over(self, world: World) -> None:
        world.rotated(DAY)
        world.run(Step.SET_SECRET)
        assert world.user.two == keys.fingerprint("pending")

    def test_never_replaces_it_by_itself_where_clusters_are_named(self, world: World) -> None:
        world.rotated(80 * DAY)
        world.retention = CLUSTERS
        world.refused()

    @pytest.mark.parametrize("kept", [GRACE, CLUSTERS])
    def test_replaces_an_abandoned_key_at_once(self, world: World, kept: Retention) -> None:
        world.retention = kept
        world.add_version(LEFT, "abandoned")
        world.user.two = keys.fingerprint("abandoned")
        world.run(Step.SET_SECRET)
        assert world.user.two == keys.fingerprint("pending")

    def test_uses_an_empty_slot_without_a_look_at_dates(self, world: World) -> None:
        world.user.two = None
        world.run(Step.SET_SECRET)
        assert "version_dates" not in world.order

    def test_uses_the_second_slot_of_the_current_key_without_a_look_at_dates(
        self, world: World
    ) -> None:
        world.user.two = keys.fingerprint("current")
        world.run(Step.SET_SECRET)
        assert world.user.two == keys.fingerprint("pending")
        assert "version_dates" not in world.order

    def test_goes_on_when_its_key_is_in_place(self, installed: World) -> None:
        assert "already" in installed.run(Step.SET_SECRET).decided
        assert "version_dates" not in installed.order

    def test_refuses_before_the_admin_logs_in(self, world: World) -> None:
        world.admin = FakeAdmin(world.user)
        world.refused()
        assert world.admin.calls == ["read"]

    def test_without_a_retention_replaces_it_with_the_calls_of_ever(self, world: World) -> None:
        world.retention = AT_ONCE
        world.run(Step.SET_SECRET)
        assert world.user.two == keys.fingerprint("pending")
        assert world.order == [
            *("labels", "read", "read", "log_in", "describe", "read"),
            *("labels", "describe", "install_key", "describe", "close"),
        ]


@pytest.mark.parametrize("kept", [GRACE, CLUSTERS])
class TestFinishSecret:
    KEPT = "the old key stays until its grace is over, and no task or replica needs it"

    def test_promotes_and_leaves_the_old_key(self, installed: World, kept: Retention) -> None:
        installed.retention = kept
        report = installed.run(Step.FINISH_SECRET)
        assert report == StepReport(
            f"promote; {self.KEPT}",
            f"AWSCURRENT moved; {self.KEPT}",
            {
                "RSA_PUBLIC_KEY": keys.fingerprint("current"),
                "RSA_PUBLIC_KEY_2": keys.fingerprint("pending"),
            },
        )
        assert installed.user.one == keys.fingerprint("current")
        assert installed.order == [
            *("labels", "read", "read", "log_in", "promote", "describe", "close", "remove_label")
        ]

    def test_needs_no_admin(self, installed: World, kept: Retention) -> None:
        installed.retention = kept
        installed.admin = FakeAdmin(installed.user)
        installed.run(Step.FINISH_SECRET)
        assert installed.admin.calls == []

    def test_still_says_when_its_key_was_taken_away(
        self, installed: World, kept: Retention
    ) -> None:
        class Taken(FakeVersions):
            def promote(self, version_id: str, *, instead_of: str) -> None:
                super().promote(version_id, instead_of=instead_of)
                installed.user.two = keys.fingerprint("foreign")

        installed.retention = kept
        installed.versions = Taken(installed.versions.values, installed.versions.stages)
        report = installed.run(Step.FINISH_SECRET)
        assert isinstance(report.lingering, CurrentKeyNotInstalled)
        assert report.decided == f"promote; {self.KEPT}"

    def test_a_look_that_fails_is_reported_and_the_rotation_stands(
        self, installed: World, kept: Retention
    ) -> None:
        installed.retention = kept
        installed.user.failures["describe"] = SnowflakeUnreachable("down.")
        report = installed.run(Step.FINISH_SECRET)
        assert isinstance(report.lingering, SnowflakeUnreachable)
        assert Stage.CURRENT in installed.versions.stages[PENDING]

    def test_resumed_it_leaves_the_old_key_without_a_login(
        self, installed: World, kept: Retention
    ) -> None:
        installed.retention = kept
        installed.versions.stages = {CURRENT: {Stage.PREVIOUS}, PENDING: {Stage.CURRENT}}
        assert installed.run(Step.FINISH_SECRET) == StepReport(
            "the version is AWSCURRENT already; retire what is left", f"nothing: {self.KEPT}"
        )
        assert installed.order == ["labels", "read"]

    def test_resumed_without_a_previous_version_it_says_so(
        self, installed: World, kept: Retention
    ) -> None:
        installed.retention = kept
        installed.versions.stages = {PENDING: {Stage.CURRENT}}
        report = installed.run(Step.FINISH_SECRET)
        assert report.done == "nothing: there is no AWSPREVIOUS"


def test_without_a_retention_finish_secret_retires_with_the_calls_of_ever(
    installed: World,
) -> None:
    installed.retention = AT_ONCE
    report = installed.run(Step.FINISH_SECRET)
    assert report.decided == "promote, and retire the old key"
    assert installed.user.one is None
    assert installed.order == [
        *(
            "labels",
            "read",
            "read",
            "log_in",
            "promote",
            "describe",
            "retire_key",
            "close",
            "remove_label",
        )
    ]
