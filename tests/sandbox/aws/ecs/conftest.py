from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sandbox.aws.ecs import EcsServer
from sandbox.aws.secrets_manager import SecretsManagerServer
from tests.sandbox.aws.ecs.definitions import Definitions, Services

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_ecs import ECSClient
    from types_boto3_secretsmanager import SecretsManagerClient


@pytest.fixture
def aws() -> Iterator[SecretsManagerServer]:
    with SecretsManagerServer() as server:
        yield server


@pytest.fixture
def ecs(aws: SecretsManagerServer) -> Iterator[EcsServer]:
    # A health check's five seconds last 50 ms, and stopTimeout's thirty 300 ms. Programs that
    # fail here do so at once.
    with EcsServer(aws, settle_seconds=0.15, time_scale=0.01) as server:
        yield server


@pytest.fixture
def client(ecs: EcsServer) -> ECSClient:
    """Return a client, with the default cluster made."""
    made = ecs.client()
    made.create_cluster()
    ecs.record.clear()
    return made


@pytest.fixture
def secrets(aws: SecretsManagerServer) -> SecretsManagerClient:
    return aws.client()


@pytest.fixture
def secret(secrets: SecretsManagerClient) -> str:
    """Make a secret with two fields; returns its ARN."""
    text = json.dumps({"user": "first", "port": 443})
    return secrets.create_secret(Name="team/app", SecretString=text)["ARN"]


@pytest.fixture
def register(client: ECSClient) -> Definitions:
    return Definitions(client)


@pytest.fixture
def services(ecs: EcsServer, client: ECSClient) -> Services:
    return Services(ecs, client)
