"""Rotations that are abandoned, cancelled, guarded, or never began."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.aws.secrets_manager import SecretsManagerServer
from tests.sandbox.aws.secrets_manager.scripted import (
    FUNCTION_ARN,
    INCOMPLETE,
    STEPS,
    ScriptedFunction,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from types_boto3_secretsmanager import SecretsManagerClient

    from sandbox.aws.lambda_runtime.invocation import Invocation
    from tests.sandbox.aws.secrets_manager.made import Secret

    Labels = Callable[[], dict[str, list[str]]]


@pytest.mark.parametrize("stages", [["AWSPENDING"], ["AWSCURRENT"]], ids=["pending", "current"])
def test_a_version_made_by_hand_abandons_the_rotation(  # noqa: PLR0913 - fixtures
    *,
    aws: SecretsManagerServer,
    client: SecretsManagerClient,
    secret: Secret,
    function: ScriptedFunction,
    rotate: Callable[[], str],
    labels: Labels,
    stages: list[str],
) -> None:
    # "RotationAbandoned: Secrets Manager removed the AWSPENDING label from an existing version of
    # a secret. When you manually create a new version of a secret, you send a message signalling
    # the abandonment of the current ongoing rotation in favor of the new secret version."
    def put_by_hand(_: Mapping[str, str]) -> None:
        client.put_secret_value(SecretId=secret.arn, SecretString="by hand", VersionStages=stages)

    function.instead["setSecret"] = put_by_hand
    version_id = rotate()
    outcome = aws.wait_for_rotation(secret.arn)

    assert version_id not in labels()
    assert (outcome.succeeded, outcome.stopped) == (False, True)
    assert function.steps == STEPS[:2]


def test_cancelling_stops_the_rotation_and_leaves_awspending(
    aws: SecretsManagerServer,
    client: SecretsManagerClient,
    secret: Secret,
    function: ScriptedFunction,
    rotate: Callable[[], str],
    labels: Labels,
) -> None:
    # CancelRotateSecret: "Turns off automatic rotation, and if a rotation is currently in
    # progress, cancels the rotation", "it can leave the VersionStage labels in an unexpected
    # state".
    cancelled: list[str] = []

    def cancel(_: Mapping[str, str]) -> None:
        cancelled.append(client.cancel_rotate_secret(SecretId=secret.arn)["VersionId"])

    function.instead["setSecret"] = cancel
    version_id = rotate()
    outcome = aws.wait_for_rotation(secret.arn)

    assert cancelled == [version_id]
    assert (outcome.succeeded, outcome.stopped) == (False, True)
    assert labels() == {secret.version_id: ["AWSCURRENT"], version_id: ["AWSPENDING"]}
    described = client.describe_secret(SecretId=secret.arn)
    assert described["RotationEnabled"] is False
    assert described["RotationLambdaARN"] == FUNCTION_ARN


def test_a_cancelled_rotation_blocks_the_next_until_awspending_is_removed(
    aws: SecretsManagerServer,
    client: SecretsManagerClient,
    secret: Secret,
    function: ScriptedFunction,
    failed: str,
) -> None:
    # "Failing to clean up a cancelled rotation can block you from starting future rotations."
    client.cancel_rotate_secret(SecretId=secret.arn)
    function.events.clear()

    with pytest.raises(client.exceptions.InvalidRequestException, match=INCOMPLETE):
        client.rotate_secret(SecretId=secret.arn)
    assert function.events == []

    client.update_secret_version_stage(
        SecretId=secret.arn, VersionStage="AWSPENDING", RemoveFromVersionId=failed
    )
    assert client.rotate_secret(SecretId=secret.arn)["VersionId"] != failed
    assert aws.wait_for_rotation(secret.arn).succeeded


@pytest.mark.parametrize("token", ["the event's", "none", "another"])
def test_a_required_rotation_token_guards_the_pending_version(token: str) -> None:
    # PutSecretValue: RotationToken is "Required for secret rotations using an IAM assumed role".
    with SecretsManagerServer(require_rotation_token=True) as aws:
        client = aws.client()
        function = ScriptedFunction(client)
        aws.register_function(FUNCTION_ARN, function)
        client.create_secret(Name="guarded", SecretString="first")
        refused: list[str] = []

        def create(event: Mapping[str, str]) -> None:
            if token == "the event's":
                function.create(event)
                return
            tokens = {} if token == "none" else {"RotationToken": "0" * 36}
            with pytest.raises(client.exceptions.ClientError) as error:
                client.put_secret_value(
                    SecretId=event["SecretId"],
                    ClientRequestToken=event["ClientRequestToken"],
                    SecretString="second",
                    VersionStages=["AWSPENDING"],
                    **tokens,
                )
            refused.append(str(error.value.response["Error"]["Code"]))

        function.instead["createSecret"] = create
        client.rotate_secret(SecretId="guarded", RotationLambdaARN=FUNCTION_ARN)
        aws.wait_for_rotation("guarded")

        assert refused == ([] if token == "the event's" else ["AccessDeniedException"])


def test_an_exception_of_the_test_s_own_invoke_reaches_the_test(
    aws: SecretsManagerServer, client: SecretsManagerClient, secret: Secret
) -> None:
    def broken(_: Mapping[str, str]) -> Invocation:
        raise ZeroDivisionError

    aws.register_function(FUNCTION_ARN, broken)
    client.rotate_secret(SecretId=secret.arn, RotationLambdaARN=FUNCTION_ARN)

    with pytest.raises(ZeroDivisionError):
        aws.wait_for_rotation(secret.arn)


def test_waiting_for_a_rotation_that_never_started(
    aws: SecretsManagerServer, secret: Secret
) -> None:
    with pytest.raises(LookupError):
        aws.wait_for_rotation(secret.arn)
