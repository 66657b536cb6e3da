"""RotateSecret that goes well."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from sandbox.aws.secrets_manager import AfterPromotion, SecretsManagerServer
from tests.sandbox.aws.secrets_manager.scripted import (
    FUNCTION_ARN,
    INCOMPLETE,
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


BOTH, CURRENT = ["AWSCURRENT", "AWSPENDING"], ["AWSCURRENT"]
WHERE = {
    AfterPromotion.STAYS: [BOTH, BOTH],
    AfterPromotion.GONE_WHEN_COMPLETE: [BOTH, CURRENT],
    AfterPromotion.GONE_IN_THE_CALL: [CURRENT, CURRENT],
}


@pytest.mark.parametrize("form", AfterPromotion)
def test_awspending_after_the_promotion_and_the_next_rotation(form: AfterPromotion) -> None:
    # RotateSecret: AWSPENDING "might be attached to the same version as the AWSCURRENT version,
    # or it might not be attached to any version". moto refuses in the first case, of all.
    with SecretsManagerServer(after_promotion=form) as aws:
        client = aws.client()
        function = ScriptedFunction(client)
        aws.register_function(FUNCTION_ARN, function)
        client.create_secret(Name="app", SecretString="first")
        seen: list[list[str]] = []

        def look(event: Mapping[str, str]) -> None:
            stages = client.describe_secret(SecretId="app")["VersionIdsToStages"]
            seen.append(stages[event["ClientRequestToken"]])

        def finish(event: Mapping[str, str]) -> None:
            function.finish(event)
            look(event)

        function.instead["finishSecret"] = finish
        for _ in range(2):
            version_id = client.rotate_secret(SecretId="app", RotationLambdaARN=FUNCTION_ARN)[
                "VersionId"
            ]
            assert aws.wait_for_rotation("app").succeeded
            look({"ClientRequestToken": version_id})
        assert seen == WHERE[form] * 2


def test_awspending_stays_when_the_rotated_version_is_rolled_back(
    aws: SecretsManagerServer,
    client: SecretsManagerClient,
    secret: Secret,
    rotate: Callable[[], str],
    labels: Labels,
    function: ScriptedFunction,
) -> None:
    version_id = rotate()
    assert aws.wait_for_rotation(secret.arn).succeeded
    client.update_secret_version_stage(
        SecretId=secret.arn,
        VersionStage="AWSCURRENT",
        MoveToVersionId=secret.version_id,
        RemoveFromVersionId=version_id,
    )
    assert labels()[version_id] == ["AWSPENDING", "AWSPREVIOUS"]
    with pytest.raises(client.exceptions.InvalidRequestException, match=INCOMPLETE):
        rotate()
    aws.wait_for_rotation(secret.arn)
    assert {event["ClientRequestToken"] for event in function.events} == {version_id}
