"""AWSCURRENT moved a moment ago: the rotation's end is waited for, and services are rolled."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from rotation.retirement.rolling import RolledService
from rotation.rules.rollouts import (
    Deployment,
    Rollout,
)
from rotation.rules.words import SecretState, Stage
from tests.shared.dated import (
    ARN,
    CLUSTERS_ALONE,
    DAY,
    HOUR,
    IN_GRACE,
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


def rolled(run: Run) -> list[str]:
    return [call for call in run.calls if call.startswith("roll ")]


class TestRightAfterThePromotion:
    def test_every_service_with_an_old_task_is_rolled(self, run: Run) -> None:
        run.clusters.all_tasks.append(task("t2", group="service:worker"))
        found = run.after_promotion(attached())
        assert found == tuple(RolledService(one, Rollout.UNDER_WAY) for one in (WEB, WORKER))
        assert run.calls == [
            *("state app", "tasks", "services"),
            *("deployments web", "roll web", "deployments worker", "roll worker"),
        ]
        assert run.keys.requests == []

    def test_repeated_it_rolls_nothing(self, run: Run) -> None:
        run.after_promotion(attached())
        run.begin()
        assert run.after_promotion(attached())[0].rollout is Rollout.UNDER_WAY
        assert rolled(run) == []

    def test_a_secret_that_was_just_created_has_no_old_tasks(self, run: Run) -> None:
        run.secrets.states[ARN] = rotated_ago(0 * SECOND, new=Stage.CURRENT)
        assert run.after_promotion(attached()) == ()
        assert run.calls == ["state app"]

    def test_nothing_is_rolled_where_the_dates_tell_nothing(self, run: Run) -> None:
        run.secrets.states[ARN] = SecretState(labelled(), {})
        assert run.after_promotion(attached()) == ()
        assert run.calls == ["state app"]

    def test_nothing_is_rolled_without_clusters(self) -> None:
        run = Run(IN_GRACE)
        run.secrets.states[ARN] = rotated_ago(HOUR)
        assert run.after_promotion(attached()) == ()
        assert run.calls == ["state app"]

    @pytest.mark.parametrize(
        ("case", "deployed", "expected"),
        [
            ("its own tasks hold the old key", ago(2 * HOUR), ["roll web"]),
            ("it began after its newest task that does", ago(HOUR), []),
            ("it began after the label moved", ago(MINUTE), []),
        ],
    )
    def test_a_deployment_counts_that_replaces_all_old_tasks(
        self, run: Run, case: str, deployed: datetime, expected: list[str]
    ) -> None:
        made = ago(5 * DAY)
        labels = labelled(ago(40 * DAY), ago(HOUR))
        run.secrets.states[ARN] = SecretState(labels, {"new": made, "old": made - DAY})
        run.clusters.all_tasks = [task(), task("newest", created=ago(HOUR + 9 * MINUTE))]
        run.clusters.deployments[WEB.arn] = [Deployment(deployed, "SUCCESSFUL")]
        run.after_promotion(attached())
        assert rolled(run) == expected, case


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


class TestEventsThatArriveTogether:
    """Runs of one warm function share what ECS listed, as far as that is safe."""

    def after_another(self, run: Run, since: timedelta) -> None:
        """Roll for one secret, and then, in a run of its own, for one promoted so long before."""
        run.secrets.states[SECOND_ARN] = rotated_ago(since)
        run.clusters.all_tasks.append(task("t2", group="service:worker", arn=SECOND_ARN))
        run.clusters.all_services[1] = service("worker", arn=SECOND_ARN)
        run.after_promotion(attached())
        shared = run.retirement.lists
        run.begin()
        run.retirement.lists = shared
        run.time += 10 * SECOND
        run.after_promotion(attached(SECOND_ARN))

    def test_list_once_for_promotions_from_before_the_list(self, run: Run) -> None:
        self.after_another(run, MINUTE)
        assert run.calls == ["state bee", "deployments worker", "roll worker"]

    def test_list_again_for_a_promotion_since_or_within_a_minute(self, run: Run) -> None:
        self.after_another(run, 59 * SECOND)
        assert run.calls[:3] == ["state bee", "tasks", "services"]

    def test_list_again_after_minutes(self, run: Run) -> None:
        run.after_promotion(attached())
        shared = run.retirement.lists
        run.begin()
        run.retirement.lists, run.time = shared, run.time + 5 * MINUTE + SECOND
        run.after_promotion(attached())
        assert run.calls[:3] == ["state app", "tasks", "services"]

    def test_roll_a_service_once_though_the_list_still_shows_its_old_tasks(self, run: Run) -> None:
        run.after_promotion(attached())
        shared = run.retirement.lists
        run.begin()
        run.retirement.lists = shared
        (found,) = run.after_promotion(attached())
        assert (found.rollout, rolled(run)) == (Rollout.UNDER_WAY, [])
        assert "tasks" not in run.calls
