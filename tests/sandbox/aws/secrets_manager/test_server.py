"""The server: isolation, environment, and rotation by a function in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from moto.secretsmanager.models import secretsmanager_backends

from sandbox.aws.lambda_runtime import LambdaFunction
from sandbox.aws.secrets_manager import SecretsManagerServer
from sandbox.faults import Callback, Cut, When

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEMPLATE = """
import boto3

def handler(event, context):
    client = boto3.client("secretsmanager")
    arn, version_id = event["SecretId"], event["ClientRequestToken"]
    if event["Step"] == "createSecret":
        client.put_secret_value(SecretId=arn, ClientRequestToken=version_id, SecretString="second",
                                VersionStages=["AWSPENDING"], RotationToken=event["RotationToken"])
    if event["Step"] == "finishSecret":
        current = client.get_secret_value(SecretId=arn)["VersionId"]
        client.update_secret_version_stage(SecretId=arn, VersionStage="AWSCURRENT",
                                           MoveToVersionId=version_id, RemoveFromVersionId=current)
"""


@pytest.fixture
def deployed(aws: SecretsManagerServer, tmp_path: Path) -> Iterator[LambdaFunction]:
    (tmp_path / "template.py").write_text(TEMPLATE)
    with LambdaFunction(
        handler="template.handler",
        code_root=tmp_path,
        environment=aws.environment(),
        timeout_seconds=30,
    ) as function:
        aws.register_function(function.arn, function.invoke)
        yield function


def test_a_real_function_rotates_the_secret(
    aws: SecretsManagerServer, deployed: LambdaFunction
) -> None:
    client = aws.client()
    client.create_secret(Name="real", SecretString="first")

    client.rotate_secret(SecretId="real", RotationLambdaARN=deployed.arn)

    assert aws.wait_for_rotation("real").succeeded
    assert client.get_secret_value(SecretId="real")["SecretString"] == "second"


@pytest.mark.parametrize("promoted", [False, True])
def test_a_function_killed_around_the_promotion_is_retried_to_the_end(
    aws: SecretsManagerServer, deployed: LambdaFunction, *, promoted: bool
) -> None:
    client = aws.client()
    first = client.create_secret(Name="real", SecretString="first")["VersionId"]
    when = When.AFTER if promoted else When.BEFORE
    aws.faults.add("UpdateSecretVersionStage", Callback(lambda _: deployed.kill()), when=when)
    # A request that has arrived takes effect, whatever becomes of its sender.
    aws.faults.add("UpdateSecretVersionStage", Cut(), when=when)

    second = client.rotate_secret(SecretId="real", RotationLambdaARN=deployed.arn)["VersionId"]
    outcome = aws.wait_for_rotation("real")

    assert not outcome.succeeded
    assert outcome.steps[-1].step == "finishSecret"
    assert str(outcome.steps[-1].error_message).endswith("signal: killed")
    current = client.get_secret_value(SecretId="real")["VersionId"]
    assert current == (second if promoted else first)

    aws.retry_rotation("real")

    assert aws.wait_for_rotation("real").succeeded
    stages = client.describe_secret(SecretId="real")["VersionIdsToStages"]
    assert stages == {first: ["AWSPREVIOUS"], second: ["AWSCURRENT", "AWSPENDING"]}


def test_servers_share_nothing_and_leave_moto_s_own_state_alone() -> None:
    with SecretsManagerServer() as one, SecretsManagerServer() as two:
        one.client().create_secret(Name="mine", SecretString="value")

        assert two.client().list_secrets()["SecretList"] == []
        assert not secretsmanager_backends["123456789012"]["eu-west-1"].secrets


def test_a_server_starts_empty() -> None:
    for _ in range(2):
        with SecretsManagerServer() as aws:
            client = aws.client()
            assert client.list_secrets()["SecretList"] == []
            client.create_secret(Name="mine", SecretString="value")


def test_the_region_is_in_the_arn() -> None:
    with SecretsManagerServer(region="eu-central-1") as aws:
        arn = aws.client().create_secret(Name="mine", SecretString="value")["ARN"]

    assert arn.startswith("arn:aws:secretsmanager:eu-central-1:123456789012:secret:mine-")


def test_its_environment_is_all_another_process_needs(aws: SecretsManagerServer) -> None:
    code = "import boto3; boto3.client('secretsmanager').create_secret(Name='from-outside')"

    subprocess.run([sys.executable, "-c", code], env=aws.environment(), check=True)

    assert aws.client().describe_secret(SecretId="from-outside")["Name"] == "from-outside"


def test_closing_leaves_no_thread_behind() -> None:
    before = set(threading.enumerate())
    with SecretsManagerServer() as aws:
        aws.client().list_secrets()

    assert set(threading.enumerate()) <= before
