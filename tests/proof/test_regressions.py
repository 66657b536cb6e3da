"""Stories that a search once found, told again one by one; and the limits that remain.

A limit is met when somebody else changes the world between a step's latest look and its
change. Each of these tests shows one, and that the next rotation heals it or says so.
"""

import pytest

from rotation.errors.secret import PendingNotVouched
from rotation.errors.slots import CurrentKeyNotInstalled, Overtaken
from rotation.rules.words import Slot, Stage, Step
from rotation.steps.report import StepReport
from tests.proof import keypool, remedies, scenarios, service, watch
from tests.proof.effects import advance, begin
from tests.proof.invocation import Invocation
from tests.proof.scenarios import SCENARIOS
from tests.proof.world import APP, SERVICE, World


@pytest.fixture
def world() -> World:
    return SCENARIOS[0].build()[0]


def until(world: World, running: Invocation, effect: str) -> Invocation:
    """Let an invocation go on up to and including this effect."""
    while running.outcome is None:
        running = advance(world, running, 1)
        if running.answers[-1].effect.name.startswith(effect):
            return running
    raise AssertionError(f"no {effect}")


def given_up(world: World) -> str:
    """Give the rotation up and begin the next one."""
    remedies.remove_pending(world)
    version_id = service.rotate(world)
    assert version_id
    return version_id


def reaching(world: World, step: Step, effect: str) -> Invocation:
    """Rotate v1 up to an effect of a step, which then waits."""
    scenarios.run(world, "v1", *service.STEPS[: service.STEPS.index(step)])
    return until(world, begin(world, APP, step, "v1"), effect)


def test_a_rotation_given_up_does_not_replace_the_key_of_its_successor(world: World) -> None:
    """Found by the search; check_unchanged came of it.

    The old setSecret found the successor's key among the versions of the secret, took it for
    its own to replace, and by then it was AWSCURRENT's.
    """
    old = reaching(world, Step.SET_SECRET, "login")
    version_id = given_up(world)
    scenarios.run(world, version_id, Step.CREATE_SECRET, Step.SET_SECRET)
    old = until(world, old, "ListSecretVersionIds")
    scenarios.run(world, version_id, Step.TEST_SECRET)
    until(world, begin(world, APP, Step.FINISH_SECRET, version_id), "UpdateSecretVersionStage")
    assert isinstance(advance(world, old).outcome, Overtaken)
    assert world.current_can_log_in(world.app)
    assert not world.violations


def test_a_rollback_by_hand_keeps_its_key(world: World) -> None:
    """Found by the search; check_same_labels came of it.

    A finishSecret that resumed had read the labels at its start only. When a person then moved
    AWSCURRENT back, it unset the key that AWSCURRENT had again.
    """
    reaching(world, Step.FINISH_SECRET, "UpdateSecretVersionStage")
    resumed = until(world, begin(world, APP, Step.FINISH_SECRET, "v1"), "login")
    world.app.attach(Stage.CURRENT, "v-first")
    done = advance(world, resumed)
    assert isinstance(done.outcome, StepReport)
    assert isinstance(done.outcome.lingering, Overtaken)
    assert world.current_can_log_in(world.app)
    assert not world.violations


def locked_out_by_a_limit(world: World) -> None:
    """The lockout is one that no look could have prevented, and the next rotation names it."""
    assert [(one.kind, one.overtaken) for one in world.violations] == [(watch.LOCKOUT, True)]
    assert not world.current_can_log_in(world.app)
    version_id = service.rotate(world)
    assert version_id
    assert isinstance(service.attempt(world, version_id).error, CurrentKeyNotInstalled)
    service.settle(world, remedies_allowed=True)
    assert world.is_clean()


def test_limit_an_alter_in_flight_while_a_whole_later_rotation_runs(world: World) -> None:
    old = reaching(world, Step.SET_SECRET, "DESC USER")
    version_id = given_up(world)
    scenarios.run(world, version_id, Step.CREATE_SECRET, Step.SET_SECRET, Step.TEST_SECRET)
    until(world, begin(world, APP, Step.FINISH_SECRET, version_id), "UpdateSecretVersionStage")
    advance(world, old)
    locked_out_by_a_limit(world)


def test_limit_an_unset_in_flight_while_a_whole_later_rotation_runs(world: World) -> None:
    old = reaching(world, Step.FINISH_SECRET, "DESC USER")
    version_id = service.rotate(world)
    assert version_id
    scenarios.run(world, version_id, *Step)
    advance(world, old)
    locked_out_by_a_limit(world)


def test_limit_a_promotion_in_flight_while_the_next_rotation_replaces_its_key(
    world: World,
) -> None:
    old = reaching(world, Step.FINISH_SECRET, "login")
    version_id = given_up(world)
    scenarios.run(world, version_id, Step.CREATE_SECRET, Step.SET_SECRET)
    advance(world, old)
    assert [(one.kind, one.overtaken) for one in world.violations] == [(watch.LOCKOUT, True)]
    error = service.attempt(world, version_id).error
    assert isinstance(error, PendingNotVouched), "its key was made by the holder of another one"
    service.settle(world, remedies_allowed=True)
    assert world.is_clean()


def test_limit_a_key_set_between_the_look_and_the_alter_is_overwritten(world: World) -> None:
    old = reaching(world, Step.SET_SECRET, "DESC USER")
    world.account.put(SERVICE, Slot.TWO, keypool.fingerprint(world.draw()))
    assert not advance(world, old).failed
    assert [(one.kind, one.overtaken) for one in world.violations] == [(watch.FOREIGN, True)]


def test_limit_a_key_set_between_the_look_and_the_unset_is_unset(world: World) -> None:
    old = reaching(world, Step.FINISH_SECRET, "DESC USER")
    world.account.put(SERVICE, Slot.ONE, keypool.fingerprint(world.draw()))
    advance(world, old)
    assert [(one.kind, one.overtaken) for one in world.violations] == [(watch.FOREIGN, True)]
    assert world.is_clean()


def test_limit_the_new_key_taken_between_the_login_and_the_promotion(world: World) -> None:
    old = reaching(world, Step.FINISH_SECRET, "login")
    world.account.put(SERVICE, Slot.TWO, None)
    done = advance(world, old)
    assert not done.failed
    assert [(one.kind, one.overtaken) for one in world.violations] == [(watch.LOCKOUT, True)]
    assert world.user.one == world.app.fingerprint_with(Stage.PREVIOUS), "it was not unset"
    service.settle(world, remedies_allowed=True)
    assert world.is_clean()


def test_limit_deleted_versions_vouch_for_nothing(world: World) -> None:
    """AWS deletes versions without labels; a key that one of them left is then foreign."""
    scenarios.run(world, "v1", Step.CREATE_SECRET, Step.SET_SECRET)
    version_id = given_up(world)
    # Until then the abandoned version has its voucher, a label that keeps it from being deleted.
    scenarios.run(world, version_id, Step.CREATE_SECRET)
    world.app.forget_deprecated()
    error = service.attempt(world, version_id).error
    assert error is not None
    assert error.reason == "ForeignKey"
    assert not world.violations


def test_limit_two_secrets_with_one_key(world: World) -> None:
    """A copy of the secret: its key is ours too, and is retired with it."""
    text = world.app.versions["v-first"].value
    assert text
    other = scenarios.new_secret("copy", text)
    world.secrets["copy"] = other
    service.attempt(world, "v1")
    assert not world.current_can_log_in(other)


def test_limit_six_rejected_logins_when_testsecret_runs_twice_without_its_key(
    world: World,
) -> None:
    """Five failed logins lock a user; whether rejected keys count is documented nowhere."""
    scenarios.run(world, "v1", Step.CREATE_SECRET, Step.SET_SECRET)
    world.account.put(SERVICE, Slot.TWO, None)
    scenarios.run(world, "v1", Step.TEST_SECRET, Step.TEST_SECRET)
    assert world.user.rejected_in_a_row == 6
    assert world.current_can_log_in(world.app), "here it does not lock"
