"""The adapter on botocore's own stub, which checks requests and answers against AWS's model."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from botocore.stub import Stubber

from rotation.aws_api import secrets_list
from rotation.aws_api.calls import new_client
from rotation.aws_api.secrets_list import AwsAttachedSecrets
from rotation.errors.aws_answers import SecretsManagerDenied, SecretsManagerUnreachable
from rotation.errors.function import OutOfTime
from rotation.errors.secret import NoCurrentVersion
from rotation.ports import Deadline
from rotation.rules.words import AttachedSecret

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:rotation"
ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app-AbCdEf"
MORNING = datetime(2026, 6, 1, 6, tzinfo=timezone(timedelta(hours=2)))
FIRST, NEXT = {"MaxResults": 100}, {"MaxResults": 100, "NextToken": "more"}
CURRENT, OLD = "c" * 32, "p" * 32


@pytest.fixture
def aws() -> Iterator[Stubber]:
    client = boto3.client(
        "secretsmanager", "eu-west-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def secrets(aws: Stubber, left: float = 300) -> AwsAttachedSecrets:
    client = cast("SecretsManagerClient", aws.client)
    return AwsAttachedSecrets(client, FUNCTION, Deadline(lambda: left))


def entry(name: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 (what AWS may answer)
    found = {"ARN": f"{ARN}-{name}", "Name": name, "RotationLambdaARN": FUNCTION, **fields}
    return {key: value for key, value in found.items() if value is not None}


def version(version_id: str, *stages: str) -> dict[str, Any]:
    return {"VersionId": version_id, "VersionStages": [*stages], "CreatedDate": MORNING}


def test_what_the_list_tells_is_read_and_dates_are_utc(aws: Stubber) -> None:
    listed = entry(
        "app",
        RotationEnabled=True,
        RotationRules={"ScheduleExpression": "rate(30 days)", "AutomaticallyAfterDays": 30},
        NextRotationDate=MORNING,
        LastRotatedDate=MORNING,
    )
    aws.add_response("list_secrets", {"SecretList": [listed]}, FIRST)
    (found,) = secrets(aws).every_secret()
    utc = datetime(2026, 6, 1, 4, tzinfo=UTC)
    assert found == AttachedSecret(f"{ARN}-app", "app", True, utc, utc, "rate(30 days)", 30)  # noqa: FBT003
    assert found.next_rotation is not None
    assert found.next_rotation.tzinfo is UTC, "the end of a day is UTC's"


def test_what_the_list_leaves_out_is_none(aws: Stubber) -> None:
    aws.add_response("list_secrets", {"SecretList": [entry("app")]}, FIRST)
    assert list(secrets(aws).every_secret()) == [AttachedSecret(f"{ARN}-app", "app", False)]  # noqa: FBT003


def test_an_empty_page_is_not_the_end(aws: Stubber) -> None:
    # ListSecrets reference, NextToken: also "when the response includes no values at all".
    aws.add_response("list_secrets", {"SecretList": [], "NextToken": "more"}, FIRST)
    aws.add_response("list_secrets", {"SecretList": [entry("app")]}, NEXT)
    assert [found.name for found in secrets(aws).every_secret()] == ["app"]


@pytest.mark.parametrize(
    "other",
    [
        entry("a", RotationLambdaARN=None),
        entry("a", RotationLambdaARN=f"{FUNCTION}-2"),
        entry("a", RotationLambdaARN=f"{FUNCTION}:alias"),
        entry("a", DeletedDate=MORNING),
    ],
    ids=["none", "another function", "an alias", "to be deleted"],
)
def test_other_secrets_are_left_out(aws: Stubber, other: dict[str, Any]) -> None:
    aws.add_response("list_secrets", {"SecretList": [other, entry("app")]}, FIRST)
    assert [found.name for found in secrets(aws).every_secret()] == ["app"]


def test_an_error_comes_after_what_was_listed_before_it(aws: Stubber) -> None:
    aws.add_response("list_secrets", {"SecretList": [entry("app")], "NextToken": "more"}, FIRST)
    aws.add_client_error("list_secrets", "AccessDeniedException", expected_params=NEXT)
    listed = iter(secrets(aws).every_secret())
    assert next(listed).name == "app"
    with pytest.raises(SecretsManagerDenied, match="ListSecrets"):
        next(listed)


def test_an_unusable_entry_is_an_error_of_ours(aws: Stubber) -> None:
    nameless = entry("app", Name=None)
    aws.add_response("list_secrets", {"SecretList": [nameless]}, FIRST)
    with pytest.raises(SecretsManagerUnreachable, match="unusable answer: KeyError"):
        list(secrets(aws).every_secret())


def test_the_age_is_that_of_the_current_version_on_whichever_page(aws: Stubber) -> None:
    asked = {"SecretId": ARN, "MaxResults": 100}
    first = {"Versions": [version(OLD, "AWSPREVIOUS")], "NextToken": "more"}
    second = {"Versions": [version(CURRENT, "AWSCURRENT", "AWSPENDING")]}
    aws.add_response("list_secret_version_ids", first, asked)
    aws.add_response("list_secret_version_ids", second, asked | {"NextToken": "more"})
    assert secrets(aws).key_created(ARN) == MORNING


def test_a_secret_without_a_current_value_has_no_age(aws: Stubber) -> None:
    unlabelled = {"VersionId": OLD, "CreatedDate": MORNING}
    aws.add_response("list_secret_version_ids", {"Versions": [unlabelled]})
    with pytest.raises(NoCurrentVersion):
        secrets(aws).key_created(ARN)


def test_no_call_is_begun_that_might_not_end(aws: Stubber) -> None:
    with pytest.raises(OutOfTime):
        list(secrets(aws, left=45).every_secret())
    with pytest.raises(OutOfTime):
        secrets(aws, left=45).key_created(ARN)


def test_the_client_slows_down_when_it_is_throttled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    config: Any = new_client("secretsmanager", secrets_list.PACE).meta.config
    assert config.retries == {"mode": "adaptive", "total_max_attempts": 4}
    assert (config.connect_timeout, config.read_timeout) == (2, 5)
