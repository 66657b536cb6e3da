"""Tasks that hold an old key, on a cluster of real processes: rolled, waited for, cut off."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.aws.json.failures import AwsFailure
from sandbox.faults import Callback, When
from sandbox.stack import CLUSTER, SECRET_NAME, Stack
from tests.integration import retirement_runs
from tests.integration.observed import attention, failed_with, fingerprint_of, lines, operations
from tests.integration.retirement_runs import GRACE, counted, returned
from tests.integration.retirement_tasks import (
    READS_SERVICES,
    READS_TASKS,
    ROLLS,
    asked_of_ecs,
    rolled,
    run_task,
    running,
    start_service,
    stop_task,
)
from tests.shared.hourly import run_retirement
from tests.shared.warm_function import warm_stack

DENIED = AwsFailure("AccessDeniedException")


@pytest.fixture
def stack() -> Iterator[Stack]:
    """A secret that is attached, and a cluster without tasks."""
    with warm_stack(runs_tasks=True) as stack:
        stack.attach()
        stack.aws.wait_for_events()
        forget(stack)
        yield stack


def forget(stack: Stack) -> None:
    retirement_runs.forget(stack)
    stack.ecs.record.clear()
    stack.events_answered.clear()


def rotate(stack: Stack) -> None:
    """Rotate, and wait until what follows the promotion is done."""
    assert stack.rotate().succeeded
    stack.aws.wait_for_events()


def told_of_services(stack: Stack) -> dict[str, Any]:
    """Return what the event's run told, by the services' names."""
    (answered,) = stack.events_answered
    (line,) = lines(answered)
    assert line["message"] == "services rolled"
    return {arn.rpartition("/")[2]: told for arn, told in line["services"].items()}


class TestAfterAPromotion:
    def test_the_service_is_rolled_once_by_the_event(self, stack: Stack) -> None:
        start_service(stack)
        before = running(stack)
        forget(stack)
        rotate(stack)
        assert told_of_services(stack) == {"web": "under way"}
        assert asked_of_ecs(stack) == [*READS_TASKS, *READS_SERVICES, *ROLLS]
        assert rolled(stack) == {"web": 1}
        assert stack.ecs.wait_for_deployment("web", CLUSTER) == "SUCCESSFUL"
        stack.ecs.wait_until_stable("web", CLUSTER)
        assert not set(before) & set(running(stack))

    def test_all_clusters_are_found_where_none_is_named(self, stack: Stack) -> None:
        for function in (stack.function, stack.retirement_function):
            function.environment = {**function.environment, "CONSUMER_CLUSTERS": "all"}
        start_service(stack)
        forget(stack)
        rotate(stack)
        assert asked_of_ecs(stack)[:2] == ["ListClusters", "ListTasks"]
        assert rolled(stack) == {"web": 1}
        assert all(stack.user.slots), "the old key stays for the task"

    def test_runs_of_the_schedule_do_not_roll_it_again(self, stack: Stack) -> None:
        start_service(stack)
        rotate(stack)
        forget(stack)
        for _ in range(2):
            assert counted(run_retirement(stack))["OldKeysKept"] == 1
        assert rolled(stack) == {}

    def test_the_schedule_rolls_it_when_the_event_was_lost(self, stack: Stack) -> None:
        start_service(stack)
        stack.ecs.faults.add("UpdateService", AwsFailure("AccessDeniedException"))
        rotate(stack)
        (answered,) = stack.events_answered
        assert answered.error_field("errorType") == "RolloutNotStarted"
        assert "web: UpdateService was answered with AccessDeniedException" in (
            answered.error_field("errorMessage") or ""
        )
        forget(stack)
        run_retirement(stack)
        assert rolled(stack) == {"web": 1}

    def test_a_service_that_reads_another_secret_is_left_alone(self, stack: Stack) -> None:
        client = stack.aws.client()
        other = client.create_secret(Name="other", SecretString=json.dumps({"k": "v"}))["ARN"]
        start_service(stack, "other", value_from=f"{other}:k::")
        start_service(stack)
        forget(stack)
        rotate(stack)
        assert rolled(stack) == {"web": 1}

    def test_a_secret_s_creation_rolls_nothing(self, stack: Stack) -> None:
        assert rolled(stack) == {}


class TestTheOldKey:
    def test_stays_for_the_tasks_and_goes_with_the_last_of_them(self, stack: Stack) -> None:
        task = run_task(stack)
        rotate(stack)
        old, new = stack.user.slots
        stack.let_pass(0.5)
        forget(stack)
        invocation = run_retirement(stack)
        assert counted(invocation)["OldKeysKept"] == 1
        assert stack.user.slots == (old, new)
        stop_task(stack, task)
        forget(stack)
        assert counted(run_retirement(stack))["OldKeysRetired"] == 1
        assert stack.user.slots == (None, new)
        assert asked_of_ecs(stack) == ["ListTasks", "ListTasks", "DescribeTasks"]
        forget(stack)
        assert counted(run_retirement(stack)) == {"SecretsLookedAt": 1}
        assert stack.user.slots == (None, new)

    def test_goes_when_the_service_has_been_rolled(self, stack: Stack) -> None:
        start_service(stack)
        rotate(stack)
        stack.ecs.wait_for_deployment("web", CLUSTER)
        stack.ecs.wait_until_rolled("web", CLUSTER)
        stack.let_pass(0.5)
        new = stack.user.slots[1]
        assert counted(run_retirement(stack))["OldKeysRetired"] == 1
        assert stack.user.slots == (None, new)

    def test_is_told_when_a_task_keeps_it_a_day_longer_than_its_grace(self) -> None:
        with warm_stack(runs_tasks=True, retention=GRACE) as stack:
            stack.attach()
            task = run_task(stack)
            rotate(stack)
            stack.let_pass(2.001)
            invocation = run_retirement(stack)
            told = attention(invocation)[SECRET_NAME]
            assert told["tasks"] == [f"family:job {task}"]
            assert told["kept_because"] == f"tasks may hold it, 1 in number; the first is {task}"
            assert told["days_late"] == pytest.approx(1, abs=0.01)
            assert all(stack.user.slots)

    def test_stays_while_ecs_can_not_be_asked(self, stack: Stack) -> None:
        rotate(stack)
        stack.let_pass(0.5)
        stack.ecs.faults.add("ListTasks", AwsFailure("AccessDeniedException"))
        invocation = run_retirement(stack)
        assert counted(invocation) == {"RetirementFailures": 1, "SecretsLookedAt": 1}
        assert attention(invocation)[SECRET_NAME]["reason"] == "EcsDenied"
        assert all(stack.user.slots)
        ((_, event),) = stack.lambda_api.events
        assert isinstance(event, dict)
        assert event["Operation"] == "look-at-keys"
        assert counted(run_retirement(stack))["OldKeysRetired"] == 1

    def test_is_not_replaced_by_a_rotation(self, stack: Stack) -> None:
        rotate(stack)
        stack.let_pass(0.5)
        message = failed_with(stack, "PreviousKeyInGrace")
        assert "the retirement function has not found it free of tasks yet" in message
        assert counted(run_retirement(stack))["OldKeysKept"] == 1, "a rotation is under way"
        stack.let_pass(0.01)
        assert counted(run_retirement(stack))["OldKeysRetired"] == 1
        stack.aws.retry_rotation(stack.secret_arn)
        assert stack.aws.wait_for_rotation(stack.secret_arn).succeeded
        assert fingerprint_of(stack.read_current()) in stack.user.slots


class TestADeployment:
    def test_that_failed_is_told_and_not_repeated(self, stack: Stack) -> None:
        start_service(stack)
        deny = Callback(lambda _: stack.aws.faults.add("GetSecretValue", DENIED, times=None))
        stack.ecs.faults.add("UpdateService", deny, when=When.AFTER)
        rotate(stack)
        assert stack.ecs.wait_for_deployment("web", CLUSTER) == "STOPPED"
        stack.aws.faults.clear()
        for _ in range(2):
            forget(stack)
            invocation = run_retirement(stack)
            assert counted(invocation)["RolloutsFailed"] == 1
            (told,) = attention(invocation)[SECRET_NAME]["services"].values()
            assert told == "failed"
            assert rolled(stack) == {}
        assert all(stack.user.slots)

    def test_of_a_service_that_others_deploy_is_theirs(self, stack: Stack) -> None:
        start_service(stack, controller="CODE_DEPLOY")
        stack.ecs.wait_for(lambda: bool(running(stack)))
        forget(stack)
        rotate(stack)
        assert told_of_services(stack) == {"web": "not ECS's to roll"}
        invocation = run_retirement(stack)
        assert rolled(stack) == {}
        assert counted(invocation)["RolloutsFailed"] == 1


class TestCommands:
    def test_end_grace_names_whom_it_cuts_off(self, stack: Stack) -> None:
        task = run_task(stack)
        rotate(stack)
        old = stack.user.slots[0]
        answer = returned(stack.command("end-grace"))
        assert answer == {
            "retiredKeys": [old],
            "tasksCutOff": [f"family:job {task}"],
            "services": {},
        }
        assert stack.user.slots[0] is None

    def test_a_leaked_key_is_replaced_and_its_service_rolled(self, stack: Stack) -> None:
        start_service(stack)
        task = run_task(stack)
        leaked = stack.user.slots[0]
        forget(stack)
        answer = returned(stack.command("replace-leaked-key"))
        assert isinstance(answer, dict)
        assert answer["retiredKeys"] == [leaked]
        # The service's own task may have been replaced by then, as the event has it rolled too.
        assert f"family:job {task}" in answer["tasksCutOff"]
        assert rolled(stack) == {"web": 1}
        assert stack.user.slots == (None, fingerprint_of(stack.read_current()))

    def test_a_leaked_key_goes_also_while_ecs_is_down(self, stack: Stack) -> None:
        stack.ecs.faults.add("ListTasks", AwsFailure("AccessDeniedException"), times=None)
        leaked = stack.user.slots[0]
        answer = returned(stack.command("replace-leaked-key"))
        assert isinstance(answer, dict)
        assert answer["retiredKeys"] == [leaked]
        assert "ListTasks was answered with AccessDenied" in answer["notTold"]
        assert stack.user.slots == (None, fingerprint_of(stack.read_current()))


def test_without_tasks_a_run_asks_ecs_twice(stack: Stack) -> None:
    run_retirement(stack)
    assert asked_of_ecs(stack) == ["ListTasks", "ListTasks"]
    assert operations(stack)[0] == "ListSecrets"
