"""Stories of old keys that stay: what the search found, told one by one, and the limits."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rotation.errors.slots import PreviousKeyInGrace
from rotation.retirement.reconcile import Reconciled
from rotation.rules.retention import AT_ONCE, Retention
from rotation.rules.rollouts import Rollout
from rotation.rules.staying import Stays
from rotation.rules.words import AttachedSecret, Stage, Step
from tests.proof import ecs, retiring, rollouts, service, watch
from tests.proof.ecs_ports import ListedSecrets
from tests.proof.effects import advance
from tests.proof.faults import Fault, Timing
from tests.proof.invocation import Done
from tests.proof.life_with_tasks import RETENTIONS
from tests.proof.tape import Tape
from tests.proof.world_with_tasks import WorldWithTasks, new_world_with_tasks

HOUR, DAY, TEN_MINUTES = timedelta(hours=1), timedelta(days=1), timedelta(minutes=10)


@pytest.fixture
def world() -> WorldWithTasks:
    """Clusters are named, and there is no grace."""
    return new_world_with_tasks(RETENTIONS[0])


def rotate(
    world: WorldWithTasks, faults: dict[Step, dict[int, Fault]] | None = None
) -> service.Attempt:
    version_id = service.rotate(world)
    assert version_id
    return service.attempt(world, version_id, faults)


def run(world: WorldWithTasks, job: str = "scheduled run") -> Reconciled:
    done = advance(world, retiring.begin(world, job)).outcome
    assert isinstance(done, Done)
    found = done.result[0] if isinstance(done.result, tuple) and done.result else None
    return found if isinstance(found, Reconciled) else Reconciled(listed_now(world))


def listed_now(world: WorldWithTasks) -> AttachedSecret:
    """Return the secret as a list tells of it that is not behind."""
    listed = ListedSecrets(world).every_secret()[0]
    return replace(listed, last_changed=world.dated.last_changed)


def running_task(world: WorldWithTasks) -> None:
    number = rollouts.start(world, "batch", ecs.PLAIN).number
    for _ in range(3):
        world.tick()
        rollouts.go_on(world, number)


@pytest.fixture
def replicated() -> WorldWithTasks:
    """Nothing but the replica keeps an old key."""
    world = new_world_with_tasks(AT_ONCE)
    world.dated.replicate()
    return world


def kinds(world: WorldWithTasks) -> list[str]:
    return [one.kind for one in world.violations]


def test_a_key_stays_for_the_task_that_holds_it_and_goes_when_it_has_ended(
    world: WorldWithTasks,
) -> None:
    running_task(world)
    assert not rotate(world).failed
    world.passes(DAY)
    assert len(run(world).holders) == 1
    assert isinstance(rotate(world).error, PreviousKeyInGrace)
    world.tasks.clear()
    world.passes(HOUR)
    assert run(world).keys
    assert not rotate(world).failed
    assert not world.violations


def test_a_rollback_without_awsprevious_keeps_the_key_that_tasks_hold(
    world: WorldWithTasks,
) -> None:
    """v1 was promoted by a rotation, tasks started with it, a person moves the label back."""
    rotate(world)
    world.passes(HOUR)
    running_task(world)
    world.move_current("v-first")
    world.app.detach(Stage.PREVIOUS)
    rotate(world)
    assert not world.violations


def test_a_rollback_without_awsprevious_is_no_rotation(world: WorldWithTasks) -> None:
    rotate(world)
    world.passes(HOUR)
    running_task(world)
    world.move_current("v-first")
    world.app.detach(Stage.PREVIOUS)
    world.passes(HOUR)
    run(world)
    assert not world.violations


def test_a_rollback_by_way_of_an_older_version_is_no_rotation(world: WorldWithTasks) -> None:
    """v2 is AWSCURRENT; a person tries the first version, then v1."""
    rotate(world)
    world.passes(HOUR)
    run(world)
    rotate(world)
    world.passes(HOUR)
    running_task(world)
    world.move_current("v-first")
    world.move_current("v1")
    world.passes(HOUR)
    run(world)
    assert not world.violations


def test_a_rollback_whose_event_is_lost_still_rolls_the_services(world: WorldWithTasks) -> None:
    rollouts.create_service(world, ecs.Service("web", ecs.PLAIN))
    world.passes(HOUR)
    rotate(world)
    run(world, "AWSCURRENT's event")
    rollouts.finish(world, "web")
    world.passes(5 * DAY)
    run(world)
    world.move_current("v-first")
    world.passes(HOUR)
    found = run(world)
    assert found.holders
    assert [one.rollout for one in found.services] == [Rollout.UNDER_WAY]


def test_a_rollout_that_began_before_a_retry_of_finishsecret_is_not_repeated(
    world: WorldWithTasks,
) -> None:
    """finishSecret dies after the promotion; its retry, which completes, is minutes away."""
    rollouts.create_service(world, ecs.Service("web", ecs.PLAIN))
    world.passes(HOUR)
    dies = Fault("dies after", Timing.DIE_AFTER)
    first = rotate(world, {Step.FINISH_SECRET: {4: dies}})
    run(world, "AWSCURRENT's event")
    rollouts.fail(world, "web", rolls_back=False)
    world.passes(TEN_MINUTES)
    assert not service.attempt(world, first.version_id).failed
    world.passes(HOUR)
    run(world)
    assert watch.TWICE not in kinds(world)


def test_a_list_that_may_lack_a_task_is_not_used_when_the_lists_have_settled(
    world: WorldWithTasks,
) -> None:
    """A long run: ECS was listed for another secret two minutes after this one's promotion."""
    world.lists_lag = True
    running_task(world)
    assert not rotate(world).failed
    world.passes(timedelta(minutes=2))

    def long_run(tape: Tape) -> Done:
        retirement = retiring.retirement(tape)
        secret = listed_now(world)
        retirement.look_at(secret, tape.time())
        world.passes(TEN_MINUTES)
        return Done(retirement.look_at(secret, tape.time()))

    advance(world, replace(retiring.begin(world, "scheduled run"), job=long_run))
    assert not world.violations


def test_a_replica_that_failed_keeps_its_key_until_it_is_mended(
    replicated: WorldWithTasks,
) -> None:
    """A whole rotation interval goes by, and the next rotation is refused."""
    served = replicated.app.fingerprint_with(Stage.CURRENT)
    replicated.dated.replication_fails()
    assert not rotate(replicated).failed
    replicated.passes(30 * DAY)
    refused = rotate(replicated)
    assert isinstance(refused.error, PreviousKeyInGrace)
    replicated.passes(HOUR)
    assert run(replicated).kept == Stays("replicas are not in sync: eu-central-1 (Failed)")
    assert replicated.user.accepts(served)

    replicated.dated.replication_is_mended()
    replicated.dated.replica_syncs()
    replicated.passes(HOUR)
    found = run(replicated)
    assert found.keys
    assert found.keys.retired == served
    assert not rotate(replicated).failed
    assert not replicated.violations


def test_a_replica_that_is_detached_keeps_nothing(replicated: WorldWithTasks) -> None:
    replicated.dated.replica_is_detached()
    assert not rotate(replicated).failed
    assert replicated.is_clean()
    assert not replicated.violations


def test_end_grace_cuts_off_a_replica_too(replicated: WorldWithTasks) -> None:
    served = replicated.app.fingerprint_with(Stage.CURRENT)
    replicated.dated.replication_fails()
    rotate(replicated)
    run(replicated, "end-grace")
    assert not replicated.user.accepts(served)
    assert not replicated.violations


def promoted_and_taken_back(world: WorldWithTasks) -> None:
    """finishSecret dies once it has promoted; a person moves AWSCURRENT back, the others off."""
    dies = Fault("dies after", Timing.DIE_AFTER)
    rotate(world, {Step.FINISH_SECRET: {4: dies}})
    assert world.app.holder(Stage.CURRENT) == "v1"
    running_task(world)
    world.dated.replica_syncs()
    world.passes(HOUR)
    world.move_current("v-first")
    world.app.detach(Stage.PREVIOUS)
    world.app.detach(Stage.PENDING)


def test_a_task_keeps_the_key_of_a_promotion_that_left_no_trace(world: WorldWithTasks) -> None:
    promoted_and_taken_back(world)
    assert isinstance(rotate(world).error, PreviousKeyInGrace)
    world.passes(DAY)
    run(world)
    assert not world.violations


def test_a_replica_keeps_it_too(replicated: WorldWithTasks) -> None:
    promoted_and_taken_back(replicated)
    assert isinstance(rotate(replicated).error, PreviousKeyInGrace)
    replicated.passes(DAY)
    assert isinstance(rotate(replicated).error, PreviousKeyInGrace)
    replicated.dated.replica_syncs()
    run(replicated)
    assert not rotate(replicated).failed
    assert not replicated.violations


@pytest.mark.parametrize("whole_seconds", [True, False])
def test_a_version_made_as_the_rotation_before_ended_is_not_taken_for_its_own(
    *, whole_seconds: bool
) -> None:
    """It is promoted a day later by a finishSecret that dies: its grace has only begun."""
    world = new_world_with_tasks(Retention(DAY))
    world.dated.whole_seconds = whole_seconds
    rotate(world)
    world.passes(2 * DAY)
    run(world)
    rotate(world)
    version_id = service.rotate(world)
    assert version_id
    assert world.dated.created[version_id] == world.dated.last_rotated
    world.passes(DAY + HOUR)
    dies = Fault("dies after", Timing.DIE_AFTER)
    run(world)
    service.attempt(world, version_id, {Step.FINISH_SECRET: {4: dies}})
    assert world.app.holder(Stage.CURRENT) == version_id
    run(world)
    assert not world.violations


def test_limit_a_replica_that_got_a_label_moved_by_hand_away_and_back(
    replicated: WorldWithTasks,
) -> None:
    """Its status still says InSync, and the dates show nothing."""
    rotate(replicated)
    replicated.dated.replica_syncs()
    replicated.passes(HOUR)
    replicated.move_current("v-first")
    replicated.dated.replica_syncs()
    replicated.move_current("v1")
    run(replicated)
    assert [(one.kind, one.overtaken) for one in replicated.violations] == [(watch.LOCKOUT, True)]


def test_limit_a_label_moved_by_hand_away_and_back(world: WorldWithTasks) -> None:
    """The dates show nothing of it: a task that started in between holds an older key."""
    rotate(world)
    world.passes(HOUR)
    world.move_current("v-first")
    running_task(world)
    world.move_current("v1")
    world.passes(HOUR)
    run(world)
    assert [(one.kind, one.overtaken) for one in world.violations] == [(watch.LOCKOUT, True)]


def test_limit_a_pinned_task_that_starts_when_the_tasks_were_listed(
    world: WorldWithTasks,
) -> None:
    rotate(world)
    world.passes(DAY)
    running = advance(world, retiring.begin(world, "scheduled run"), 6)
    number = rollouts.start(world, "batch", ecs.PINNED).number
    for _ in range(3):
        rollouts.go_on(world, number)
    advance(world, running)
    assert [(one.kind, one.overtaken) for one in world.violations] == [(watch.LOCKOUT, True)]
