"""UpdateSecretVersionStage, after its API reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_secretsmanager import SecretsManagerClient

    from tests.sandbox.aws.secrets_manager.made import Secret

    Labels = Callable[[], dict[str, list[str]]]


@pytest.fixture
def pending(client: SecretsManagerClient, secret: Secret) -> str:
    """Put a second version as AWSPENDING by hand."""
    return client.put_secret_value(
        SecretId=secret.arn, SecretString="second", VersionStages=["AWSPENDING"]
    )["VersionId"]


def test_awsprevious_follows_awscurrent_and_a_hand_made_awspending_stays(
    client: SecretsManagerClient, secret: Secret, pending: str, labels: Labels
) -> None:
    # Recorded, test_update_secret_version_stages_current_pending.
    client.update_secret_version_stage(
        SecretId=secret.arn,
        VersionStage="AWSCURRENT",
        MoveToVersionId=pending,
        RemoveFromVersionId=secret.version_id,
    )

    assert labels() == {secret.version_id: ["AWSPREVIOUS"], pending: ["AWSCURRENT", "AWSPENDING"]}


def test_moving_awscurrent_back_swaps_it_with_awsprevious(
    client: SecretsManagerClient, secret: Secret, labels: Labels
) -> None:
    second = client.put_secret_value(SecretId=secret.arn, SecretString="second")["VersionId"]

    client.update_secret_version_stage(
        SecretId=secret.arn,
        VersionStage="AWSCURRENT",
        MoveToVersionId=secret.version_id,
        RemoveFromVersionId=second,
    )

    assert labels() == {secret.version_id: ["AWSCURRENT"], second: ["AWSPREVIOUS"]}


@pytest.mark.parametrize("label", ["AWSCURRENT", "MINE"])
def test_an_attached_label_moves_only_from_the_version_named(
    client: SecretsManagerClient, secret: Secret, pending: str, labels: Labels, label: str
) -> None:
    # "If the label is attached and you […] do not specify this parameter […], then the
    # operation fails." moto checks this for AWSCURRENT only.
    if label == "MINE":
        client.update_secret_version_stage(
            SecretId=secret.arn, VersionStage=label, MoveToVersionId=secret.version_id
        )
    before = labels()

    with pytest.raises(client.exceptions.InvalidParameterException) as error:
        client.update_secret_version_stage(
            SecretId=secret.arn, VersionStage=label, MoveToVersionId=pending
        )

    assert error.value.response["Error"]["Message"] == (
        f"The parameter RemoveFromVersionId can't be empty. Staging label {label} is currently "
        f"attached to version {secret.version_id}, so you must explicitly reference that version "
        "in RemoveFromVersionId."
    )
    assert labels() == before


def test_a_wrong_version_to_remove_from_is_refused(
    client: SecretsManagerClient, secret: Secret, pending: str, labels: Labels
) -> None:
    # "… or the version ID does not match, then the operation fails."
    before = labels()

    with pytest.raises(client.exceptions.InvalidParameterException):
        client.update_secret_version_stage(
            SecretId=secret.arn,
            VersionStage="AWSCURRENT",
            MoveToVersionId=pending,
            RemoveFromVersionId=pending,
        )

    assert labels() == before


def test_awscurrent_cannot_be_removed(
    client: SecretsManagerClient, secret: Secret, labels: Labels
) -> None:
    # terraform-provider-aws quotes the error; moto removes the label.
    with pytest.raises(client.exceptions.InvalidParameterException, match="only move staging"):
        client.update_secret_version_stage(
            SecretId=secret.arn, VersionStage="AWSCURRENT", RemoveFromVersionId=secret.version_id
        )

    assert labels() == {secret.version_id: ["AWSCURRENT"]}


def test_another_label_can_be_removed(
    client: SecretsManagerClient, secret: Secret, pending: str, labels: Labels
) -> None:
    # Recorded, test_update_secret_version_stages_current_pending_cycle_custom_stages_3.
    client.update_secret_version_stage(
        SecretId=secret.arn, VersionStage="AWSPENDING", RemoveFromVersionId=pending
    )

    assert labels() == {secret.version_id: ["AWSCURRENT"]}


def test_attaching_a_label_where_it_is_changes_nothing(
    client: SecretsManagerClient, secret: Secret, pending: str, labels: Labels
) -> None:
    before = labels()

    client.update_secret_version_stage(
        SecretId=secret.arn, VersionStage="AWSPENDING", MoveToVersionId=pending
    )

    assert labels() == before
