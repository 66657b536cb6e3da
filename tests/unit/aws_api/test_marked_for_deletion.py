"""A secret that was marked for deletion, at the beginning of a step and in its middle."""

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from rotation.aws_api import secret
from rotation.aws_api.secret import AwsSecret
from rotation.errors.aws_answers import RequestInvalid, SecretNotFound
from rotation.ports import Deadline

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:team/app-AbCdEf"
MARKED = "You can't perform this operation on the secret because it was marked for deletion."


@pytest.fixture
def client() -> Any:  # noqa: ANN401 (boto3's own)
    return boto3.client("secretsmanager", region_name="eu-west-1")


def test_is_told_of_by_describe_secret(client: Any) -> None:  # noqa: ANN401
    with Stubber(client) as aws:
        answer = {"ARN": ARN, "RotationEnabled": True, "DeletedDate": datetime.now(UTC)}
        aws.add_response("describe_secret", answer)
        with pytest.raises(SecretNotFound, match=r"marked for deletion\. .*restore-secret"):
            AwsSecret(client, secret.PACE, ARN, Deadline(lambda: 60)).labels()


def test_has_a_reason_of_its_own_later(client: Any) -> None:  # noqa: ANN401
    with Stubber(client) as aws:
        aws.add_client_error("get_secret_value", "InvalidRequestException", MARKED, 400)
        with pytest.raises(RequestInvalid, match=r"InvalidRequestException\. .*restore-secret"):
            AwsSecret(client, secret.PACE, ARN, Deadline(lambda: 60)).read("0" * 32)
