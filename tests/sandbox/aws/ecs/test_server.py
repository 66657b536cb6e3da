"""The server: faults, its record, and what becomes of the processes when it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sandbox.aws.ecs import EcsServer
from sandbox.aws.json.failures import AwsFailure
from sandbox.faults import Cut, When
from tests.sandbox.aws.ecs.definitions import (
    SLEEP,
    Definitions,
    container,
    python,
    run,
    wait_for_status,
)

if TYPE_CHECKING:
    from types_boto3_ecs import ECSClient

    from sandbox.aws.secrets_manager import SecretsManagerServer

ROOT = Path(__file__).parents[4]
ONE_TRY = Config(retries={"total_max_attempts": 1})
OWNER = """
import time
from sandbox.aws.ecs import EcsServer
from sandbox.aws.secrets_manager import SecretsManagerServer
from tests.sandbox.aws.ecs.definitions import Definitions, container, run
with SecretsManagerServer() as aws, EcsServer(aws) as ecs:
    client = ecs.client()
    client.create_cluster()
    arn = run(client, Definitions(client)(container(["sleep", "600"])))
    ecs.wait_for(lambda: bool(ecs.task_processes(arn)))
    print(ecs.task_processes(arn)[0], flush=True)
    time.sleep(600)
"""


def is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    # A killed process that nobody has waited for is still there: as a zombie.
    stat = Path(f"/proc/{process_id}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_processes_and_their_children_end_with_the_server(aws: SecretsManagerServer) -> None:
    parent = (
        "import subprocess, time; child = subprocess.Popen(['sleep', '600']); "
        "print(child.pid, flush=True); time.sleep(600)"
    )
    with EcsServer(aws) as ecs:
        client = ecs.client()
        client.create_cluster()
        arn = run(client, Definitions(client)(container(python(parent))))
        ecs.wait_for(lambda: ecs.task_log(arn).endswith("\n"))
        ids = [*ecs.task_processes(arn), int(ecs.task_log(arn))]
        assert [is_alive(one) for one in ids] == [True, True]

    assert [is_alive(one) for one in ids] == [False, False]


def test_what_a_program_leaves_behind_ends_with_it(
    ecs: EcsServer, client: ECSClient, register: Definitions
) -> None:
    parent = "import subprocess; print(subprocess.Popen(['sleep', '600']).pid)"
    arn = run(client, register(container(python(parent))))
    wait_for_status(ecs, client, arn, "STOPPED")

    ecs.wait_for(lambda: not is_alive(int(ecs.task_log(arn))))


def test_processes_end_when_their_owner_is_killed(ecs: EcsServer, tmp_path: Path) -> None:
    variables = {**os.environ, "TMPDIR": str(tmp_path)}  # where the killed one leaves its folder
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER], cwd=ROOT, env=variables, stdout=subprocess.PIPE
    )
    with owner:
        assert owner.stdout is not None
        process_id = int(owner.stdout.readline())
        assert is_alive(process_id)
        owner.send_signal(signal.SIGKILL)

    ecs.wait_for(lambda: not is_alive(process_id))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_without_its_guard_no_process_is_left_behind(
    ecs: EcsServer, client: ECSClient, register: Definitions, tmp_path: Path
) -> None:
    guarded = run(client, register())
    wait_for_status(ecs, client, guarded, "RUNNING")
    guard = ecs._guard._guard
    assert guard is not None
    guard.kill()
    guard.wait()

    note = f"import os, time; print(os.getpid(), file=open({str(tmp_path / 'id')!r}, 'w'))"
    run(client, register(container(python(f"{note}; time.sleep(600)"))))
    with pytest.raises(RuntimeError, match="guard"):
        ecs.wait_for(lambda: False)

    ids = [int((tmp_path / "id").read_text())] if (tmp_path / "id").exists() else []
    assert [one for one in ids if is_alive(one)] == []
    ecs.stop()
    assert not is_alive(ecs.task_processes(guarded)[0])


def test_the_sdk_finds_the_server_by_its_own_variable(
    monkeypatch: pytest.MonkeyPatch, aws: SecretsManagerServer, ecs: EcsServer
) -> None:
    for name, value in {**aws.environment(), **ecs.environment()}.items():
        monkeypatch.setenv(name, value)

    client = boto3.Session().client("ecs")
    client.create_cluster()
    client.close()

    assert set(ecs.environment()) == {"AWS_ENDPOINT_URL_ECS"}
    assert [call.operation for call in ecs.record.calls] == ["CreateCluster"]


def test_the_record_has_names_and_no_environment(
    ecs: EcsServer, client: ECSClient, register: Definitions
) -> None:
    variables = [{"name": "V", "value": "private"}]
    register(container(SLEEP, environment=variables))
    client.list_tasks(desiredStatus="STOPPED")
    client.describe_services(services=["a", "b"])
    with pytest.raises(ClientError):
        client.stop_task(task="none")

    seen = [(one.operation, dict(one.parameters), one.error_code) for one in ecs.record.calls]

    assert seen == [
        ("RegisterTaskDefinition", {"family": "app"}, None),
        ("ListTasks", {"desiredStatus": "STOPPED"}, None),
        ("DescribeServices", {"services": "a,b"}, None),
        ("StopTask", {"task": "none"}, "InvalidParameterException"),
    ]


@pytest.mark.parametrize(("when", "count"), [(When.BEFORE, 0), (When.AFTER, 1)])
@pytest.mark.parametrize(
    ("code", "status"), [("ThrottlingException", 400), ("ServerException", 500)]
)
def test_an_aws_error_before_or_after_the_effect(
    *, ecs: EcsServer, register: Definitions, when: When, count: int, code: str, status: int
) -> None:
    definition = register(container([]))
    one_try = ecs.client(ONE_TRY)
    ecs.faults.add("RunTask", AwsFailure(code), when=when)

    with pytest.raises(ClientError) as error:
        one_try.run_task(taskDefinition=definition)

    assert error.value.response["Error"]["Code"] == code
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert len(one_try.list_tasks()["taskArns"]) == count


def test_a_cut_connection(ecs: EcsServer, client: ECSClient) -> None:
    ecs.faults.add("ListTasks", Cut())

    with pytest.raises(BotoCoreError):
        ecs.client(ONE_TRY).list_tasks()

    assert [one.error_code for one in ecs.record.calls] == ["ConnectionCut"]
    assert client.list_tasks()["taskArns"] == []


def test_the_default_client_repeats_a_throttled_call(ecs: EcsServer, client: ECSClient) -> None:
    ecs.faults.add("ListTasks", AwsFailure("ThrottlingException"))

    client.list_tasks()

    assert [one.error_code for one in ecs.record.calls] == ["ThrottlingException", None]


def test_an_operation_that_is_not_here_says_so(client: ECSClient) -> None:
    with pytest.raises(ClientError, match="not in this sandbox: DeleteCluster"):
        client.delete_cluster(cluster="default")


def test_waiting_ends(ecs: EcsServer) -> None:
    with pytest.raises(TimeoutError):
        ecs.wait_for(lambda: False, timeout_seconds=0)
