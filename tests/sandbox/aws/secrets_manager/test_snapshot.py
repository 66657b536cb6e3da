"""A server goes back to what it held, and nothing of what came after is left over."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError

from sandbox.aws.json.failures import AwsFailure
from sandbox.aws.lambda_runtime.invocation import Invocation
from sandbox.faults import Callback, Hang
from tests.sandbox.aws.secrets_manager.scripted import FUNCTION_ARN, ScriptedFunction

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_secretsmanager import SecretsManagerClient

    from sandbox.aws.secrets_manager import SecretsManagerServer
    from tests.sandbox.aws.secrets_manager.made import Secret


def all_there_is(client: SecretsManagerClient) -> list[dict[str, Any]]:
    """Read every secret with its versions and their values, as the service tells them."""
    found = []
    for entry in client.list_secrets()["SecretList"]:
        arn = entry["ARN"]
        versions = client.list_secret_version_ids(SecretId=arn, IncludeDeprecated=True)["Versions"]
        values = [
            client.get_secret_value(SecretId=arn, VersionId=one["VersionId"])["SecretString"]
            for one in versions
        ]
        described = client.describe_secret(SecretId=arn)
        found.append({**described, "values": values, "ResponseMetadata": None})
    return found


@pytest.fixture
def held(secret: Secret, client: SecretsManagerClient) -> list[dict[str, Any]]:
    """Have a second secret, and a second version of the first; returns all there is."""
    client.create_secret(Name="team/other", SecretString="other", Tags=[{"Key": "a", "Value": "b"}])
    client.put_secret_value(SecretId=secret.arn, SecretString="second")
    return all_there_is(client)


def test_secrets_versions_and_labels_are_as_they_were(
    aws: SecretsManagerServer,
    client: SecretsManagerClient,
    secret: Secret,
    function: ScriptedFunction,
    rotate: Callable[[], str],
    held: list[dict[str, Any]],
) -> None:
    saved = aws.snapshot()
    rotate()
    assert aws.wait_for_rotation(secret.arn).succeeded
    client.put_secret_value(SecretId=secret.arn, SecretString="third")
    client.tag_resource(SecretId="team/other", Tags=[{"Key": "c", "Value": "d"}])
    client.delete_secret(SecretId="team/other", ForceDeleteWithoutRecovery=True)
    client.create_secret(Name="team/new", SecretString="new")
    aws.set_replica(secret.arn, "us-east-1", "Failed")
    aws.grow_older(secret.arn, 3)
    assert all_there_is(client) != held
    aws.restore(saved)
    assert all_there_is(client) == held
    assert function.steps


def test_a_snapshot_serves_more_than_once(
    aws: SecretsManagerServer,
    client: SecretsManagerClient,
    secret: Secret,
    held: list[dict[str, Any]],
) -> None:
    saved = aws.snapshot()
    for value in ("third", "fourth"):
        client.put_secret_value(SecretId=secret.arn, SecretString=value)
        aws.restore(saved)
        assert all_there_is(client) == held


def test_a_rotation_that_was_configured_is_so_again(
    aws: SecretsManagerServer,
    client: SecretsManagerClient,
    secret: Secret,
    function: ScriptedFunction,
    rotate: Callable[[], str],
) -> None:
    version_id = rotate()
    aws.wait_for_rotation(secret.arn)
    saved = aws.snapshot()
    client.cancel_rotate_secret(SecretId=secret.arn)
    aws.restore(saved)
    assert client.describe_secret(SecretId=secret.arn)["RotationEnabled"]
    assert aws.wait_for_rotation(secret.arn).version_id == version_id
    client.rotate_secret(SecretId=secret.arn)
    assert aws.wait_for_rotation(secret.arn).succeeded
    assert len(function.steps) == 8


def test_a_rotation_begun_later_was_never_begun(
    aws: SecretsManagerServer,
    secret: Secret,
    function: ScriptedFunction,
    rotate: Callable[[], str],
) -> None:
    saved = aws.snapshot()
    function.instead["setSecret"] = lambda _: Invocation(payload={}, function_error="Unhandled")
    rotate()
    aws.wait_for_rotation(secret.arn)
    aws.restore(saved)
    with pytest.raises(LookupError):
        aws.wait_for_rotation(secret.arn)
    with pytest.raises(RuntimeError, match="nothing to retry"):
        aws.retry_rotation(secret.arn)


def test_functions_and_callbacks_registered_later_are_gone(
    aws: SecretsManagerServer, client: SecretsManagerClient, secret: Secret
) -> None:
    kept: list[object] = []
    late: list[object] = []
    aws.on_event(kept.append)
    saved = aws.snapshot()
    aws.register_function(FUNCTION_ARN, ScriptedFunction(client))
    aws.on_event(late.append)
    aws.restore(saved)
    client.put_secret_value(SecretId=secret.arn, SecretString="second")
    aws.wait_for_events()
    assert (len(kept), len(late)) == (1, 0)
    with pytest.raises(client.exceptions.ClientError, match="AccessDeniedException"):
        client.rotate_secret(SecretId=secret.arn, RotationLambdaARN=FUNCTION_ARN)


def test_events_and_failures_from_before_are_forgotten(
    aws: SecretsManagerServer, client: SecretsManagerClient, secret: Secret
) -> None:
    entered, seen = threading.Event(), list[object]()

    def fail(event: object) -> None:
        seen.append(event)
        entered.set()
        raise ValueError("from before")

    aws.on_event(fail)
    saved = aws.snapshot()
    client.put_secret_value(SecretId=secret.arn, SecretString="second")
    assert entered.wait(5)
    aws.restore(saved)
    aws.wait_for_events()
    assert len(seen) == 1


def test_faults_end_and_the_record_is_empty(
    aws: SecretsManagerServer, client: SecretsManagerClient, secret: Secret
) -> None:
    arrived = threading.Event()
    saved = aws.snapshot()
    aws.faults.add("GetSecretValue", AwsFailure("InternalServiceError"), times=None)
    aws.faults.add("DescribeSecret", Callback(lambda _: arrived.set()))
    aws.faults.add("DescribeSecret", Hang())
    asks = aws.client(Config(retries={"total_max_attempts": 1}, read_timeout=60))
    with ThreadPoolExecutor() as pool:
        hanging = pool.submit(asks.describe_secret, SecretId=secret.arn)
        assert arrived.wait(5)
        aws.restore(saved)
        with pytest.raises(ConnectionClosedError):
            hanging.result(10)
    assert aws.record.calls == []
    assert client.get_secret_value(SecretId=secret.arn)["SecretString"] == "first"


def test_no_snapshot_is_taken_while_a_rotation_runs(
    aws: SecretsManagerServer, function: ScriptedFunction, rotate: Callable[[], str], secret: Secret
) -> None:
    go_on = threading.Event()
    function.instead["createSecret"] = lambda _: Invocation(payload=go_on.wait(10))
    rotate()
    with pytest.raises(RuntimeError, match="a rotation runs"):
        aws.snapshot()
    go_on.set()
    aws.wait_for_rotation(secret.arn)
