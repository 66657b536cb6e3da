"""RotateSecret that goes well."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from sandbox.aws.secrets_manager import SecretsManagerServer
from tests.sandbox.aws.secrets_manager.scripted import (
    FUNCTION_ARN,
    STEPS,
    ScriptedFunction,
    fail,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from types_boto3_secretsmanager import SecretsManagerClient

    from sandbox.aws.lambda_runtime.invocation import Invocation
    from tests.sandbox.aws.secrets_manager.made import Secret

    Labels = Callable[[], dict[str, list[str]]]


def test_the_four_steps_come_in_order_with_the_whole_event(
    aws: SecretsManagerServer,
    secret: Secret,
    function: ScriptedFunction,
    rotate: Callable[[], str],
) -> None:
    # "Rotation by Lambda function": Step, SecretId ("the ARN of the secret"),
    # ClientRequestToken, RotationToken. moto sends the name, and no RotationToken.
    version_id = rotate()
    outcome = aws.wait_for_rotation(secret.arn)

    assert outcome.succeeded
    assert [step.step for step in outcome.steps] == function.steps == STEPS
    for event in function.events:
        assert event.keys() == {"Step", "SecretId", "ClientRequestToken", "RotationToken"}
        assert event["SecretId"] == secret.arn
        assert event["ClientRequestToken"] == version_id
        assert 36 <= len(event["RotationToken"]) <= 256


def test_the_new_version_is_there_without_a_value_before_create_secret(
    aws: SecretsManagerServer,
    client: SecretsManagerClient,
    secret: Secret,
    function: ScriptedFunction,
    rotate: Callable[[], str],
    labels: Labels,
) -> None:
    # DescribeSecret: "During rotation, Secrets Manager creates an AWSPENDING version ID before
    # creating the new secret version." ListSecretVersionIds "only returns versions that contain
    # a secret value".
    seen: list[object] = []

    def look(event: Mapping[str, str]) -> None:
        seen.append(labels()[event["ClientRequestToken"]])
        listed = client.list_secret_version_ids(SecretId=secret.arn)["Versions"]
        seen.append([version["VersionId"] for version in listed])
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            client.get_secret_value(SecretId=secret.arn, VersionStage="AWSPENDING")
        function.create(event)

    function.instead["createSecret"] = look
    rotate()

    assert aws.wait_for_rotation(secret.arn).succeeded
    assert seen == [["AWSPENDING"], [secret.version_id]]


def test_rotate_secret_answers_before_the_function_is_done(
    aws: SecretsManagerServer,
    secret: Secret,
    function: ScriptedFunction,
    rotate: Callable[[], str],
) -> None:
    # "starts the asynchronous process of rotating the secret". moto answers afterwards.
    answered = threading.Event()

    def wait(_: Mapping[str, str]) -> Invocation | None:
        return None if answered.wait(20) else fail(_)

    function.instead["testSecret"] = wait
    rotate()
    answered.set()

    assert aws.wait_for_rotation(secret.arn).succeeded


def test_awspending_leaves_in_the_call_that_promotes(
    aws: SecretsManagerServer,
    secret: Secret,
    function: ScriptedFunction,
    rotate: Callable[[], str],
    labels: Labels,
) -> None:
    # "Lambda rotation functions", finishSecret: moving AWSCURRENT "also removes the AWSPENDING
    # label in the same API call".
    during: list[dict[str, list[str]]] = []

    def finish(event: Mapping[str, str]) -> None:
        function.finish(event)
        during.append(labels())

    function.instead["finishSecret"] = finish
    version_id = rotate()
    aws.wait_for_rotation(secret.arn)

    assert during == [{secret.version_id: ["AWSPREVIOUS"], version_id: ["AWSCURRENT"]}]
    assert labels() == during[0]


def test_awspending_can_linger_and_does_not_block_the_next_rotation() -> None:
    # RotateSecret: AWSPENDING "might be attached to the same version as the AWSCURRENT version,
    # or it might not be attached to any version". moto refuses in the first case, of all.
    with SecretsManagerServer(pending_label_lingers=True) as aws:
        client = aws.client()
        aws.register_function(FUNCTION_ARN, ScriptedFunction(client))
        client.create_secret(Name="lingering", SecretString="first")
        for _ in range(2):
            version_id = client.rotate_secret(SecretId="lingering", RotationLambdaARN=FUNCTION_ARN)[
                "VersionId"
            ]
            assert aws.wait_for_rotation("lingering").succeeded
            stages = client.describe_secret(SecretId="lingering")["VersionIdsToStages"]
            assert stages[version_id] == ["AWSCURRENT", "AWSPENDING"]
