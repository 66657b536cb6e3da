from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.aws.secrets_manager import SecretsManagerServer
from tests.sandbox.aws.secrets_manager.made import Secret
from tests.sandbox.aws.secrets_manager.scripted import FUNCTION_ARN, ScriptedFunction, fail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from types_boto3_secretsmanager import SecretsManagerClient


@pytest.fixture
def aws() -> Iterator[SecretsManagerServer]:
    with SecretsManagerServer() as server:
        yield server


@pytest.fixture
def client(aws: SecretsManagerServer) -> SecretsManagerClient:
    return aws.client()


@pytest.fixture
def secret(client: SecretsManagerClient) -> Secret:
    made = client.create_secret(Name="team/database", SecretString="first")
    return Secret(made["ARN"], made["Name"], made["VersionId"])


@pytest.fixture
def labels(client: SecretsManagerClient, secret: Secret) -> Callable[[], dict[str, list[str]]]:
    """Read which labels each version has."""
    return lambda: client.describe_secret(SecretId=secret.arn)["VersionIdsToStages"]


@pytest.fixture
def function(aws: SecretsManagerServer, client: SecretsManagerClient) -> ScriptedFunction:
    scripted = ScriptedFunction(client)
    aws.register_function(FUNCTION_ARN, scripted)
    return scripted


@pytest.fixture
def rotate(client: SecretsManagerClient, secret: Secret) -> Callable[[], str]:
    """Configure rotation and start one; returns its version id."""
    return lambda: client.rotate_secret(
        SecretId=secret.arn,
        RotationLambdaARN=FUNCTION_ARN,
        RotationRules={"AutomaticallyAfterDays": 30},
    )["VersionId"]


@pytest.fixture
def failed(
    aws: SecretsManagerServer,
    secret: Secret,
    function: ScriptedFunction,
    rotate: Callable[[], str],
) -> str:
    """Let a rotation fail in setSecret, and the next attempt find a working function."""
    function.instead["setSecret"] = fail
    version_id = rotate()
    assert not aws.wait_for_rotation(secret.arn).succeeded
    function.instead.clear()
    return version_id
