"""Deployments: new tasks beside old ones, failures, rollbacks, and the list of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from sandbox.aws.ecs import EcsServer
from tests.sandbox.aws.ecs.definitions import (
    SLEEP,
    Definitions,
    Services,
    container,
    python,
    run,
    task_of,
    wait_for_status,
)

if TYPE_CHECKING:
    from pathlib import Path

    from types_boto3_ecs import ECSClient
    from types_boto3_secretsmanager import SecretsManagerClient

    from sandbox.aws.secrets_manager import SecretsManagerServer

FAILS = container(["false"])
IDLE = container([])


def checked(path: Path, **more: int) -> dict[str, object]:
    """Make a health check that passes once the file is there, and never fails before."""
    command = ["CMD", "test", "-e", str(path)]
    return {"command": command, "interval": 5, "startPeriod": 300, **more}


def test_old_tasks_stop_once_as_many_new_ones_are_healthy(
    ecs: EcsServer,
    client: ECSClient,
    register: Definitions,
    services: Services,
    tmp_path: Path,
) -> None:
    old = services.create_stable(register(IDLE), 2)
    gate = tmp_path / "gate"
    register(container(SLEEP, healthCheck=checked(gate)))
    client.update_service(service="web", taskDefinition="app")
    ecs.wait_for(lambda: services.show()["runningCount"] == 4)

    both = services.deployments()
    assert [one["status"] for one in both] == ["PRIMARY", "ACTIVE"]
    assert [one["runningCount"] for one in both] == [2, 2]
    assert [one["rolloutState"] for one in both] == ["IN_PROGRESS", "COMPLETED"]
    assert services.statuses() == ["IN_PROGRESS", "SUCCESSFUL"]
    new = services.running() - old
    assert {task_of(client, arn)["healthStatus"] for arn in new} == {"UNKNOWN"}

    gate.touch()
    assert ecs.wait_for_deployment("web") == "SUCCESSFUL"

    assert services.running() == new
    assert services.stopped() == old
    assert {task_of(client, arn)["healthStatus"] for arn in new} == {"HEALTHY"}
    assert {task_of(client, arn)["stopCode"] for arn in old} == {"ServiceSchedulerInitiated"}
    assert [one["status"] for one in services.deployments()] == ["PRIMARY"]


def test_without_a_health_check_a_task_has_to_last(
    aws: SecretsManagerServer,
) -> None:
    with EcsServer(aws, settle_seconds=600) as ecs:
        client = ecs.client()
        client.create_cluster()
        services = Services(ecs, client)
        services.create(Definitions(client)(IDLE))
        ecs.wait_for(lambda: services.show()["runningCount"] == 1)
        services.roll()
        ecs.wait_for(lambda: services.show()["runningCount"] == 1 and len(services.stopped()) == 1)

        # The first one never counted as started, so there was nothing to keep it for.
        assert services.statuses() == ["IN_PROGRESS", "STOPPED"]
        assert [one["rolloutState"] for one in services.deployments()] == ["IN_PROGRESS"]


def test_a_forced_deployment_gives_new_tasks_the_new_value(
    ecs: EcsServer,
    register: Definitions,
    services: Services,
    secrets: SecretsManagerClient,
    secret: str,
) -> None:
    program = "import os, time; print(os.environ['V'], flush=True); time.sleep(600)"
    wanted = [{"name": "V", "valueFrom": f"{secret}:user::"}]
    (old,) = services.create_stable(register(container(python(program), secrets=wanted)))
    ecs.wait_for(lambda: ecs.task_log(old) != "")
    secrets.put_secret_value(SecretId=secret, SecretString='{"user": "second"}')

    services.roll()
    assert ecs.wait_for_deployment("web") == "SUCCESSFUL"

    (new,) = services.running()
    ecs.wait_for(lambda: ecs.task_log(new) != "")
    assert (ecs.task_log(old), ecs.task_log(new)) == ("first\n", "second\n")
    assert services.statuses() == ["SUCCESSFUL", "SUCCESSFUL"]


def test_a_deployment_may_end_while_an_old_task_still_runs_down(
    ecs: EcsServer, client: ECSClient, register: Definitions, services: Services
) -> None:
    # "A service deployment that still has running tasks" is ACTIVE: this one is STOPPING.
    deaf = container(["sh", "-c", "trap '' TERM; echo up; sleep 600"], stopTimeout=120)
    (old,) = services.create_stable(register(deaf))
    ecs.wait_for(lambda: ecs.task_log(old) == "up\n")

    services.roll()
    assert ecs.wait_for_deployment("web") == "SUCCESSFUL"

    assert task_of(client, old)["lastStatus"] in {"DEACTIVATING", "STOPPING"}
    assert old in services.stopped()
    wait_for_status(ecs, client, old, "STOPPED")


def test_a_newer_deployment_stops_the_one_under_way(
    ecs: EcsServer, client: ECSClient, register: Definitions, services: Services, tmp_path: Path
) -> None:
    old = services.create_stable(register(IDLE))
    register(container(SLEEP, healthCheck=checked(tmp_path / "never")))
    client.update_service(service="web", taskDefinition="app:2")
    ecs.wait_for(lambda: services.show()["runningCount"] == 2)

    client.update_service(service="web", taskDefinition="app:1")
    assert ecs.wait_for_deployment("web") == "SUCCESSFUL"

    assert services.statuses() == ["SUCCESSFUL", "STOPPED", "SUCCESSFUL"]
    assert services.running().isdisjoint(old)


def test_a_failing_deployment_goes_on_for_ever_without_the_circuit_breaker(
    ecs: EcsServer, client: ECSClient, register: Definitions, services: Services
) -> None:
    old = services.create_stable(register(IDLE))
    register(FAILS)
    client.update_service(service="web", taskDefinition="app")
    ecs.wait_for(lambda: len(services.stopped()) >= 4)

    primary, active = services.deployments()
    assert primary["rolloutState"] == "IN_PROGRESS"
    assert primary["failedTasks"] > 3
    assert active["runningCount"] == 1
    assert old <= services.running()
    assert services.statuses() == ["IN_PROGRESS", "SUCCESSFUL"]


def test_the_circuit_breaker_stops_after_three_failed_tasks(
    ecs: EcsServer, client: ECSClient, register: Definitions, services: Services
) -> None:
    old = services.create_stable(register(IDLE), breaker=(True, False))
    register(FAILS)
    client.update_service(service="web", taskDefinition="app")
    assert ecs.wait_for_deployment("web") == "STOPPED"

    failed, active = services.deployments()
    assert (failed["rolloutState"], failed["failedTasks"]) == ("FAILED", 3)
    assert failed["rolloutStateReason"] == "ECS deployment circuit breaker: tasks failed to start."
    assert (active["status"], active["rolloutState"]) == ("ACTIVE", "COMPLETED")
    # A deployment in FAILED state doesn't launch any new tasks: some time later there are none.
    wait_for_status(ecs, client, run(client, register(container(["sleep", "0.4"]))), "STOPPED")
    assert services.running() == old
    assert len(services.stopped()) == 3


def test_a_failed_deployment_is_rolled_back_to_the_last_that_completed(
    ecs: EcsServer, client: ECSClient, register: Definitions, services: Services
) -> None:
    old = services.create_stable(register(IDLE), breaker=(True, True))
    before = services.deployments()[0]["id"]
    register(FAILS)
    client.update_service(service="web", taskDefinition="app")
    assert ecs.wait_for_deployment("web") == "ROLLBACK_SUCCESSFUL"

    service = services.show()
    (deployment,) = service["deployments"]
    assert service["taskDefinition"].endswith("/app:1")
    assert deployment["rolloutState"] == "COMPLETED"
    assert deployment["id"] != before
    (new,) = services.running()
    assert new not in old
    assert task_of(client, new)["startedBy"] == deployment["id"]
    assert services.statuses() == ["ROLLBACK_SUCCESSFUL", "SUCCESSFUL"]
    told = [event["message"] for event in service["events"]]
    assert f"(service web) rolling back to deploymentId {before}." in told


def test_a_rollback_that_fails_as_well_ends_there(
    ecs: EcsServer,
    register: Definitions,
    services: Services,
    secrets: SecretsManagerClient,
    secret: str,
) -> None:
    wanted = [{"name": "V", "valueFrom": f"{secret}:user::"}]
    old = services.create_stable(register(container(SLEEP, secrets=wanted)), breaker=(True, True))
    secrets.put_secret_value(SecretId=secret, SecretString='{"other": "field"}')
    services.roll()
    assert ecs.wait_for_deployment("web") == "ROLLBACK_FAILED"

    assert [one["rolloutState"] for one in services.deployments()] == ["FAILED", "COMPLETED"]
    assert services.running() == old
    assert len(services.stopped()) == 6


def test_a_first_deployment_has_nothing_to_go_back_to(
    ecs: EcsServer, register: Definitions, services: Services
) -> None:
    services.create(register(FAILS), breaker=(True, True))

    assert ecs.wait_for_deployment("web") == "ROLLBACK_FAILED"
    assert services.running() == set()


def test_unhealthy_tasks_are_failures(
    ecs: EcsServer, client: ECSClient, register: Definitions, services: Services, tmp_path: Path
) -> None:
    check = checked(tmp_path / "never", retries=1, startPeriod=0)
    services.create(register(container(SLEEP, healthCheck=check)), breaker=(True, False))
    assert ecs.wait_for_deployment("web") == "STOPPED"

    tasks = [task_of(client, arn) for arn in services.stopped()]
    assert {one["stoppedReason"] for one in tasks} == {"Task failed container health checks"}
    assert {one["healthStatus"] for one in tasks} == {"UNHEALTHY"}
    assert len(tasks) == 3


def test_failures_within_the_start_period_do_not_count(
    ecs: EcsServer, client: ECSClient, register: Definitions, services: Services, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    command = ["CMD-SHELL", f"echo x >> {log}; echo unheard; exit 1"]
    check = {"command": command, "interval": 5, "retries": 1, "startPeriod": 300}
    services.create(register(container(SLEEP, healthCheck=check)))
    ecs.wait_for(lambda: log.exists() and len(log.read_text()) >= 6)

    (arn,) = services.running()
    assert services.stopped() == set()
    assert task_of(client, arn)["healthStatus"] == "UNKNOWN"
    assert ecs.task_log(arn) == ""


@pytest.mark.parametrize(
    ("ends", "count"),
    [
        ({"after": -60}, 2),
        ({"after": 60}, 0),
        ({"before": -60}, 0),
        ({"after": -60, "before": 60}, 2),
    ],
)
def test_deployments_are_listed_by_date(
    ecs: EcsServer,
    client: ECSClient,
    register: Definitions,
    services: Services,
    ends: dict[str, int],
    count: int,
) -> None:
    services.create_stable(register(IDLE), 0)
    services.roll()
    ecs.wait_for_deployment("web")
    now = datetime.now(UTC)
    window = {name: now + timedelta(seconds=seconds) for name, seconds in ends.items()}

    listed = client.list_service_deployments(service="web", createdAt=window)  # type: ignore[arg-type]

    assert len(listed["serviceDeployments"]) == count


def test_deployments_are_listed_by_status_with_their_dates(
    client: ECSClient, register: Definitions, services: Services
) -> None:
    services.create_stable(register(IDLE), 0)

    listed = client.list_service_deployments(service="web", status=["SUCCESSFUL", "PENDING"])
    none = client.list_service_deployments(service="web", status=["IN_PROGRESS"])

    (entry,) = listed["serviceDeployments"]
    assert none["serviceDeployments"] == []
    assert entry["createdAt"] <= entry["startedAt"] <= entry["finishedAt"]
    prefix = "arn:aws:ecs:eu-west-1:123456789012"
    assert entry["serviceDeploymentArn"].startswith(f"{prefix}:service-deployment/default/web/")
    assert entry["serviceDeploymentArn"] == services.show()["currentServiceDeployment"]
