"""One secret in AWS Secrets Manager, through boto3.

https://docs.aws.amazon.com/secretsmanager/latest/apireference/Welcome.html
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any, TypeVar, cast

import boto3
from botocore.config import Config

from rotation.aws_api.secrets_manager_errors import AlreadyFilled, translated
from rotation.errors.aws_answers import SecretNotFound, SecretsManagerUnreachable
from rotation.rules.words import SecretLabels, Sensitive, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_secretsmanager.type_defs import (
        DescribeSecretResponseTypeDef,
        ListSecretVersionIdsResponseTypeDef,
    )
    from types_boto3_secretsmanager.type_defs import ListSecretVersionIdsRequestTypeDef as _Page

    from rotation.ports import Deadline

Answer = TypeVar("Answer")

# Three tries of 2 s to connect and 4 s to answer, with pauses of up to 1 s and 2 s between.
_LONGEST_CALL_SECONDS = 21


def new_client() -> SecretsManagerClient:
    """Return a client whose calls end after 21 seconds at the worst."""
    config = Config(
        connect_timeout=2,
        read_timeout=4,
        retries={"mode": "standard", "total_max_attempts": 3},
    )
    return boto3.client("secretsmanager", config=config)


class SecretsManagerVersions:
    """Implements ``ports.SecretVersions``. A call of ``client`` ends after so many seconds."""

    def __init__(
        self,
        client: SecretsManagerClient,
        secret_id: str,
        deadline: Deadline,
        longest_call_seconds: float = _LONGEST_CALL_SECONDS,
    ) -> None:
        self._client = client
        self._secret_id = secret_id
        self._deadline = deadline
        self._longest_call_seconds = longest_call_seconds

    def labels(self) -> SecretLabels:
        """DescribeSecret."""
        answer = self._call(
            "DescribeSecret", lambda: self._client.describe_secret(SecretId=self._secret_id)
        )
        return translated("DescribeSecret", lambda: _labels_of(answer))

    def read(self, version_id: str) -> Sensitive[str] | None:
        """GetSecretValue of one version. A binary value reads as empty text."""
        try:
            answer = self._call(
                "GetSecretValue",
                lambda: self._client.get_secret_value(
                    SecretId=self._secret_id, VersionId=version_id
                ),
            )
        except SecretNotFound:
            return None
        if answer.get("VersionId") != version_id:
            raise SecretsManagerUnreachable("GetSecretValue got an unusable answer.")
        return Sensitive(answer.get("SecretString", ""))

    def read_current(self) -> Sensitive[str]:
        """GetSecretValue of AWSCURRENT, by its label: the function may read no other version."""
        answer = self._call(
            "GetSecretValue",
            lambda: self._client.get_secret_value(
                SecretId=self._secret_id, VersionStage=Stage.CURRENT
            ),
        )
        return Sensitive(answer.get("SecretString", ""))

    def fill_pending(
        self, version_id: str, value: Sensitive[str], rotation_token: Sensitive[str] | None
    ) -> bool:
        """PutSecretValue under the rotation's token; AWS refuses other data under that token."""
        token = {"RotationToken": rotation_token.reveal()} if rotation_token else {}
        try:
            self._call(
                "PutSecretValue",
                lambda: self._client.put_secret_value(
                    SecretId=self._secret_id,
                    ClientRequestToken=version_id,
                    SecretString=value.reveal(),
                    VersionStages=[Stage.PENDING],
                    **token,
                ),
            )
        except AlreadyFilled:
            return False
        return True

    def promote(self, version_id: str, *, instead_of: str) -> None:
        """UpdateSecretVersionStage; AWSPREVIOUS follows by itself."""
        self._call(
            "UpdateSecretVersionStage",
            lambda: self._client.update_secret_version_stage(
                SecretId=self._secret_id,
                VersionStage=Stage.CURRENT,
                MoveToVersionId=version_id,
                RemoveFromVersionId=instead_of,
            ),
        )

    def version_dates(self) -> dict[str, datetime]:
        """ListSecretVersionIds with the deprecated ones, all pages (boto3 has no paginator)."""
        asked: _Page = {"SecretId": self._secret_id, "IncludeDeprecated": True}
        dates: dict[str, datetime] = {}
        while True:
            page = self._call(
                "ListSecretVersionIds",
                lambda: self._client.list_secret_version_ids(**asked),
            )
            dates |= translated("ListSecretVersionIds", lambda: _created(page))  # noqa: B023
            if not (token := page.get("NextToken")):
                return dates
            asked["NextToken"] = token

    def _call(self, operation: str, call: Callable[[], Answer]) -> Answer:
        self._deadline.require(self._longest_call_seconds)
        return translated(operation, call)


def _labels_of(answer: DescribeSecretResponseTypeDef) -> SecretLabels:
    """Read DescribeSecret's answer; a secret without a value has no labels.

    Raises KeyError when it has not even an ARN: it is none then.
    """
    if "ARN" not in answer:
        raise KeyError("ARN")
    labels = answer.get("VersionIdsToStages", {})
    return SecretLabels(
        rotation_enabled=answer.get("RotationEnabled", False),
        versions={version: frozenset(stages) for version, stages in labels.items()},
        last_rotated=_utc(answer.get("LastRotatedDate")),
        last_changed=_utc(answer.get("LastChangedDate")),
        replicas=_replicas(answer),
    )


def _replicas(answer: DescribeSecretResponseTypeDef) -> dict[str, str]:
    """Read how every replica stands, by its Region, or its ARN where another account has it."""
    told = cast("Mapping[str, Any]", answer)  # boto3's types don't have all of it
    regions = told.get("ReplicationStatus", ())
    accounts = told.get("CrossAccountReplicas", ())
    return {
        **{one["Region"]: one["Status"] for one in regions},
        **{one["ReplicaSecretARN"]: one["ReplicationStatus"] for one in accounts},
    }


def _utc(when: datetime | None) -> datetime | None:
    return None if when is None else when.astimezone(UTC)


def _created(page: ListSecretVersionIdsResponseTypeDef) -> dict[str, datetime]:
    """Read when each version of a page of ListSecretVersionIds was created, in UTC."""
    return {one["VersionId"]: one["CreatedDate"].astimezone(UTC) for one in page["Versions"]}
