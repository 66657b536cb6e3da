"""``secrets`` of a task definition: what the agent reads, when, and what it refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sandbox.aws.ecs import EcsServer
from sandbox.aws.json.failures import AwsFailure
from sandbox.faults import Callback
from tests.sandbox.aws.ecs.definitions import (
    PRINT_ENVIRONMENT,
    Definitions,
    container,
    python,
    run,
    task_of,
    wait_for_status,
)

if TYPE_CHECKING:
    from types_boto3_ecs import ECSClient
    from types_boto3_ecs.type_defs import TaskTypeDef
    from types_boto3_secretsmanager import SecretsManagerClient

    from sandbox.aws.secrets_manager import SecretsManagerServer
    from sandbox.record import Call

PULLING = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource "
    "retrieval failed: unable to retrieve secret"
)
NO_VALUE = "ResourceNotFoundException: Secrets Manager can't find the specified secret value for"


class Reader:
    """Runs tasks that print the variable V0, V1, …, for each ``valueFrom``."""

    def __init__(self, ecs: EcsServer, client: ECSClient) -> None:
        self.ecs = ecs
        self.client = client

    def start(self, *values_from: str) -> str:
        wanted = [{"name": f"V{n}", "valueFrom": one} for n, one in enumerate(values_from)]
        definition = Definitions(self.client)(container(python(PRINT_ENVIRONMENT), secrets=wanted))
        return run(self.client, definition)

    def values(self, *values_from: str) -> list[str]:
        arn = self.start(*values_from)
        wait_for_status(self.ecs, self.client, arn, "STOPPED")
        seen = json.loads(self.ecs.task_log(arn))
        return [seen[f"V{n}"] for n in range(len(values_from))]

    def refused(self, *values_from: str) -> TaskTypeDef:
        arn = self.start(*values_from)
        return wait_for_status(self.ecs, self.client, arn, "STOPPED")


@pytest.fixture
def reader(ecs: EcsServer, client: ECSClient) -> Reader:
    return Reader(ecs, client)


def reads(aws: SecretsManagerServer) -> list[Call]:
    return [call for call in aws.record.calls if call.operation == "GetSecretValue"]


def test_every_form_of_value_from(
    aws: SecretsManagerServer, secrets: SecretsManagerClient, secret: str, reader: Reader
) -> None:
    old = secrets.get_secret_value(SecretId=secret)["VersionId"]
    text = json.dumps({"user": "second", "port": 443})
    secrets.put_secret_value(SecretId=secret, SecretString=text)
    aws.record.clear()

    values = reader.values(
        secret,
        f"{secret}:user::",
        f"{secret}:port::",
        f"{secret}:user:AWSPREVIOUS:",
        f"{secret}:user::{old}",
        f"{secret}:::",
        f"{secret}:user::",
    )

    assert values == [text, "second", "443", "first", "first", text, "second"]
    # Each distinct valueFrom is read once, not each secret.
    assert [dict(call.parameters) for call in reads(aws)] == [
        {},
        {},
        {},
        {"VersionStage": "AWSPREVIOUS"},
        {"VersionId": old},
        {},
    ]


@pytest.mark.parametrize(
    ("suffix", "reason"),
    [
        (
            ":password::",
            "retrieved secret from Secrets Manager did not contain json key password",
        ),
        (
            "::AWSPENDING:",
            f"{NO_VALUE} staging label: AWSPENDING",
        ),
        (
            ":::11111111-1111-1111-1111-111111111111",
            f"{NO_VALUE} VersionId: 11111111-1111-1111-1111-111111111111",
        ),
        (
            ":user",
            "secret was specified. Specify a valid ARN and try again.",
        ),
        ("x", "ResourceNotFoundException: Secrets Manager can't find the specified secret."),
    ],
    ids=["no field", "no label", "no version", "colons left out", "another ARN"],
)
def test_a_secret_that_cannot_be_read_stops_the_task(
    ecs: EcsServer, secret: str, reader: Reader, suffix: str, reason: str
) -> None:
    task = reader.refused(f"{secret}{suffix}")

    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"].startswith(f"{PULLING} from asm: ")
    assert task["stoppedReason"].endswith(reason)
    assert task["desiredStatus"] == "STOPPED"
    assert "startedAt" not in task
    assert "exitCode" not in task["containers"][0]
    assert ecs.task_log(task["taskArn"]) == ""


def test_a_partial_arn_does_not_do(secret: str, reader: Reader) -> None:
    task = reader.refused(secret[: -len("-aB3dE9")])

    assert task["stopCode"] == "TaskFailedToStart"


def test_a_field_of_a_secret_that_is_no_json(secrets: SecretsManagerClient, reader: Reader) -> None:
    arn = secrets.create_secret(Name="plain", SecretString="plain text")["ARN"]

    assert reader.values(arn) == ["plain text"]
    assert reader.refused(f"{arn}:user::")["stopCode"] == "TaskFailedToStart"


def test_a_throttled_read_is_repeated_and_a_denied_one_is_not(
    aws: SecretsManagerServer, secret: str, reader: Reader
) -> None:
    aws.faults.add("GetSecretValue", AwsFailure("ThrottlingException"))
    assert reader.values(f"{secret}:user::") == ["first"]

    aws.faults.add("GetSecretValue", AwsFailure("AccessDeniedException"))
    task = reader.refused(f"{secret}:user::")

    assert "AccessDeniedException: injected by the test" in task["stoppedReason"]
    errors = ["ThrottlingException", None, "AccessDeniedException"]
    assert [call.error_code for call in reads(aws)] == errors


def test_a_task_is_created_before_its_secrets_are_read(
    aws: SecretsManagerServer,
    ecs: EcsServer,
    secrets: SecretsManagerClient,
    secret: str,
    reader: Reader,
) -> None:
    # A rotation between the two: the task's date is from before, its value from after.
    seen: list[TaskTypeDef] = []
    other = ecs.client()

    def promote(_: Call) -> None:
        seen.append(task_of(other, other.list_tasks()["taskArns"][0]))
        secrets.put_secret_value(SecretId=secret, SecretString='{"user": "second"}')

    aws.faults.add("GetSecretValue", Callback(promote))

    assert reader.values(f"{secret}:user::") == ["second"]
    assert [task["lastStatus"] for task in seen] == ["PENDING"]
    versions = secrets.list_secret_version_ids(SecretId=secret)["Versions"]
    assert seen[0]["createdAt"] <= max(one["CreatedDate"] for one in versions)


def test_a_running_task_keeps_its_value(
    ecs: EcsServer, client: ECSClient, secrets: SecretsManagerClient, secret: str
) -> None:
    program = "import os, time; print(os.environ['V'], flush=True); time.sleep(600)"
    wanted = [{"name": "V", "valueFrom": f"{secret}:user::"}]
    definition = Definitions(client)(container(python(program), secrets=wanted))
    old = run(client, definition)
    ecs.wait_for(lambda: ecs.task_log(old) != "")
    secrets.put_secret_value(SecretId=secret, SecretString='{"user": "second"}')
    new = run(client, definition)
    ecs.wait_for(lambda: ecs.task_log(new) != "")

    assert (ecs.task_log(old), ecs.task_log(new)) == ("first\n", "second\n")


def test_parameters_are_asked_for_by_name(aws: SecretsManagerServer) -> None:
    parameters = {"plain": "1", "/a/b": "2"}
    with EcsServer(aws, parameters=parameters.__getitem__) as ecs:
        client = ecs.client()
        client.create_cluster()
        reader = Reader(ecs, client)
        arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/"

        assert reader.values("plain", "/a/b", f"{arn}plain", f"{arn}a/b") == ["1", "2", "1", "2"]
        reason = reader.refused("none")["stoppedReason"]

    assert reason.startswith(f"{PULLING}s from ssm: ")
    assert reason.endswith("invalid ssm parameters: none")


def test_without_parameters_none_is_found(reader: Reader) -> None:
    assert reader.refused("plain")["stopCode"] == "TaskFailedToStart"
