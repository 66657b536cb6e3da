"""Injected faults."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sandbox.aws.json.failures import AwsFailure
from sandbox.faults import (
    Callback,
    Cut,
    Delay,
    Hang,
    When,
)

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

    from sandbox.aws.secrets_manager import SecretsManagerServer
    from sandbox.record import Call
    from tests.sandbox.aws.secrets_manager.made import Secret


@pytest.fixture
def one_try(aws: SecretsManagerServer) -> SecretsManagerClient:
    """Return a client that never retries."""
    return aws.client(Config(retries={"total_max_attempts": 1}))


def errors_of(aws: SecretsManagerServer, operation: str) -> list[str | None]:
    return [call.error_code for call in aws.record.calls if call.operation == operation]


@pytest.mark.parametrize(
    ("code", "status"), [("ThrottlingException", 400), ("InternalServiceError", 500)]
)
@pytest.mark.parametrize(
    ("when", "value"), [(When.BEFORE, "first"), (When.AFTER, "second")], ids=["before", "after"]
)
def test_an_aws_error_before_or_after_the_effect(  # noqa: PLR0913 - fixtures
    *,
    aws: SecretsManagerServer,
    one_try: SecretsManagerClient,
    secret: Secret,
    code: str,
    status: int,
    when: When,
    value: str,
) -> None:
    aws.faults.add("PutSecretValue", AwsFailure(code), when=when)

    with pytest.raises(ClientError) as error:
        one_try.put_secret_value(SecretId=secret.arn, SecretString="second")

    assert error.value.response["Error"]["Code"] == code
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert one_try.get_secret_value(SecretId=secret.arn)["SecretString"] == value
    assert errors_of(aws, "PutSecretValue") == [code]


@pytest.mark.parametrize(
    ("when", "value"), [(When.BEFORE, "first"), (When.AFTER, "second")], ids=["before", "after"]
)
def test_a_cut_connection_before_or_after_the_effect(
    aws: SecretsManagerServer,
    one_try: SecretsManagerClient,
    secret: Secret,
    when: When,
    value: str,
) -> None:
    aws.faults.add("PutSecretValue", Cut(), when=when)

    with pytest.raises(BotoCoreError):
        one_try.put_secret_value(SecretId=secret.arn, SecretString="second")

    assert one_try.get_secret_value(SecretId=secret.arn)["SecretString"] == value
    assert errors_of(aws, "PutSecretValue") == ["ConnectionCut"]


def test_a_fault_of_one_secret_leaves_others_alone(
    aws: SecretsManagerServer, one_try: SecretsManagerClient, secret: Secret
) -> None:
    one_try.create_secret(Name="another", SecretString="value")
    refused = AwsFailure("AccessDeniedException")
    aws.faults.add("GetSecretValue", refused, about=secret.arn)
    assert one_try.get_secret_value(SecretId="another")["SecretString"] == "value"
    with pytest.raises(ClientError):
        one_try.get_secret_value(SecretId=secret.arn)
    assert errors_of(aws, "GetSecretValue") == [None, "AccessDeniedException"]


def test_faults_skip_and_count(
    aws: SecretsManagerServer, one_try: SecretsManagerClient, secret: Secret
) -> None:
    aws.faults.add("GetSecretValue", AwsFailure("ThrottlingException"), skip=1, times=2)

    for _ in range(5):
        try:
            one_try.get_secret_value(SecretId=secret.arn)
        except ClientError:
            continue

    throttled = "ThrottlingException"
    assert errors_of(aws, "GetSecretValue") == [None, throttled, throttled, None, None]


def test_a_fault_without_count_lasts_until_cleared(
    aws: SecretsManagerServer, one_try: SecretsManagerClient, secret: Secret
) -> None:
    aws.faults.add("GetSecretValue", AwsFailure("ThrottlingException"), times=None)
    for _ in range(3):
        with pytest.raises(ClientError):
            one_try.get_secret_value(SecretId=secret.arn)

    aws.faults.clear()

    assert one_try.get_secret_value(SecretId=secret.arn)["SecretString"] == "first"


def test_a_callback_sees_the_call_and_the_state_around_the_effect(
    aws: SecretsManagerServer, client: SecretsManagerClient, secret: Secret
) -> None:
    seen: list[tuple[str, str]] = []
    other = aws.client()

    def look(call: Call) -> None:
        seen.append((call.operation, other.get_secret_value(SecretId=secret.arn)["SecretString"]))

    for when in When:
        aws.faults.add("PutSecretValue", Callback(look), when=when)
    client.put_secret_value(SecretId=secret.arn, SecretString="second")

    assert seen == [("PutSecretValue", "first"), ("PutSecretValue", "second")]


def test_a_hanging_call_is_seen_and_released(
    aws: SecretsManagerServer, one_try: SecretsManagerClient, secret: Secret
) -> None:
    hanging = threading.Event()
    aws.faults.add("DescribeSecret", Callback(lambda _: hanging.set()))
    aws.faults.add("DescribeSecret", Hang())

    with ThreadPoolExecutor() as pool:
        call = pool.submit(one_try.describe_secret, SecretId=secret.arn)
        assert hanging.wait(20)
        assert errors_of(aws, "DescribeSecret") == [None]
        while not call.done():
            aws.faults.clear()

    assert isinstance(call.exception(), BotoCoreError)
    assert errors_of(aws, "DescribeSecret") == ["ConnectionCut"]


def test_a_delay_outlasts_the_caller_s_patience(aws: SecretsManagerServer, secret: Secret) -> None:
    impatient = aws.client(Config(read_timeout=0.05, retries={"total_max_attempts": 1}))
    aws.faults.add("PutSecretValue", Delay(0.3), when=When.AFTER)

    with pytest.raises(BotoCoreError):
        impatient.put_secret_value(SecretId=secret.arn, SecretString="second")

    value = aws.client().get_secret_value(SecretId=secret.arn)["SecretString"]
    assert value == "second"
