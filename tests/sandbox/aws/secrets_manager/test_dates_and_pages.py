"""ListSecrets' pages, and the dates of versions and rotations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from sandbox.aws.secrets_manager import SecretsManagerServer
from tests.sandbox.aws.secrets_manager.scripted import FUNCTION_ARN, ScriptedFunction, fail

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_secretsmanager.type_defs import RotationRulesTypeTypeDef as Rules

    from tests.sandbox.aws.secrets_manager.made import Secret


@pytest.fixture
def attach(
    aws: SecretsManagerServer,
    client: SecretsManagerClient,
    secret: Secret,
    function: ScriptedFunction,
) -> Callable[[Rules], None]:
    """Switch rotation on without rotating."""

    def attached(rules: Rules) -> None:
        client.rotate_secret(
            SecretId=secret.arn,
            RotationLambdaARN=FUNCTION_ARN,
            RotationRules=rules,
            RotateImmediately=False,
        )
        aws.wait_for_rotation(secret.arn)
        assert function.steps == ["testSecret"]

    return attached


def test_a_page_may_be_smaller_than_asked_for_and_the_last_has_no_token() -> None:
    # "The number of results to include in the response. If there are more results available …
    # includes NextToken" (ListSecrets reference).
    with SecretsManagerServer(list_page_size=2) as aws:
        client = aws.client()
        for name in "abcde":
            client.create_secret(Name=name, SecretString="x")
        pages = list(
            client.get_paginator("list_secrets").paginate(PaginationConfig={"PageSize": 100})
        )

        assert [[s["Name"] for s in page["SecretList"]] for page in pages] == [
            ["a", "b"],
            ["c", "d"],
            ["e"],
        ]
        assert "NextToken" not in pages[-1]
        assert [s["Name"] for s in client.list_secrets(MaxResults=1)["SecretList"]] == ["a"]


def test_a_secret_scheduled_for_deletion_is_listed_when_asked_for_only(
    client: SecretsManagerClient, secret: Secret
) -> None:
    # "By default, secrets scheduled for deletion aren't included" (ListSecrets reference).
    client.delete_secret(SecretId=secret.arn)

    assert client.list_secrets()["SecretList"] == []
    (listed,) = client.list_secrets(IncludePlannedDeletion=True)["SecretList"]
    assert "DeletedDate" in listed


def test_a_list_has_what_tells_of_rotation(
    client: SecretsManagerClient, attach: Callable[[Rules], None]
) -> None:
    # SecretListEntry reference: LastRotatedDate "is null if the secret hasn't ever rotated".
    attach({"ScheduleExpression": "rate(30 days)"})
    (listed,) = client.list_secrets()["SecretList"]

    assert listed["RotationEnabled"] is True
    assert listed["RotationLambdaARN"] == FUNCTION_ARN
    assert listed["RotationRules"] == {"ScheduleExpression": "rate(30 days)"}
    assert "LastRotatedDate" not in listed
    assert listed["NextRotationDate"] > datetime.now(UTC) + timedelta(days=29)


def test_a_rotation_that_is_switched_off_keeps_the_function_and_has_no_next_date(
    client: SecretsManagerClient, secret: Secret, attach: Callable[[Rules], None]
) -> None:
    # NextRotationDate: "if … rotation has been disabled, Secrets Manager returns null".
    attach({"ScheduleExpression": "rate(30 days)"})
    client.cancel_rotate_secret(SecretId=secret.arn)
    (listed,) = client.list_secrets()["SecretList"]

    assert listed["RotationEnabled"] is False
    assert listed["RotationLambdaARN"] == FUNCTION_ARN
    assert "NextRotationDate" not in listed


@pytest.mark.parametrize(
    ("expression", "days"),
    [("rate(30 days)", 30), ("rate(12 hours)", None), ("cron(0 4 1 * ? *)", None)],
)
def test_the_days_between_rotations_are_reckoned_after_a_success(
    aws: SecretsManagerServer,
    client: SecretsManagerClient,
    secret: Secret,
    attach: Callable[[Rules], None],
    expression: str,
    days: int | None,
) -> None:
    # "In DescribeSecret and ListSecrets, this value is calculated from the rotation schedule
    # after every successful rotation" (RotationRulesType reference).
    attach({"ScheduleExpression": expression})
    client.rotate_secret(SecretId=secret.arn)
    assert aws.wait_for_rotation(secret.arn).succeeded
    (listed,) = client.list_secrets()["SecretList"]

    assert listed["RotationRules"]["ScheduleExpression"] == expression
    assert listed["RotationRules"].get("AutomaticallyAfterDays") == days
    assert "LastRotatedDate" in listed


def test_a_date_that_was_set_does_not_move_on_by_itself(
    aws: SecretsManagerServer,
    client: SecretsManagerClient,
    secret: Secret,
    attach: Callable[[Rules], None],
) -> None:
    attach({"ScheduleExpression": "rate(30 days)"})
    aws.grow_older(secret.arn, 40)
    (listed,) = client.list_secrets()["SecretList"]

    assert listed["NextRotationDate"] < datetime.now(UTC) - timedelta(days=9)


def test_a_failed_rotation_counts_for_no_date(
    aws: SecretsManagerServer,
    client: SecretsManagerClient,
    secret: Secret,
    function: ScriptedFunction,
    attach: Callable[[Rules], None],
) -> None:
    # LastRotatedDate: "the most recent date and time that the Secrets Manager rotation process
    # was successfully completed". What happens to NextRotationDate is not documented.
    attach({"ScheduleExpression": "rate(30 days)"})
    before = client.describe_secret(SecretId=secret.arn)
    function.instead["setSecret"] = fail
    client.rotate_secret(SecretId=secret.arn)
    assert not aws.wait_for_rotation(secret.arn).succeeded
    after = client.describe_secret(SecretId=secret.arn)

    assert "LastRotatedDate" not in after
    assert after["NextRotationDate"] == before["NextRotationDate"]


@pytest.mark.parametrize(
    ("rules", "moved"),
    [({"AutomaticallyAfterDays": 30}, True), ({"ScheduleExpression": "rate(30 days)"}, False)],
)
def test_a_value_put_by_hand_counts_as_a_rotation_for_automatically_after_days(
    aws: SecretsManagerServer,
    client: SecretsManagerClient,
    secret: Secret,
    attach: Callable[[Rules], None],
    rules: Rules,
    moved: bool,  # noqa: FBT001
) -> None:
    # "Manually updating the secret value by calling PutSecretValue or UpdateSecret is
    # considered a valid rotation" (RotationRulesType reference).
    attach(rules)
    aws.grow_older(secret.arn, 20)
    before = client.describe_secret(SecretId=secret.arn)["NextRotationDate"]
    client.put_secret_value(SecretId=secret.arn, SecretString="by hand")
    after = client.describe_secret(SecretId=secret.arn)["NextRotationDate"]

    assert after - before == timedelta(days=20 if moved else 0)


def test_each_version_has_the_date_on_which_it_was_made(
    aws: SecretsManagerServer, client: SecretsManagerClient, secret: Secret
) -> None:
    # "The date and time this version of the secret was created" (SecretVersionsListEntry).
    aws.grow_older(secret.arn, 40)
    second = client.put_secret_value(SecretId=secret.arn, SecretString="second")["VersionId"]
    listed = client.list_secret_version_ids(SecretId=secret.arn)["Versions"]

    dates = {version["VersionId"]: version["CreatedDate"] for version in listed}
    assert timedelta(days=39.9) < dates[second] - dates[secret.version_id] < timedelta(days=40.1)
