"""When a service is rolled once more, and when never: an unsure promotion, a label moved back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rotation.retirement.reconcile import Reconciled
from rotation.rules.rollouts import (
    Deployment,
    Rollout,
)
from rotation.rules.tasks import SecretReference
from rotation.rules.words import SecretState, Stage
from tests.shared.dated import (
    ARN,
    CLUSTERS_ALONE,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    SECOND,
    ago,
    attached,
    deployment,
    rotated_ago,
    service,
    task,
)
from tests.shared.retirement import Run


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
