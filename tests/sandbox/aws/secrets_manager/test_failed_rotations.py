"""Rotations that fail and are reattempted."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

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
    from sandbox.aws.secrets_manager import SecretsManagerServer
    from tests.sandbox.aws.secrets_manager.made import Secret

    Labels = Callable[[], dict[str, list[str]]]


@pytest.mark.parametrize("number", range(4), ids=STEPS)
def test_a_failed_step_ends_the_rotation(  # noqa: PLR0913 - fixtures
    *,
    aws: SecretsManagerServer,
    client: SecretsManagerClient,
    secret: Secret,
    function: ScriptedFunction,
    rotate: Callable[[], str],
    labels: Labels,
    number: int,
) -> None:
    # moto ignores what the function answers.
    function.instead[STEPS[number]] = fail
    version_id = rotate()
    outcome = aws.wait_for_rotation(secret.arn)

    assert function.steps == STEPS[: number + 1]
    assert not outcome.succeeded
    last = outcome.steps[-1]
    assert (last.step, last.function_error) == (STEPS[number], "Unhandled")
    assert (last.error_type, last.error_message) == ("Runtime.ExitError", "it broke")
    assert labels() == {secret.version_id: ["AWSCURRENT"], version_id: ["AWSPENDING"]}
    assert "LastRotatedDate" not in client.describe_secret(SecretId=secret.arn)


def test_a_finish_that_promotes_nothing_is_no_success(
    aws: SecretsManagerServer,
    secret: Secret,
    function: ScriptedFunction,
    rotate: Callable[[], str],
    client: SecretsManagerClient,
) -> None:
    function.instead["finishSecret"] = lambda _: None
    rotate()

    assert not aws.wait_for_rotation(secret.arn).succeeded
    with pytest.raises(client.exceptions.InvalidRequestException, match=INCOMPLETE):
        client.rotate_secret(SecretId=secret.arn)


def test_rotate_secret_answers_an_error_and_reattempts_with_the_same_version(
    aws: SecretsManagerServer,
    client: SecretsManagerClient,
    secret: Secret,
    function: ScriptedFunction,
    failed: str,
    labels: Labels,
) -> None:
    # RotateSecret: "If the AWSPENDING staging label is present but not attached to the same
    # version as AWSCURRENT, then any later invocation of RotateSecret assumes that a previous
    # rotation request is still in progress and returns an error." moto starts a new one.
    function.events.clear()

    with pytest.raises(client.exceptions.InvalidRequestException, match=INCOMPLETE):
        client.rotate_secret(SecretId=secret.arn)

    assert aws.wait_for_rotation(secret.arn).succeeded
    assert function.steps == STEPS
    assert {event["ClientRequestToken"] for event in function.events} == {failed}
    assert labels() == {secret.version_id: ["AWSPREVIOUS"], failed: ["AWSCURRENT", "AWSPENDING"]}


def test_an_awspending_put_by_hand_blocks_the_first_rotation(
    aws: SecretsManagerServer,
    client: SecretsManagerClient,
    secret: Secret,
    function: ScriptedFunction,
) -> None:
    client.put_secret_value(SecretId=secret.arn, SecretString="x", VersionStages=["AWSPENDING"])

    with pytest.raises(client.exceptions.InvalidRequestException, match=INCOMPLETE):
        client.rotate_secret(SecretId=secret.arn, RotationLambdaARN=FUNCTION_ARN)

    assert function.events == []
    with pytest.raises(LookupError):
        aws.wait_for_rotation(secret.arn)


def test_the_service_s_own_retry_uses_the_same_version(
    aws: SecretsManagerServer, secret: Secret, function: ScriptedFunction, failed: str
) -> None:
    # "Rotation by Lambda function": "If any rotation step fails, Secrets Manager retries the
    # entire rotation process multiple times."
    first_token = function.events[0]["RotationToken"]
    function.events.clear()

    aws.retry_rotation(secret.arn)

    assert aws.wait_for_rotation(secret.arn).succeeded
    assert function.steps == STEPS
    assert {event["ClientRequestToken"] for event in function.events} == {failed}
    assert function.events[0]["RotationToken"] != first_token


def test_a_rotation_that_died_after_promoting_is_retried_from_the_first_step(
    aws: SecretsManagerServer,
    secret: Secret,
    function: ScriptedFunction,
    rotate: Callable[[], str],
) -> None:
    def promote_and_die(event: Mapping[str, str]) -> Invocation:
        function.finish(event)
        return fail(event)

    function.instead["finishSecret"] = promote_and_die
    rotate()
    assert not aws.wait_for_rotation(secret.arn).succeeded
    function.instead = {step: lambda _: None for step in STEPS}

    aws.retry_rotation(secret.arn)

    assert aws.wait_for_rotation(secret.arn).succeeded
    assert function.steps == STEPS * 2


def test_there_is_nothing_to_retry_after_a_success(
    aws: SecretsManagerServer,
    secret: Secret,
    function: ScriptedFunction,
    rotate: Callable[[], str],
) -> None:
    rotate()
    aws.wait_for_rotation(secret.arn)

    with pytest.raises(RuntimeError, match="nothing to retry"):
        aws.retry_rotation(secret.arn)
    assert function.steps == STEPS


def test_a_rotation_under_way_is_neither_doubled_nor_restarted(
    aws: SecretsManagerServer,
    client: SecretsManagerClient,
    secret: Secret,
    function: ScriptedFunction,
    rotate: Callable[[], str],
) -> None:
    go_on = threading.Event()
    function.instead["setSecret"] = lambda event: None if go_on.wait(20) else fail(event)
    rotate()

    with pytest.raises(client.exceptions.InvalidRequestException, match=INCOMPLETE):
        client.rotate_secret(SecretId=secret.arn)

    go_on.set()
    assert aws.wait_for_rotation(secret.arn).succeeded
    assert function.steps == STEPS
