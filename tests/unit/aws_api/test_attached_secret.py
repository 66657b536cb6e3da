"""One of the attached secrets on botocore's stub, which checks each call against AWS's model."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from botocore.stub import Stubber

from rotation.aws_api.secrets_list import AwsAttachedSecrets
from rotation.errors.aws_answers import (
    SecretNotFound,
    SecretsManagerDenied,
    SecretsManagerError,
    SecretsManagerUnreachable,
)
from rotation.errors.function import OutOfTime
from rotation.ports import Deadline
from rotation.rules.words import AttachedSecret, SecretLabels, SecretState

if TYPE_CHECKING:
    from types_boto3_secretsmanager import SecretsManagerClient

FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:rotation"
ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:team/app-AbCdEf"
MORNING = datetime(2026, 6, 1, 6, tzinfo=timezone(timedelta(hours=2)))
UTC_MORNING = datetime(2026, 6, 1, 4, tzinfo=UTC)
CURRENT, OLD, LEFT = "c" * 32, "p" * 32, "l" * 32
DATES = {"SecretId": ARN, "IncludeDeprecated": True}


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


def entry(name: str, arn: str = "", **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    plain = ARN.replace("team/app", name)
    return {"ARN": arn or plain, "Name": name, "RotationLambdaARN": FUNCTION, **fields}


def page_of(name: str, token: str | None = None) -> dict[str, Any]:
    filters = [{"Key": "name", "Values": [name]}]
    more = {"NextToken": token} if token else {}
    return {"MaxResults": 100, "Filters": filters} | more


class TestFind:
    @pytest.mark.parametrize("name", ["team/app", ARN])
    def test_takes_a_name_or_an_arn(self, aws: Stubber, name: str) -> None:
        listed = [entry("team/app-2"), entry("team/app", LastChangedDate=MORNING)]
        aws.add_response("list_secrets", {"SecretList": listed}, page_of("team/app"))
        found = secrets(aws).find(name)
        expected = AttachedSecret(ARN, "team/app", False, last_changed=UTC_MORNING)  # noqa: FBT003
        assert found == expected

    def test_looks_at_every_page(self, aws: Stubber) -> None:
        first = {"SecretList": [entry("team/app-2")], "NextToken": "more"}
        aws.add_response("list_secrets", first, page_of("team/app"))
        last = {"SecretList": [entry("team/app")]}
        aws.add_response("list_secrets", last, page_of("team/app", "more"))
        found = secrets(aws).find("team/app")
        assert found is not None
        assert found.arn == ARN

    @pytest.mark.parametrize(
        "listed",
        [
            [],
            [entry("team/app-2")],
            [entry("Team/App")],
            [entry("team/app", RotationLambdaARN=f"{FUNCTION}-2")],
            [entry("team/app", DeletedDate=MORNING)],
        ],
        ids=["nothing", "a longer name", "another case", "another function", "to be deleted"],
    )
    def test_takes_no_other_secret(self, aws: Stubber, listed: list[dict[str, Any]]) -> None:
        aws.add_response("list_secrets", {"SecretList": listed}, page_of("team/app"))
        assert secrets(aws).find("team/app") is None

    def test_takes_no_secret_of_the_same_name_and_another_arn(self, aws: Stubber) -> None:
        again = ARN.replace("AbCdEf", "GhIjKl")
        listed = {"SecretList": [entry("team/app", again)]}
        aws.add_response("list_secrets", listed, page_of("team/app"))
        assert secrets(aws).find(ARN) is None

    def test_raises_what_aws_refuses(self, aws: Stubber) -> None:
        aws.add_client_error("list_secrets", "AccessDeniedException")
        with pytest.raises(SecretsManagerDenied, match="ListSecrets"):
            secrets(aws).find("app")


def describe(aws: Stubber, **fields: object) -> None:
    stages = {CURRENT: ["AWSCURRENT", "mine"], OLD: ["AWSPREVIOUS"]}
    answer = {"ARN": ARN, "VersionIdsToStages": stages, **fields}
    aws.add_response("describe_secret", answer, {"SecretId": ARN})


def versions(*ids: str) -> dict[str, Any]:
    return {"Versions": [{"VersionId": one, "CreatedDate": MORNING} for one in ids]}


LABELS = {CURRENT: frozenset({"AWSCURRENT", "mine"}), OLD: frozenset({"AWSPREVIOUS"})}


class TestState:
    def test_reads_labels_first_and_then_the_dates_of_every_page(self, aws: Stubber) -> None:
        describe(aws, RotationEnabled=True, LastRotatedDate=MORNING, LastChangedDate=MORNING)
        first = versions(CURRENT, OLD) | {"NextToken": "more"}
        aws.add_response("list_secret_version_ids", first, DATES)
        more = DATES | {"NextToken": "more"}
        aws.add_response("list_secret_version_ids", versions(LEFT), more)
        state = secrets(aws).state(ARN)
        labels = SecretLabels(True, LABELS, UTC_MORNING, UTC_MORNING)  # noqa: FBT003
        assert state == SecretState(labels, dict.fromkeys((CURRENT, OLD, LEFT), UTC_MORNING))
        assert {when.tzinfo for when in state.created.values()} == {UTC}

    def test_leaves_out_the_dates_that_aws_leaves_out(self, aws: Stubber) -> None:
        describe(aws)
        aws.add_response("list_secret_version_ids", versions(), DATES)
        labels = SecretLabels(False, LABELS)  # noqa: FBT003
        assert secrets(aws).state(ARN) == SecretState(labels, {})

    def test_has_how_each_replica_stands(self, aws: Stubber) -> None:
        mirror = ARN.replace("123456789012", "210987654321")
        regions = [
            {"Region": "eu-central-1", "Status": "InSync"},
            {"Region": "us-east-1", "Status": "Failed", "StatusMessage": "not to be shown"},
        ]
        accounts = [{"ReplicaSecretARN": mirror, "ReplicationStatus": "Pending"}]
        describe(aws, ReplicationStatus=regions, CrossAccountReplicas=accounts)
        aws.add_response("list_secret_version_ids", versions(), DATES)
        assert secrets(aws).state(ARN).labels.replicas == {
            "eu-central-1": "InSync",
            "us-east-1": "Failed",
            mirror: "Pending",
        }

    def test_with_a_replica_without_a_status_is_no_answer(self, aws: Stubber) -> None:
        describe(aws, ReplicationStatus=[{"Region": "eu-central-1"}])
        with pytest.raises(SecretsManagerUnreachable, match="DescribeSecret got an unusable"):
            secrets(aws).state(ARN)

    def test_of_a_secret_without_a_value_has_no_labels(self, aws: Stubber) -> None:
        aws.add_response("describe_secret", {"ARN": ARN}, {"SecretId": ARN})
        aws.add_response("list_secret_version_ids", versions(), DATES)
        assert secrets(aws).state(ARN).labels.versions == {}

    def test_without_an_arn_is_no_answer(self, aws: Stubber) -> None:
        aws.add_response("describe_secret", {"Name": "app"}, {"SecretId": ARN})
        with pytest.raises(SecretsManagerUnreachable, match="DescribeSecret got an unusable"):
            secrets(aws).state(ARN)

    def test_with_a_version_without_a_date_is_no_answer(self, aws: Stubber) -> None:
        describe(aws)
        answer = {"Versions": [{"VersionId": CURRENT}]}
        aws.add_response("list_secret_version_ids", answer, DATES)
        with pytest.raises(SecretsManagerUnreachable, match="ListSecretVersionIds got an unus"):
            secrets(aws).state(ARN)

    def test_of_a_secret_that_is_gone_is_not_found(self, aws: Stubber) -> None:
        aws.add_client_error("describe_secret", "ResourceNotFoundException")
        with pytest.raises(SecretNotFound):
            secrets(aws).state(ARN)


class TestRotate:
    def test_starts_a_rotation(self, aws: Stubber) -> None:
        answer = {"ARN": ARN, "VersionId": CURRENT}
        aws.add_response("rotate_secret", answer, {"SecretId": ARN})
        assert secrets(aws).rotate(ARN) is True

    def test_tells_that_the_secret_s_state_does_not_allow_it(self, aws: Stubber) -> None:
        aws.add_client_error("rotate_secret", "InvalidRequestException")
        assert secrets(aws).rotate(ARN) is False

    @pytest.mark.parametrize(
        ("code", "error"),
        [
            ("AccessDeniedException", SecretsManagerDenied),
            ("ResourceNotFoundException", SecretNotFound),
            ("InternalServiceError", SecretsManagerError),
        ],
    )
    def test_raises_what_aws_refuses(
        self, aws: Stubber, code: str, error: type[SecretsManagerError]
    ) -> None:
        aws.add_client_error("rotate_secret", code)
        with pytest.raises(error, match="RotateSecret was answered with"):
            secrets(aws).rotate(ARN)


def test_no_call_is_begun_that_might_not_end(aws: Stubber) -> None:
    late = secrets(aws, left=45)
    for call in (late.find, late.state, late.rotate):
        with pytest.raises(OutOfTime):
            call(ARN)
