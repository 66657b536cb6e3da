"""DescribeSecret, ListSecretVersionIds, ListSecrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

    from sandbox.aws.secrets_manager import SecretsManagerServer
    from tests.sandbox.aws.secrets_manager.made import Secret
    from tests.sandbox.aws.secrets_manager.scripted import ScriptedFunction

from tests.sandbox.aws.secrets_manager.scripted import FUNCTION_ARN


@pytest.fixture
def three_versions(client: SecretsManagerClient, secret: Secret) -> list[str]:
    later = [
        client.put_secret_value(SecretId=secret.arn, SecretString=value)["VersionId"]
        for value in ("second", "third")
    ]
    return [secret.version_id, *later]


def test_describe_has_labelled_versions_only(
    client: SecretsManagerClient, secret: Secret, three_versions: list[str]
) -> None:
    # "A list of the versions of the secret that have staging labels attached"
    described = client.describe_secret(SecretId=secret.arn)

    _, previous, current = three_versions
    assert described["VersionIdsToStages"] == {
        previous: ["AWSPREVIOUS"],
        current: ["AWSCURRENT"],
    }


def test_describe_returns_only_fields_that_have_a_value(
    client: SecretsManagerClient, secret: Secret
) -> None:
    # Recorded, test_rotate_secret_invalid_lambda_arn: exactly these fields.
    described = client.describe_secret(SecretId=secret.arn)

    expected = {"ARN", "CreatedDate", "LastChangedDate", "Name", "VersionIdsToStages"}
    assert described.keys() - {"ResponseMetadata"} == expected


def test_describe_after_a_rotation(
    aws: SecretsManagerServer,
    client: SecretsManagerClient,
    secret: Secret,
    function: ScriptedFunction,
) -> None:
    # Recorded, test_rotate_secret_with_lambda_success: these fields and labels.
    rotated = client.rotate_secret(
        SecretId=secret.arn,
        RotationLambdaARN=FUNCTION_ARN,
        RotationRules={"AutomaticallyAfterDays": 1},
    )
    aws.wait_for_rotation(secret.arn)
    assert function.steps[-1] == "finishSecret"

    described = client.describe_secret(SecretId=secret.arn)

    assert described["RotationEnabled"] is True
    assert described["RotationLambdaARN"] == FUNCTION_ARN
    assert described["RotationRules"] == {"AutomaticallyAfterDays": 1}
    assert described["NextRotationDate"] > described["LastRotatedDate"]
    assert described["VersionIdsToStages"] == {
        secret.version_id: ["AWSPREVIOUS"],
        rotated["VersionId"]: ["AWSCURRENT", "AWSPENDING"],
    }


def test_listing_leaves_out_deprecated_versions(
    client: SecretsManagerClient, secret: Secret, three_versions: list[str]
) -> None:
    # Recorded, test_deprecated_secret_version_stage. moto lists everything.
    listed = client.list_secret_version_ids(SecretId=secret.arn)

    assert listed["ARN"] == secret.arn
    assert [version["VersionId"] for version in listed["Versions"]] == three_versions[1:]
    assert "NextToken" not in listed


def test_listing_deprecated_versions_shows_them_without_labels(
    client: SecretsManagerClient, secret: Secret, three_versions: list[str]
) -> None:
    # Recorded, test_deprecated_secret_version_stage: no VersionStages at all.
    listed = client.list_secret_version_ids(SecretId=secret.arn, IncludeDeprecated=True)

    assert [version["VersionId"] for version in listed["Versions"]] == three_versions
    assert listed["Versions"][0].keys() == {"VersionId", "CreatedDate", "KmsKeyIds"}


def test_listing_in_pages(
    client: SecretsManagerClient, secret: Secret, three_versions: list[str]
) -> None:
    # boto3 has no paginator for this operation.
    first = client.list_secret_version_ids(
        SecretId=secret.arn, IncludeDeprecated=True, MaxResults=2
    )
    rest = client.list_secret_version_ids(
        SecretId=secret.arn, IncludeDeprecated=True, MaxResults=2, NextToken=first["NextToken"]
    )

    assert [version["VersionId"] for version in first["Versions"]] == three_versions[:2]
    assert [version["VersionId"] for version in rest["Versions"]] == three_versions[2:]
    assert "NextToken" not in rest


def test_a_next_token_of_somewhere_else_is_refused(
    client: SecretsManagerClient, secret: Secret
) -> None:
    with pytest.raises(client.exceptions.InvalidNextTokenException):
        client.list_secret_version_ids(SecretId=secret.arn, NextToken="elsewhere")


def test_secrets_are_listed_with_their_labels(client: SecretsManagerClient, secret: Secret) -> None:
    (listed,) = client.list_secrets()["SecretList"]

    assert listed["Name"] == secret.name
    assert listed["SecretVersionsToStages"] == {secret.version_id: ["AWSCURRENT"]}
