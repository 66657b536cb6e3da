"""What DescribeSecret tells of replicas. The replicas themselves are not part of the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

    from sandbox.aws.secrets_manager import SecretsManagerServer
    from tests.sandbox.aws.secrets_manager.made import Secret


def test_each_region_has_its_latest_status(
    aws: SecretsManagerServer, client: SecretsManagerClient, secret: Secret
) -> None:
    for region, status in (("eu-central-1", "InProgress"), ("us-east-1", "Failed")):
        aws.set_replica(secret.name, region, status)
    aws.set_replica(secret.arn, "eu-central-1", "InSync")
    assert client.describe_secret(SecretId=secret.arn)["ReplicationStatus"] == [
        {"Region": "eu-central-1", "Status": "InSync"},
        {"Region": "us-east-1", "Status": "Failed"},
    ]


def test_list_secrets_does_not_tell_of_them(
    aws: SecretsManagerServer, client: SecretsManagerClient, secret: Secret
) -> None:
    # https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_SecretListEntry.html
    aws.set_replica(secret.arn, "eu-central-1", "InSync")
    (listed,) = client.list_secrets()["SecretList"]
    assert "ReplicationStatus" not in listed


def test_a_secret_that_is_not_there_has_none(
    aws: SecretsManagerServer, client: SecretsManagerClient
) -> None:
    with pytest.raises(Exception, match="can't find the specified secret"):
        aws.set_replica("nowhere", "eu-central-1", "InSync")
    assert client.list_secrets()["SecretList"] == []
