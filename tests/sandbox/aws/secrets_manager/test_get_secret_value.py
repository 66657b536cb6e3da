"""GetSecretValue. "Recorded" is LocalStack's snapshot of calls to AWS, see errors.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from types_boto3_secretsmanager import SecretsManagerClient

    from tests.sandbox.aws.secrets_manager.made import Secret

NEVER_PUT = "00000000-0000-0000-0000-000000000000"


def message_of(error: pytest.ExceptionInfo[ClientError]) -> tuple[str, str]:
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]


def test_the_default_is_what_awscurrent_labels_now(
    client: SecretsManagerClient, secret: Secret
) -> None:
    # API reference: "If you don't specify either, Secrets Manager returns the AWSCURRENT
    # version." moto keeps returning the version it once noted as default.
    second = client.put_secret_value(
        SecretId=secret.arn, SecretString="second", VersionStages=["AWSPENDING"]
    )
    client.update_secret_version_stage(
        SecretId=secret.arn,
        VersionStage="AWSCURRENT",
        MoveToVersionId=second["VersionId"],
        RemoveFromVersionId=secret.version_id,
    )

    now = client.get_secret_value(SecretId=secret.arn)

    assert (now["VersionId"], now["SecretString"]) == (second["VersionId"], "second")


@pytest.mark.parametrize("form", ["arn", "name"])
def test_a_secret_is_found_by_arn_and_by_name(
    client: SecretsManagerClient, secret: Secret, form: str
) -> None:
    answer = client.get_secret_value(SecretId=getattr(secret, form))

    assert (answer["ARN"], answer["Name"]) == (secret.arn, secret.name)


def test_a_version_without_labels_is_read_by_its_id(
    client: SecretsManagerClient, secret: Secret
) -> None:
    for value in ("second", "third"):
        client.put_secret_value(SecretId=secret.arn, SecretString=value)

    answer = client.get_secret_value(SecretId=secret.arn, VersionId=secret.version_id)

    assert answer["SecretString"] == "first"
    assert "VersionStages" not in answer


def test_binary_values_survive(client: SecretsManagerClient) -> None:
    client.create_secret(Name="binary", SecretBinary=b"\x00\xff&SecretId=other")

    assert client.get_secret_value(SecretId="binary")["SecretBinary"] == b"\x00\xff&SecretId=other"


def test_a_value_that_looks_like_a_query_string_is_only_a_value(
    client: SecretsManagerClient, secret: Secret
) -> None:
    # moto parses the body as a query string as well, and finds parameters in values.
    value = "a=b&SecretId=other&VersionStages=AWSPENDING"
    client.put_secret_value(SecretId=secret.arn, SecretString=value)

    assert client.get_secret_value(SecretId=secret.arn)["SecretString"] == value


def test_an_unknown_secret(client: SecretsManagerClient) -> None:
    # Recorded, test_secret_not_found; status 400 there, 404 in moto.
    with pytest.raises(client.exceptions.ResourceNotFoundException) as error:
        client.get_secret_value(SecretId="nobody")

    expected = "Secrets Manager can't find the specified secret."
    assert message_of(error) == ("ResourceNotFoundException", expected)
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_an_unknown_version(client: SecretsManagerClient, secret: Secret) -> None:
    # Recorded, test_secret_version_not_found.
    with pytest.raises(client.exceptions.ResourceNotFoundException) as error:
        client.get_secret_value(SecretId=secret.arn, VersionId=NEVER_PUT)

    expected = f"Secrets Manager can't find the specified secret value for VersionId: {NEVER_PUT}"
    assert message_of(error) == ("ResourceNotFoundException", expected)


@pytest.mark.parametrize("label", ["AWSPENDING", "AWSPREVIOUS", "MINE"])
def test_a_label_on_no_version(client: SecretsManagerClient, secret: Secret, label: str) -> None:
    # Recorded, test_secret_version_not_found and test_get_secret_value_errors. moto says
    # the whole secret cannot be found.
    with pytest.raises(client.exceptions.ResourceNotFoundException) as error:
        client.get_secret_value(SecretId=secret.arn, VersionStage=label)

    expected = f"Secrets Manager can't find the specified secret value for staging label: {label}"
    assert message_of(error) == ("ResourceNotFoundException", expected)


def test_a_secret_without_a_value(client: SecretsManagerClient) -> None:
    # Recorded, test_secret_version_not_found.
    client.create_secret(Name="empty")

    with pytest.raises(client.exceptions.ResourceNotFoundException) as error:
        client.get_secret_value(SecretId="empty")

    expected = "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT"
    assert message_of(error) == ("ResourceNotFoundException", expected)


def test_a_label_that_is_on_another_version(client: SecretsManagerClient, secret: Secret) -> None:
    # Recorded, test_get_secret_value_errors.
    with pytest.raises(client.exceptions.InvalidRequestException) as error:
        client.get_secret_value(
            SecretId=secret.arn, VersionId=secret.version_id, VersionStage="AWSPENDING"
        )

    expected = "You provided a VersionStage that is not associated to the provided VersionId."
    assert message_of(error) == ("InvalidRequestException", expected)


def test_a_deleted_secret(client: SecretsManagerClient, secret: Secret) -> None:
    # Words recorded in test_tag_untag_resource_on_deleted_secret.
    client.delete_secret(SecretId=secret.arn)

    with pytest.raises(client.exceptions.InvalidRequestException) as error:
        client.get_secret_value(SecretId=secret.arn)

    expected = "You can't perform this operation on the secret because it was marked for deletion."
    assert message_of(error) == ("InvalidRequestException", expected)
