"""What RotateSecret stores, refuses and tests."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

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
    from sandbox.aws.secrets_manager import SecretsManagerServer
    from tests.sandbox.aws.secrets_manager.made import Secret

    Labels = Callable[[], dict[str, list[str]]]


def test_rotating_again_without_arguments_keeps_function_and_rules(
    aws: SecretsManagerServer,
    client: SecretsManagerClient,
    secret: Secret,
    function: ScriptedFunction,
    labels: Labels,
) -> None:
    # Recorded, test_rotate_secret_multiple_times_with_lambda_success. moto forgets the function
    # and promotes an empty version.
    rules = {"ScheduleExpression": "cron(0 4 1 * ? *)", "Duration": "2h"}
    first = client.rotate_secret(
        SecretId=secret.arn,
        RotationLambdaARN=FUNCTION_ARN,
        RotationRules={"ScheduleExpression": "cron(0 4 1 * ? *)", "Duration": "2h"},
    )["VersionId"]
    aws.wait_for_rotation(secret.arn)

    second = client.rotate_secret(SecretId=secret.arn)["VersionId"]

    assert aws.wait_for_rotation(secret.arn).succeeded
    assert function.steps == STEPS * 2
    assert labels() == {first: ["AWSPREVIOUS"], second: ["AWSCURRENT", "AWSPENDING"]}
    assert client.describe_secret(SecretId=secret.arn)["RotationRules"] == rules


def test_the_same_request_again_starts_nothing(
    aws: SecretsManagerServer,
    client: SecretsManagerClient,
    secret: Secret,
    function: ScriptedFunction,
) -> None:
    # "This value helps ensure idempotency."
    token = str(uuid.uuid4())
    for _ in range(2):
        answer = client.rotate_secret(
            SecretId=secret.arn, RotationLambdaARN=FUNCTION_ARN, ClientRequestToken=token
        )
        assert answer["VersionId"] == token
        assert aws.wait_for_rotation(secret.arn).succeeded

    assert function.steps == STEPS


def test_without_any_function_nothing_is_configured(
    client: SecretsManagerClient, secret: Secret
) -> None:
    # Recorded, test_first_rotate_secret_with_missing_lambda_arn.
    expected = "No Lambda rotation function ARN is associated with this secret."
    with pytest.raises(client.exceptions.InvalidRequestException, match=expected):
        client.rotate_secret(SecretId=secret.arn)

    described = client.describe_secret(SecretId=secret.arn)
    assert not {"RotationEnabled", "RotationRules", "RotationLambdaARN"} & described.keys()


def test_a_function_it_may_not_invoke_configures_nothing(
    client: SecretsManagerClient, secret: Secret
) -> None:
    # Recorded, test_rotate_secret_invalid_lambda_arn.
    with pytest.raises(ClientError, match="cannot invoke the specified Lambda function") as error:
        client.rotate_secret(SecretId=secret.arn, RotationLambdaARN=FUNCTION_ARN)

    assert error.value.response["Error"]["Code"] == "AccessDeniedException"
    assert "RotationLambdaARN" not in client.describe_secret(SecretId=secret.arn)


@pytest.mark.parametrize("passes", [True, False])
def test_not_immediately_runs_test_secret_alone_on_a_version_it_removes(
    aws: SecretsManagerServer,
    client: SecretsManagerClient,
    secret: Secret,
    function: ScriptedFunction,
    labels: Labels,
    *,
    passes: bool,
) -> None:
    # "Secrets Manager tests the rotation configuration by running the testSecret step […]. This
    # test creates an AWSPENDING version of the secret and then removes it." moto keeps it.
    seen: list[tuple[list[str], str]] = []

    def look(event: Mapping[str, str]) -> Invocation | None:
        pending = client.get_secret_value(SecretId=secret.arn, VersionStage="AWSPENDING")
        assert pending["VersionId"] == event["ClientRequestToken"] != secret.version_id
        seen.append((pending["VersionStages"], pending["SecretString"]))
        return None if passes else fail(event)

    function.instead["testSecret"] = look
    client.rotate_secret(
        SecretId=secret.arn,
        RotationLambdaARN=FUNCTION_ARN,
        RotationRules={"AutomaticallyAfterDays": 30},
        RotateImmediately=False,
    )
    outcome = aws.wait_for_rotation(secret.arn)

    assert seen == [(["AWSPENDING"], "first")]
    assert (function.steps, outcome.succeeded) == (["testSecret"], passes)
    assert labels() == {secret.version_id: ["AWSCURRENT"]}
    described = client.describe_secret(SecretId=secret.arn)
    assert described["RotationEnabled"] is True
    assert "LastRotatedDate" not in described


def test_a_schedule_is_either_days_or_an_expression(
    client: SecretsManagerClient, secret: Secret, function: ScriptedFunction
) -> None:
    # RotationRulesType: "but not both".
    with pytest.raises(client.exceptions.InvalidParameterException):
        client.rotate_secret(
            SecretId=secret.arn,
            RotationLambdaARN=FUNCTION_ARN,
            RotationRules={"AutomaticallyAfterDays": 30, "ScheduleExpression": "rate(30 days)"},
        )

    assert function.events == []
