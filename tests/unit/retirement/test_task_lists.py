"""When the clusters' tasks are listed, and when again: no key goes by a list that is too early."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from rotation.errors.aws_answers import EcsDenied
from rotation.retirement.reconcile import Reconciled
from rotation.rules import promotion
from rotation.rules.retention import LISTS_SETTLE, Retention
from rotation.rules.tasks import Task
from rotation.rules.words import SecretState
from tests.shared.dated import (
    ARN,
    CLUSTERS_ALONE,
    DAY,
    HOUR,
    IN_GRACE,
    MINUTE,
    NOW,
    SECOND,
    SECOND_ARN,
    WITH_CLUSTERS,
    ago,
    attached,
    rotated_ago,
    task,
)
from tests.shared.retirement import Run


def run_with(state: SecretState, retention: Retention = WITH_CLUSTERS) -> Run:
    run = Run(retention)
    run.secrets.states[ARN] = state
    return run


def look(run: Run, changed: datetime | None = NOW) -> Reconciled:
    return run.look_at(attached(changed=changed))


class TestTasksAreListedAfterTheStateWasRead:
    def test_and_before_the_key_is_asked_for(self) -> None:
        run = run_with(rotated_ago(2 * DAY))
        look(run)
        assert run.calls == ["state app", "tasks", "retire app"]

    def test_once_for_all_secrets_that_were_promoted_before(self) -> None:
        run = run_with(rotated_ago(2 * DAY))
        run.secrets.states[SECOND_ARN] = rotated_ago(61 * SECOND)
        for arn in (ARN, SECOND_ARN):
            run.look_at(attached(arn))
        assert run.calls == ["state app", "tasks", "retire app", "state bee", "look bee"]

    @pytest.mark.parametrize(("since", "times"), [(60 * SECOND, 1), (59 * SECOND, 2)])
    def test_again_for_one_promoted_since_or_within_a_minute(
        self, since: timedelta, times: int
    ) -> None:
        run = run_with(rotated_ago(2 * DAY))
        run.secrets.states[SECOND_ARN] = rotated_ago(since)
        for arn in (ARN, SECOND_ARN):
            run.look_at(attached(arn))
        assert run.calls.count("tasks") == times

    def test_again_for_one_promoted_during_the_run(self) -> None:
        run = run_with(rotated_ago(2 * DAY))
        look(run)
        run.time = NOW + 5 * MINUTE
        run.secrets.states[SECOND_ARN] = rotated_ago(-4 * MINUTE)
        run.look_at(attached(SECOND_ARN))
        assert run.calls.count("tasks") == 2

    def test_not_at_all_without_clusters(self) -> None:
        run = run_with(rotated_ago(2 * DAY), IN_GRACE)
        run.clusters.failures["tasks"] = EcsDenied("not to be called.")
        assert look(run).failure is None


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
