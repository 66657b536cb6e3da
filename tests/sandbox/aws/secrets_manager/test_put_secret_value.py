"""PutSecretValue and UpdateSecret, after their API references."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_secretsmanager import SecretsManagerClient

    from tests.sandbox.aws.secrets_manager.made import Secret

    Labels = Callable[[], dict[str, list[str]]]


def test_a_put_moves_awscurrent_and_awsprevious(
    client: SecretsManagerClient, secret: Secret, labels: Labels
) -> None:
    # Recorded, test_deprecated_secret_version_stage.
    second = client.put_secret_value(SecretId=secret.arn, SecretString="second")
    assert second["VersionStages"] == ["AWSCURRENT"]
    third = client.put_secret_value(SecretId=secret.arn, SecretString="third")

    assert labels() == {second["VersionId"]: ["AWSPREVIOUS"], third["VersionId"]: ["AWSCURRENT"]}


def test_labels_of_one_s_own_stay_when_awscurrent_leaves(
    client: SecretsManagerClient, secret: Secret, labels: Labels
) -> None:
    # Recorded, test_update_secret_version_stages_current_pending_cycle_custom_stages_2, for
    # a move. moto's put drops every other label of the version that was current.
    second = client.put_secret_value(
        SecretId=secret.arn, SecretString="second", VersionStages=["AWSCURRENT", "MINE"]
    )
    client.put_secret_value(SecretId=secret.arn, SecretString="third")

    assert labels()[second["VersionId"]] == ["AWSPREVIOUS", "MINE"]


def test_the_same_value_again_changes_nothing(
    client: SecretsManagerClient, secret: Secret, labels: Labels
) -> None:
    # "the operation succeeds but does nothing"
    token = str(uuid.uuid4())
    for stages in (["AWSPENDING"], ["AWSCURRENT"]):
        answer = client.put_secret_value(
            SecretId=secret.arn,
            SecretString="second",
            ClientRequestToken=token,
            VersionStages=stages,
        )
        assert (answer["VersionId"], answer["VersionStages"]) == (token, ["AWSPENDING"])

    assert labels() == {secret.version_id: ["AWSCURRENT"], token: ["AWSPENDING"]}


@pytest.mark.parametrize("stage", ["AWSPENDING", "AWSCURRENT"])
def test_another_value_under_the_same_token_is_refused(
    client: SecretsManagerClient, secret: Secret, stage: str
) -> None:
    # "the operation fails because you can't modify an existing version". moto overwrites
    # the value of a version that is AWSPENDING.
    token = str(uuid.uuid4())

    def put(value: str) -> None:
        client.put_secret_value(
            SecretId=secret.arn,
            SecretString=value,
            ClientRequestToken=token,
            VersionStages=[stage],
        )

    put("second")

    with pytest.raises(client.exceptions.ResourceExistsException):
        put("other")

    kept = client.get_secret_value(SecretId=secret.arn, VersionId=token)
    assert kept["SecretString"] == "second"


def test_the_first_value_becomes_awscurrent_whatever_was_asked(
    client: SecretsManagerClient,
) -> None:
    # "If this operation creates the first version for the secret, then Secrets Manager
    # automatically attaches the staging label AWSCURRENT to it."
    client.create_secret(Name="empty")

    answer = client.put_secret_value(SecretId="empty", SecretString="first", VersionStages=["MINE"])

    assert answer["VersionStages"] == ["AWSCURRENT", "MINE"]


@pytest.mark.parametrize("size", [65_536, 65_537])
def test_a_value_has_at_most_64_kib(
    client: SecretsManagerClient, secret: Secret, size: int
) -> None:
    # SecretStringType: at most 65,536. moto has no limit.
    if size == 65_536:
        client.put_secret_value(SecretId=secret.arn, SecretString="x" * size)
        return
    with pytest.raises(ClientError, match="less than or equal to 65536") as error:
        client.put_secret_value(SecretId=secret.arn, SecretString="x" * size)
    assert error.value.response["Error"]["Code"] == "ValidationException"


def test_updating_with_a_value_is_a_put_as_awscurrent(
    client: SecretsManagerClient, secret: Secret, labels: Labels
) -> None:
    # Recorded, test_update_secret_version_stages_current_previous.
    second = client.update_secret(SecretId=secret.arn, SecretString="second")

    assert labels() == {secret.version_id: ["AWSPREVIOUS"], second["VersionId"]: ["AWSCURRENT"]}


def test_updating_the_description_makes_no_version(
    client: SecretsManagerClient, secret: Secret, labels: Labels
) -> None:
    assert "VersionId" not in client.update_secret(SecretId=secret.arn, Description="new")

    assert labels() == {secret.version_id: ["AWSCURRENT"]}
    assert client.describe_secret(SecretId=secret.arn)["Description"] == "new"


def test_a_put_of_awscurrent_ends_a_lingering_awspending(
    client: SecretsManagerClient, secret: Secret, labels: Labels
) -> None:
    # Recorded, test_update_secret_version_stages_current_pending: the version that was
    # [AWSCURRENT, AWSPENDING] is [AWSPREVIOUS] afterwards.
    second = client.put_secret_value(
        SecretId=secret.arn, SecretString="second", VersionStages=["AWSCURRENT", "AWSPENDING"]
    )
    third = client.put_secret_value(SecretId=secret.arn, SecretString="third")

    assert labels() == {second["VersionId"]: ["AWSPREVIOUS"], third["VersionId"]: ["AWSCURRENT"]}
