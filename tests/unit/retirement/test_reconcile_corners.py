"""Sequences in which an old key would have gone too early, or stayed for ever."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from rotation.retirement.reconcile import Reconciled
from rotation.rules import promotion
from rotation.rules.errand import Beside
from rotation.rules.retention import AT_ONCE, LISTS_SETTLE
from rotation.rules.rollouts import (
    Deployment,
    Rollout,
    rollout_of,
    to_roll,
)
from rotation.rules.tasks import ANY_SECRET, SecretReference, Task
from rotation.rules.words import SecretState, Stage
from tests.shared import keys
from tests.shared.commands import LEAKED_KEY
from tests.shared.commands import World as LeakedWorld
from tests.shared.errands import World
from tests.shared.retirement import (
    ARN,
    CLUSTERS_ALONE,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    SECOND,
    Run,
    ago,
    attached,
    deployment,
    rotated_ago,
    service,
    task,
)
from tests.shared.steps import CURRENT

SECOND_ARN = ARN.replace("app", "two")


class TestASecretThatWasJustAttached:
    """Both of its user's keys may be in use, as before the first rotation."""

    @pytest.fixture
    def world(self) -> World:
        world = World(retention=AT_ONCE)
        world.versions.last_rotated = None
        return world

    def test_keeps_the_key_of_its_previous_version(self, world: World) -> None:
        assert world.run().because == "no rotation moved AWSCURRENT to its version"
        assert world.kept()

    def test_so_does_one_whose_value_a_person_put(self, world: World) -> None:
        world.versions.last_rotated = world.versions.created[CURRENT] - DAY
        assert world.run().because == "no rotation moved AWSCURRENT to its version"
        assert world.kept()

    def test_loses_it_on_command(self, world: World) -> None:
        assert world.run(end_grace=True).retired == keys.fingerprint("previous")

    def test_loses_it_after_a_rotation(self, world: World) -> None:
        world.rotated(HOUR)
        assert world.run().retired == keys.fingerprint("previous")


def promotion_of(run: Run) -> datetime:
    state = run.secrets.states[ARN]
    promoted = promotion.find_promotion(state.labels, state.created)
    assert promoted is not None
    return promoted.latest


class TestTheListOfTasks:
    """ECS's lists may lack a task for minutes after it was created."""

    def look(self, run: Run, arn: str, changed: timedelta) -> Reconciled:
        return run.look_at(attached(arn, changed=ago(changed)))

    def test_is_taken_again_when_it_is_from_before_they_settled(self) -> None:
        run = Run(CLUSTERS_ALONE)
        run.secrets.states = {ARN: rotated_ago(MINUTE), SECOND_ARN: rotated_ago(MINUTE)}
        self.look(run, ARN, MINUTE)
        run.clusters.all_tasks = [task("listed late", arn=SECOND_ARN)]
        run.time = NOW + 9 * MINUTE
        assert run.time == promotion_of(run) + LISTS_SETTLE, "the first instant at which it may go"
        found = self.look(run, SECOND_ARN, MINUTE)
        assert [one.arn[-11:] for one in found.holders] == ["listed late"]
        assert "retire two" not in run.calls

    def test_does_not_decide_when_the_grace_ends_while_it_is_taken(self) -> None:
        run = Run(CLUSTERS_ALONE)
        run.secrets.states[ARN] = rotated_ago(10 * MINUTE - SECOND)
        listed = run.clusters.tasks

        def slowly() -> Iterator[Task]:
            run.time = NOW + MINUTE
            yield from listed()

        run.clusters.tasks = slowly  # type: ignore[method-assign]
        assert self.look(run, ARN, 10 * MINUTE).kept is not None
        assert "retire app" not in run.calls

    def test_is_taken_once_for_secrets_that_rest(self) -> None:
        run = Run(CLUSTERS_ALONE)
        run.secrets.states = {ARN: rotated_ago(HOUR), SECOND_ARN: rotated_ago(HOUR)}
        for arn in run.secrets.states:
            self.look(run, arn, HOUR)
        assert run.calls.count("tasks") == 1


class TestAPromotionThatIsOnlyKnownToBeBeforeTheLastChange:
    def found(self, *made: Deployment, tasks: timedelta = 2 * DAY) -> tuple[Run, Reconciled]:
        """``tasks``: how old the service's tasks are."""
        run = Run(CLUSTERS_ALONE)
        state = rotated_ago(20 * MINUTE)
        unsure = replace(state.labels, last_rotated=None)
        created = {version: ago(9 * DAY) for version in state.created}
        run.secrets.states[ARN] = SecretState(unsure, created)
        web = service("web")
        run.clusters.all_services, run.clusters.all_tasks = [web], [task(created=ago(tasks))]
        run.clusters.deployments[web.arn] = [*made]
        return run, run.look_at(attached(changed=NOW))

    def test_has_services_rolled_again_a_day_later(self) -> None:
        run, _ = self.found(deployment(25 * HOUR, "SUCCESSFUL"), tasks=25 * HOUR - MINUTE)
        assert "roll web" in run.calls

    @pytest.mark.parametrize("status", ["SUCCESSFUL", "IN_PROGRESS", "STOPPED"])
    def test_has_them_rolled_once_a_day(self, status: str) -> None:
        run, _ = self.found(deployment(HOUR, status), tasks=HOUR - MINUTE)
        assert "roll web" not in run.calls

    def test_never_repeats_a_deployment_that_failed(self) -> None:
        run, found = self.found(deployment(25 * HOUR, "ROLLBACK_FAILED"))
        assert "roll web" not in run.calls
        assert [one.rollout for one in found.bad_rollouts] == [Rollout.FAILED]

    def test_is_late_from_when_it_was_possible(self) -> None:
        _, found = self.found()
        assert found.late == 9 * DAY - 10 * MINUTE


def test_after_a_rotation_no_service_is_rolled_twice_however_old_its_deployment() -> None:
    assert rollout_of([deployment(30 * DAY, "SUCCESSFUL")], NOW) is Rollout.DONE


class TestAServiceWhoseNewTasksHoldAnOldKeyToo:
    """Its definition names AWSPREVIOUS or a version beside AWSCURRENT: rolling can't free it."""

    @pytest.mark.parametrize(
        "beside", [SecretReference(ARN, Stage.PREVIOUS), SecretReference(ARN, "", "old")]
    )
    def test_is_rolled_once_and_keeps_the_key(self, beside: SecretReference) -> None:
        run = Run(CLUSTERS_ALONE)
        run.secrets.states[ARN] = rotated_ago(0 * SECOND)
        web = replace(service("web"), references=(SecretReference(ARN), beside))
        run.clusters.all_services = [web]
        run.clusters.all_tasks = [replace(task(), references=web.references)]
        rolled = []
        for hours in range(1, 7 * 24):
            run.begin()
            run.time = NOW + hours * HOUR
            found = run.look_at(attached(changed=NOW))
            if "roll web" in run.calls:
                rolled.append(hours)
                made = run.time + MINUTE
                run.clusters.deployments[web.arn] = [Deployment(run.time, "SUCCESSFUL")]
                run.clusters.all_tasks = [replace(task(created=made), references=web.references)]
            assert found.keys is None or not found.keys.retired
        assert rolled == [1]

    def test_keeps_the_key_from_the_start_without_being_rolled(self) -> None:
        run = Run(CLUSTERS_ALONE)
        run.secrets.states[ARN] = rotated_ago(HOUR)
        pinned = (SecretReference(ARN), SecretReference(ARN, "", "old"))
        run.clusters.all_services = [replace(service("web"), references=pinned)]
        run.clusters.all_tasks = [replace(task(created=ago(MINUTE)), references=pinned)]
        found = run.look_at(attached(changed=NOW))
        assert found.kept is not None
        assert (found.services, len(found.holders)) == ((), 1)
        assert "services" not in run.calls


def test_the_hourly_run_rolls_after_a_rollback_whose_event_was_lost() -> None:
    run = Run(CLUSTERS_ALONE)
    state = rotated_ago(HOUR, old=Stage.CURRENT, new=Stage.PREVIOUS)
    created = {"old": ago(90 * DAY), "new": ago(HOUR)}
    run.secrets.states[ARN] = SecretState(state.labels, created)
    web = service("web")
    run.clusters.all_services, run.clusters.all_tasks = [web], [task(created=ago(29 * DAY))]
    run.clusters.deployments[web.arn] = [deployment(30 * DAY, "SUCCESSFUL")]
    run.look_at(attached(changed=NOW))
    assert "roll web" in run.calls


def test_a_service_that_others_deploy_is_told_of_though_it_names_no_definition() -> None:
    external = replace(service("web"), rolls=False, references=())
    assert to_roll([external], ARN, [task()]) == (external,)
    assert to_roll([external], ARN, []) == ()


def test_a_task_whose_definition_is_not_shown_holds_every_key_and_is_not_rolled() -> None:
    hidden = replace(task(), references=(ANY_SECRET,))
    labels = rotated_ago(HOUR).labels
    assert hidden.may_hold_older(ARN, labels, ago(HOUR))
    assert not hidden.may_hold_older(ARN, labels, ago(90 * DAY))
    assert not replace(service("web"), references=(ANY_SECRET,)).starts_with(ARN)


class TestAPromotionAMomentAgo:
    """LastRotatedDate comes when the rotation has ended, a moment after the label."""

    def test_is_waited_for(self) -> None:
        run = Run(CLUSTERS_ALONE)
        ended = rotated_ago(0 * SECOND)
        moved = SecretState(replace(ended.labels, last_rotated=ago(30 * DAY)), ended.created)
        run.secrets.states[ARN] = moved
        pauses: list[float] = []

        def pause(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 2:
                run.secrets.states[ARN] = ended

        run.retirement.wait_for_completion(attached(), pause)
        assert pauses == [0.5, 1.0]

    def test_is_not_waited_for_for_ever(self) -> None:
        run = Run(CLUSTERS_ALONE)
        state = rotated_ago(HOUR)
        run.secrets.states[ARN] = SecretState(
            replace(state.labels, last_rotated=None), state.created
        )
        pauses: list[float] = []
        run.retirement.wait_for_completion(attached(), pauses.append)
        assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0]

    @pytest.mark.parametrize(
        ("case", "state"),
        [
            ("the secret was just created", rotated_ago(HOUR, new=Stage.CURRENT)),
            ("the dates tell nothing", SecretState(rotated_ago(HOUR).labels, {})),
        ],
    )
    def test_that_has_no_end_is_not_waited_for(self, case: str, state: SecretState) -> None:
        run = Run(CLUSTERS_ALONE)
        unended = replace(state.labels, last_rotated=None)
        run.secrets.states[ARN] = SecretState(unended, state.created)
        pauses: list[float] = []
        run.retirement.wait_for_completion(attached(), pauses.append)
        assert pauses == [], case


def test_a_leaked_key_that_finish_secret_retired_is_told_of() -> None:
    world = LeakedWorld(Run(AT_ONCE))
    promote = world.promote

    def promote_and_retire() -> None:
        promote()
        world.run.keys.beside[ARN] = Beside.NOTHING

    world.promote = promote_and_retire  # type: ignore[method-assign]
    world.run.keys.beside[ARN] = Beside.NOTHING
    assert world.emergency.replace_leaked_key("app").retired == (LEAKED_KEY,)
