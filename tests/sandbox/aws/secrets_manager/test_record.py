"""The record of calls made from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.aws.lambda_runtime.invocation import Invocation
from sandbox.faults import Cut, When

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

    from sandbox.aws.secrets_manager import SecretsManagerServer
    from tests.sandbox.aws.secrets_manager.made import Secret


def test_retries_of_the_sdk_are_calls_of_their_own(
    aws: SecretsManagerServer, client: SecretsManagerClient, secret: Secret
) -> None:
    aws.faults.add("PutSecretValue", Cut(), when=When.AFTER)

    put = client.put_secret_value(SecretId=secret.arn, SecretString="second")

    calls = [call for call in aws.record.calls if call.operation == "PutSecretValue"]
    assert [call.error_code for call in calls] == ["ConnectionCut", None]
    tokens = {call.parameters["ClientRequestToken"] for call in calls}
    assert tokens == {put["VersionId"]}


def test_the_record_holds_versions_and_labels_but_no_value(
    aws: SecretsManagerServer, client: SecretsManagerClient, secret: Secret
) -> None:
    aws.record.clear()
    rotation_token = "0a1b2c3d-rotation-token-0a1b2c3d-0a1b"
    put = client.put_secret_value(
        SecretId=secret.arn,
        SecretString="hunter2",
        VersionStages=["AWSPENDING", "MINE"],
        RotationToken=rotation_token,
    )
    client.put_secret_value(SecretId=secret.name, SecretBinary=b"hunter2")

    first, second = aws.record.calls

    assert (first.operation, first.subject) == ("PutSecretValue", secret.arn)
    assert first.parameters == {
        "ClientRequestToken": put["VersionId"],
        "VersionStages": "AWSPENDING,MINE",
        "SecretString": "***",
        "RotationToken": "***",
    }
    assert second.subject == secret.name
    assert second.parameters["SecretBinary"] == "***"
    shown = repr(aws.record.calls)
    assert not [value for value in ("hunter2", rotation_token, "aHVudGVyMg") if value in shown]


def test_what_secrets_manager_does_by_itself_is_not_recorded(
    aws: SecretsManagerServer, client: SecretsManagerClient, secret: Secret
) -> None:
    aws.register_function("arn:idle", lambda _: Invocation(payload=None))
    aws.record.clear()

    client.rotate_secret(SecretId=secret.arn, RotationLambdaARN="arn:idle")
    aws.wait_for_rotation(secret.arn)

    assert [call.operation for call in aws.record.calls] == ["RotateSecret"]
