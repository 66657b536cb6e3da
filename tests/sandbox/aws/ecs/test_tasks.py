"""Tasks: their states, dates, ends, and what their processes see."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

from sandbox.aws.ecs import EcsServer
from sandbox.faults import Callback
from tests.sandbox.aws.ecs.definitions import (
    PRINT_ENVIRONMENT,
    SLEEP,
    Definitions,
    container,
    python,
    run,
    task_of,
    wait_for_status,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pytest
    from types_boto3_ecs import ECSClient

    from sandbox.aws.secrets_manager import SecretsManagerServer
    from sandbox.record import Call


def test_a_task_runs_until_its_program_ends(
    ecs: EcsServer, client: ECSClient, register: Definitions
) -> None:
    arn = run(client, register(container(python("print('hello'); raise SystemExit(3)"))))

    task = wait_for_status(ecs, client, arn, "STOPPED")

    assert arn.startswith("arn:aws:ecs:eu-west-1:123456789012:task/default/")
    assert (task["stopCode"], task["stoppedReason"]) == (
        "EssentialContainerExited",
        "Essential container in task exited",
    )
    assert [one["exitCode"] for one in task["containers"]] == [3]
    assert ecs.task_log(arn) == "hello\n"
    dates = [task["createdAt"], task["startedAt"], task["stoppingAt"], task["stoppedAt"]]
    assert dates == sorted(dates)


def test_a_new_task_is_answered_before_anything_of_it_runs(
    client: ECSClient, register: Definitions
) -> None:
    answer = client.run_task(taskDefinition=register(), startedBy="somebody", count=2)

    for task in answer["tasks"]:
        assert (task["lastStatus"], task["desiredStatus"]) == ("PROVISIONING", "RUNNING")
        assert (task["group"], task["startedBy"]) == ("family:app", "somebody")
        assert task["launchType"] == "FARGATE"
        assert {"startedAt", "stoppingAt", "stoppedAt"}.isdisjoint(task)
    assert len(answer["tasks"]) == 2
    assert answer["failures"] == []


def test_a_stopped_task_gets_sigterm(
    ecs: EcsServer, client: ECSClient, register: Definitions
) -> None:
    arn = run(client, register())
    wait_for_status(ecs, client, arn, "RUNNING")

    answered = client.stop_task(task=arn, reason="enough")["task"]
    task = wait_for_status(ecs, client, arn, "STOPPED")

    assert (answered["lastStatus"], answered["desiredStatus"]) == ("DEACTIVATING", "STOPPED")
    assert (task["stopCode"], task["stoppedReason"]) == ("UserInitiated", "enough")
    assert task["containers"][0]["exitCode"] == 143


def test_a_task_that_ignores_sigterm_is_killed_after_its_stop_timeout(
    ecs: EcsServer, client: ECSClient, register: Definitions
) -> None:
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); "
    arn = run(client, register(container(python(f"{deaf} time.sleep(600)"), stopTimeout=20)))
    ecs.wait_for(lambda: ecs.task_log(arn) == "up\n")

    client.stop_task(task=arn)
    task = wait_for_status(ecs, client, arn, "STOPPED")

    assert task["containers"][0]["exitCode"] == 137


def test_a_task_stopped_before_it_starts_never_runs(
    aws: SecretsManagerServer, ecs: EcsServer, client: ECSClient, secret: str
) -> None:
    def stop(_: Call) -> None:
        client.stop_task(task=client.list_tasks()["taskArns"][0])

    aws.faults.add("GetSecretValue", Callback(stop))
    wanted = [{"name": "V", "valueFrom": secret}]
    arn = run(client, Definitions(client)(container(python("print('ran')"), secrets=wanted)))

    task = wait_for_status(ecs, client, arn, "STOPPED")

    assert ecs.task_log(arn) == ""
    assert "startedAt" not in task
    assert "exitCode" not in task["containers"][0]


def test_a_task_ends_with_any_essential_container_and_only_with_one(
    ecs: EcsServer, client: ECSClient, register: Definitions
) -> None:
    arn = run(
        client,
        register(
            container(SLEEP),
            container(["true"], "helper", essential=False),
            container(SLEEP, "proxy"),
        ),
    )
    ecs.wait_for(lambda: "exitCode" in task_of(client, arn)["containers"][1])
    assert task_of(client, arn)["lastStatus"] == "RUNNING"

    os.kill(ecs.task_processes(arn)[2], signal.SIGKILL)
    task = wait_for_status(ecs, client, arn, "STOPPED")

    assert [one["exitCode"] for one in task["containers"]] == [143, 0, 137]


def test_a_program_that_is_not_there_fails_to_start(
    ecs: EcsServer, client: ECSClient, register: Definitions
) -> None:
    arn = run(client, register(container(SLEEP), container(["no-such-program"], "broken")))

    task = wait_for_status(ecs, client, arn, "STOPPED")

    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"].startswith("CannotStartContainerError: ")
    assert "startedAt" not in task


def test_a_process_sees_nothing_of_ours(
    monkeypatch: pytest.MonkeyPatch, aws: SecretsManagerServer
) -> None:
    monkeypatch.setenv("OURS", "1")
    with EcsServer(aws, task_environment={"GIVEN": "g", "BOTH": "server"}) as ecs:
        client = ecs.client()
        client.create_cluster()
        variables = [{"name": "BOTH", "value": "task"}]
        definition = Definitions(client)(
            container(python(PRINT_ENVIRONMENT), environment=variables)
        )
        arn = run(client, definition)
        wait_for_status(ecs, client, arn, "STOPPED")

        assert json.loads(ecs.task_log(arn)) == {
            "PATH": os.defpath,
            "NO_PROXY": "127.0.0.1",
            "GIVEN": "g",
            "BOTH": "task",
        }


def test_command_and_environment_can_be_overridden(
    ecs: EcsServer, client: ECSClient, register: Definitions, tmp_path: Path
) -> None:
    program = "import os; print(os.environ['WHO'], os.getcwd())"
    folder = str(tmp_path.resolve())
    definition = register(
        container(SLEEP, environment=[{"name": "WHO", "value": "x"}], workingDirectory=folder)
    )
    answer = client.run_task(
        taskDefinition=definition,
        overrides={
            "containerOverrides": [
                {
                    "name": "app",
                    "command": python(program),
                    "environment": [{"name": "WHO", "value": "y"}],
                }
            ]
        },
    )
    arn = answer["tasks"][0]["taskArn"]

    wait_for_status(ecs, client, arn, "STOPPED")

    assert ecs.task_log(arn) == f"y {folder}\n"
