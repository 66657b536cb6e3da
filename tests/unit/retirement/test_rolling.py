"""Which services the retirement rolls: each once, and never against a deployment that failed."""

import pytest

from rotation.errors.aws_answers import EcsDenied, EcsUnreachable
from rotation.errors.base import RotationError
from rotation.retirement.reconcile import Reconciled
from rotation.retirement.rolling import RolledService
from rotation.rules.rollouts import Deployment, Rollout
from rotation.rules.words import SecretState
from tests.shared.dated import (
    ARN,
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    SECOND_ARN,
    ago,
    attached,
    labelled,
    rotated_ago,
    service,
    task,
)
from tests.shared.retirement import Run

WEB, WORKER = service("web"), service("worker")


def look(run: Run) -> Reconciled:
    return run.look_at(attached())


def rolled(run: Run) -> list[str]:
    return [call for call in run.calls if call.startswith("roll ")]


class TestTheSchedule:
    def test_rolls_the_service_that_was_not_rolled(self, run: Run) -> None:
        assert look(run).services == (RolledService(WEB, Rollout.UNDER_WAY),)
        assert run.calls == [
            *("state app", "tasks", "look app", "services", "deployments web", "roll web")
        ]

    def test_rolls_it_once_though_it_runs_every_hour(self, run: Run) -> None:
        look(run)
        for _ in range(3):
            run.begin()
            assert look(run).services == (RolledService(WEB, Rollout.UNDER_WAY),)
            assert rolled(run) == []

    @pytest.mark.parametrize(
        ("status", "hours", "expected"),
        [
            ("SUCCESSFUL", 0.9, Rollout.DONE),
            ("IN_PROGRESS", 0.9, Rollout.UNDER_WAY),
            ("ROLLBACK_SUCCESSFUL", 0.9, Rollout.FAILED),
            ("STOPPED", 0.9, Rollout.FAILED),
        ],
    )
    def test_leaves_a_service_that_anybody_deployed(
        self, run: Run, status: str, hours: float, expected: Rollout
    ) -> None:
        run.clusters.deployments[WEB.arn] = [Deployment(ago(hours * HOUR), status)]
        found = look(run)
        assert found.services == (RolledService(WEB, expected),)
        assert rolled(run) == []
        assert found.bad_rollouts == (found.services if expected is Rollout.FAILED else ())

    def test_keeps_the_key_for_a_task_that_an_early_success_left_running(self, run: Run) -> None:
        # ECS's earlySuccessCriteria with DEFERRED clean-up: SUCCESSFUL, and old tasks still run.
        run.clusters.deployments[WEB.arn] = [Deployment(ago(0.9 * HOUR), "SUCCESSFUL")]
        found = look(run)
        assert found.kept is not None
        assert found.keys is not None
        assert found.keys.retired is None
        assert "retire app" not in run.calls

    def test_tells_of_one_that_is_stuck(self, run: Run) -> None:
        run.secrets.states[ARN] = rotated_ago(9 * HOUR)
        run.clusters.deployments[WEB.arn] = [Deployment(ago(3 * HOUR), "IN_PROGRESS")]
        found = look(run)
        assert found.bad_rollouts == (RolledService(WEB, Rollout.STUCK),)

    def test_counts_deployments_since_the_newest_task_that_holds_the_key(self, run: Run) -> None:
        newest = ago(2 * HOUR) + SECOND
        run.clusters.all_tasks = [task(), task("newest", created=newest)]
        run.clusters.deployments[WEB.arn] = [Deployment(ago(2 * HOUR), "SUCCESSFUL")]
        look(run)
        assert run.clusters.asked_since == [newest]
        assert rolled(run) == ["roll web"]

    def test_counts_them_for_a_day_when_a_person_moved_the_label(self, run: Run) -> None:
        run.clusters.all_tasks = [task(created=ago(2 * HOUR))]
        made = ago(5 * DAY)
        labels = labelled(ago(40 * DAY), ago(HOUR))
        run.secrets.states[ARN] = SecretState(labels, {"new": made, "old": made - DAY})
        look(run)
        assert run.clusters.asked_since == [ago(DAY)]

    def test_does_not_roll_what_it_may_not(self, run: Run) -> None:
        deployed_by_others = service(rolls=False)
        run.clusters.all_services = [deployed_by_others]
        found = look(run)
        assert found.services == (RolledService(deployed_by_others, Rollout.BY_OTHERS),)
        assert found.bad_rollouts == found.services
        assert "deployments web" not in run.calls

    def test_rolls_nothing_when_the_old_key_is_gone(self, run: Run) -> None:
        run.secrets.states[ARN] = rotated_ago(2 * DAY)
        run.clusters.all_tasks = []
        found = look(run)
        assert (found.services, rolled(run)) == ((), [])
        assert found.keys is not None
        assert found.keys.retired

    def test_rolls_nothing_in_the_grace_when_no_task_is_left(self, run: Run) -> None:
        run.clusters.all_tasks = [task(created=ago(MINUTE))]
        found = look(run)
        assert found.kept is not None
        assert "services" not in run.calls


class TestAServiceOfTwoSecrets:
    def test_is_rolled_once_in_a_run(self, run: Run) -> None:
        run.secrets.states[SECOND_ARN] = rotated_ago(HOUR)
        both = service("web", arn=SECOND_ARN)
        run.clusters.all_services = [WEB, both]
        run.clusters.all_tasks = [task(), task("t2", arn=SECOND_ARN)]
        first, second = (run.look_at(attached(arn)) for arn in (ARN, SECOND_ARN))
        assert first.services == (RolledService(WEB, Rollout.UNDER_WAY),)
        assert second.services == (RolledService(both, Rollout.UNDER_WAY),)
        assert rolled(run) == ["roll web"]
        assert run.calls.count("services") == 1
        assert run.calls.count("deployments web") == 1, "its own deployment is known"

    def test_is_asked_for_again_after_a_failure(self, run: Run) -> None:
        run.secrets.states[SECOND_ARN] = rotated_ago(HOUR)
        run.clusters.all_services = [WEB, service("web", arn=SECOND_ARN)]
        run.clusters.all_tasks = [task(), task("t2", arn=SECOND_ARN)]
        run.clusters.failures["roll"] = EcsDenied("no.")
        findings = [run.look_at(attached(arn)) for arn in (ARN, SECOND_ARN)]
        assert [one.services[0].rollout for one in findings] == [Rollout.NOT_STARTED] * 2
        assert rolled(run) == ["roll web"] * 2


@pytest.mark.parametrize("method", ["deployments web", "roll web"])
@pytest.mark.parametrize("failure", [EcsDenied("no."), EcsUnreachable("down.")])
def test_a_service_that_fails_does_not_keep_the_next_from_being_rolled(
    run: Run, method: str, failure: RotationError
) -> None:
    run.clusters.all_tasks.append(task("t2", group="service:worker"))
    run.clusters.failures[method] = failure
    found = look(run)
    assert found.services == (
        RolledService(WEB, Rollout.NOT_STARTED, failure),
        RolledService(WORKER, Rollout.UNDER_WAY),
    )
    assert found.bad_rollouts == found.services[:1]
    assert found.failure is None
