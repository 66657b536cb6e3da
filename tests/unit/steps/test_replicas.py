"""A secret with replicas: their consumers get the new key when the replica has it, not before."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rotation.errors.slots import PreviousKeyInGrace
from rotation.rules import staying
from rotation.rules.errand import KeyOperation
from rotation.rules.retention import AT_ONCE, REPLICAS_SETTLE, Retention
from rotation.rules.staying import Asker, Facts, Stays
from rotation.rules.words import SecretLabels, SecretState, Step
from tests.shared import keys
from tests.shared.dated import (
    ARN,
    CLUSTERS_ALONE,
    DAY,
    HOUR,
    IN_GRACE,
    MINUTE,
    NOW,
    ago,
    attached,
    rotated_ago,
)
from tests.shared.errands import World as ErrandWorld
from tests.shared.retirement import Run
from tests.shared.steps import WorldInGrace as World

IN_SYNC, FAILED, DETACHED, PENDING = (
    {"eu-central-1": status} for status in ("InSync", "Failed", "Detached", "Pending")
)
OUT_OF_SYNC = Stays("replicas are not in sync: eu-central-1 (Failed)")


def of(state: SecretState, replicas: dict[str, str]) -> SecretState:
    return replace(state, labels=replace(state.labels, replicas=replicas))


def in_grace(kept: Retention, since: timedelta, replicas: dict[str, str]) -> Stays | None:
    state = of(rotated_ago(since), replicas)
    facts = Facts(state.labels, state.created, kept, NOW)
    decided = staying.decide(facts, Asker.HOURLY)
    return decided if isinstance(decided, Stays) else None


@pytest.mark.parametrize(
    ("case", "replicas", "replicated", "out_of_sync"),
    [
        ("none", {}, False, ()),
        ("one that has all", IN_SYNC, True, ()),
        ("one that failed", FAILED, True, ("eu-central-1 (Failed)",)),
        ("one that is detached is a secret of its own", DETACHED, False, ()),
        ("another account's that waits", PENDING, True, ("eu-central-1 (Pending)",)),
        (
            "two, and a word that AWS adds tomorrow",
            {**IN_SYNC, "us-east-1": "Paused"},
            True,
            ("us-east-1 (Paused)",),
        ),
    ],
)
def test_what_describe_secret_says(
    *, case: str, replicas: dict[str, str], replicated: bool, out_of_sync: tuple[str, ...]
) -> None:
    labels = SecretLabels(True, {}, replicas=replicas)  # noqa: FBT003
    assert (labels.is_replicated, labels.out_of_sync) == (replicated, out_of_sync), case


class TestTheGrace:
    @pytest.mark.parametrize("replicas", [IN_SYNC, FAILED])
    def test_is_ten_minutes_at_least(self, replicas: dict[str, str]) -> None:
        ends = ago(MINUTE) + REPLICAS_SETTLE
        held = Stays(f"its grace ends at {staying.to_the_minute(ends)}")
        assert in_grace(AT_ONCE, MINUTE, replicas) == held

    def test_is_the_longer_one(self) -> None:
        ends = ago(HOUR) + DAY
        assert in_grace(IN_GRACE, HOUR, IN_SYNC) == Stays(
            f"its grace ends at {staying.to_the_minute(ends)}"
        )

    @pytest.mark.parametrize("kept", [AT_ONCE, IN_GRACE, CLUSTERS_ALONE])
    def test_goes_on_until_every_replica_is_in_sync(self, kept: Retention) -> None:
        assert in_grace(kept, 30 * DAY, FAILED) == OUT_OF_SYNC
        assert in_grace(kept, 30 * DAY, IN_SYNC) is None

    def test_names_every_replica_that_keeps_it(self) -> None:
        held = in_grace(AT_ONCE, DAY, {**FAILED, "us-east-1": "InProgress"})
        assert held is not None
        expected = "replicas are not in sync: eu-central-1 (Failed), us-east-1 (InProgress)"
        assert held.because == expected

    def test_is_none_for_a_secret_whose_replica_was_detached(self) -> None:
        assert in_grace(AT_ONCE, 0 * MINUTE, DETACHED) is None


class TestTheSteps:
    """Nothing is kept otherwise: no grace, no clusters."""

    @pytest.fixture
    def world(self) -> World:
        return World(retention=replace(AT_ONCE, function_name="rotation-retirement"))

    @pytest.mark.parametrize("replicas", [IN_SYNC, FAILED])
    def test_finish_secret_leaves_the_old_key(self, world: World, replicas: dict[str, str]) -> None:
        world.versions.replicas = replicas
        world.user.two = keys.fingerprint("pending")
        report = world.run(Step.FINISH_SECRET)
        assert report.lingering is None
        assert "no task or replica needs it" in str(report.done)
        assert world.user.one == keys.fingerprint("current")

    def test_and_when_it_resumes(self, world: World) -> None:
        world.versions.replicas = IN_SYNC
        world.user.two = keys.fingerprint("pending")
        for _ in range(2):
            report = world.run(Step.FINISH_SECRET)
        assert str(report.done).startswith("nothing: the old key stays")
        assert world.user.one == keys.fingerprint("current")

    def test_a_detached_replica_keeps_nothing(self, world: World) -> None:
        world.versions.replicas = DETACHED
        world.user.two = keys.fingerprint("pending")
        world.run(Step.FINISH_SECRET)
        assert world.user.one is None

    def test_set_secret_does_not_replace_a_key_that_a_replica_may_serve(self, world: World) -> None:
        world.rotated(30 * DAY)
        world.versions.replicas = FAILED
        error = world.refused()
        assert isinstance(error, PreviousKeyInGrace)
        assert error.found == (
            f"The other slot holds the key that was current before: {OUT_OF_SYNC.because}."
        )

    def test_set_secret_replaces_it_once_all_are_in_sync(self, world: World) -> None:
        world.rotated(30 * DAY)
        world.versions.replicas = IN_SYNC
        world.run(Step.SET_SECRET)
        assert world.user.two == keys.fingerprint("pending")


class TestTheErrand:
    @pytest.fixture
    def world(self) -> ErrandWorld:
        return ErrandWorld(retention=AT_ONCE)

    def test_leaves_the_old_key_while_a_replica_is_out_of_sync(self, world: ErrandWorld) -> None:
        world.versions.replicas = FAILED
        assert world.run().because == OUT_OF_SYNC.because
        assert world.kept()

    def test_retires_it_when_all_are_in_sync(self, world: ErrandWorld) -> None:
        world.versions.replicas = IN_SYNC
        assert world.run().retired == keys.fingerprint("previous")

    @pytest.mark.parametrize("replicas", [{}, IN_SYNC])
    def test_leaves_both_keys_of_a_secret_that_was_just_attached(
        self, world: ErrandWorld, replicas: dict[str, str]
    ) -> None:
        world.versions.last_rotated = None
        world.versions.replicas = replicas
        assert world.run().because == "no rotation moved AWSCURRENT to its version"

    def test_retires_it_on_command_all_the_same(self, world: ErrandWorld) -> None:
        world.versions.replicas = FAILED
        assert world.run(end_grace=True).retired == keys.fingerprint("previous")


class TestTheRetirement:
    def test_asks_for_no_more_than_a_look_and_tells_how_late_it_is(self) -> None:
        run = Run(AT_ONCE)
        run.secrets.states[ARN] = of(rotated_ago(DAY), FAILED)
        found = run.look_at(attached(changed=ago(DAY)))
        assert found.kept == OUT_OF_SYNC
        assert found.late == DAY - REPLICAS_SETTLE
        assert [one.operation for one in run.keys.requests] == [KeyOperation.LOOK]

    def test_has_the_key_retired_when_all_are_in_sync(self) -> None:
        run = Run(AT_ONCE)
        run.secrets.states[ARN] = of(rotated_ago(DAY), IN_SYNC)
        assert run.look_at(attached(changed=ago(DAY))).kept is None
        assert [one.operation for one in run.keys.requests] == [KeyOperation.RETIRE]
