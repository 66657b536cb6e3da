"""One secret in AWS Secrets Manager, through boto3.

https://docs.aws.amazon.com/secretsmanager/latest/apireference/Welcome.html
"""

from __future__ import annotations

from datetime import UTC
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from rotation.aws_api.calls import Caller, Pace
from rotation.aws_api.secrets_manager_errors import MEANINGS, AlreadyFilled
from rotation.errors.aws_answers import SecretNotFound, SecretsManagerUnreachable
from rotation.errors.secret import NoCurrentVersion, SecretNotJson
from rotation.rules.vouching import is_voucher
from rotation.rules.words import SecretLabels, Sensitive, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_secretsmanager.type_defs import (
        DescribeSecretResponseTypeDef,
        GetSecretValueResponseTypeDef,
        SecretVersionsListEntryTypeDef,
    )
    from types_boto3_secretsmanager.type_defs import GetSecretValueRequestTypeDef as _Value
    from types_boto3_secretsmanager.type_defs import ListSecretVersionIdsRequestTypeDef as _Asked

    from rotation.ports import Deadline

_LARGEST_PAGE = 100
_AS_STRING = (
    "Put the same value in place as a string (`aws secretsmanager put-secret-value "
    "--secret-string file://…`), and have its consumers read SecretString. Then rotate again."
)
# For a step, which has 70 seconds: a call ends after 31 at the worst.
PACE = Pace(read_seconds=4, tries=3, mode="standard")


class _Version(NamedTuple):
    version_id: str
    stages: Sequence[str]
    created: datetime


class AwsSecret:
    """Implements ``ports.SecretVersions``. ``pace`` is the client's."""

    def __init__(
        self, client: SecretsManagerClient, pace: Pace, secret_id: str, deadline: Deadline
    ) -> None:
        self._client = client
        self._secret_id = secret_id
        self._aws = Caller(MEANINGS, pace, deadline)

    def labels(self) -> SecretLabels:
        """DescribeSecret. Raises SecretNotFound also for a secret that is marked for deletion."""
        labels, is_deleted = self._aws.call(
            "DescribeSecret",
            lambda: _described(self._client.describe_secret(SecretId=self._secret_id)),
        )
        if is_deleted:
            raise SecretNotFound("The secret is marked for deletion.")
        return labels

    def read(self, version_id: str) -> Sensitive[str] | None:
        """GetSecretValue of one version. Raises SecretNotJson for a binary value."""
        try:
            answer = self._aws.call(
                "GetSecretValue",
                lambda: self._client.get_secret_value(
                    SecretId=self._secret_id, VersionId=version_id
                ),
            )
        except SecretNotFound:
            return None
        if answer.get("VersionId") != version_id:
            raise SecretsManagerUnreachable("GetSecretValue got an unusable answer.")
        return _string(answer)

    def read_current(self) -> Sensitive[str]:
        """GetSecretValue of AWSCURRENT, by its label: the function may read no other version."""
        one: _Value = {"SecretId": self._secret_id, "VersionStage": Stage.CURRENT}
        answer = self._aws.call("GetSecretValue", lambda: self._client.get_secret_value(**one))
        return _string(answer)

    def fill_pending(
        self,
        version_id: str,
        value: Sensitive[str],
        rotation_token: Sensitive[str] | None,
        voucher: str | None,
    ) -> bool:
        """PutSecretValue under the rotation's token; AWS refuses other data under that token."""
        token = {"RotationToken": rotation_token.reveal()} if rotation_token else {}
        try:
            self._aws.call(
                "PutSecretValue",
                lambda: self._client.put_secret_value(
                    SecretId=self._secret_id,
                    ClientRequestToken=version_id,
                    SecretString=value.reveal(),
                    VersionStages=[Stage.PENDING, *((voucher,) if voucher else ())],
                    **token,
                ),
            )
        except AlreadyFilled:
            return False
        return True

    def remove_label(self, version_id: str, label: str) -> None:
        """UpdateSecretVersionStage, from this version only."""
        self._aws.call(
            "UpdateSecretVersionStage",
            lambda: self._client.update_secret_version_stage(
                SecretId=self._secret_id, VersionStage=label, RemoveFromVersionId=version_id
            ),
        )

    def promote(self, version_id: str, *, instead_of: str) -> None:
        """UpdateSecretVersionStage; AWSPREVIOUS follows by itself."""
        self._aws.call(
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
        every = self._versions({"SecretId": self._secret_id, "IncludeDeprecated": True})
        return {one.version_id: one.created for one in every}

    def current_created(self) -> datetime:
        """ListSecretVersionIds: the CreatedDate of the AWSCURRENT version.

        Raises NoCurrentVersion as well: a version without a value is not listed.
        """
        for one in self._versions({"SecretId": self._secret_id, "MaxResults": _LARGEST_PAGE}):
            if Stage.CURRENT in one.stages:
                return one.created
        raise NoCurrentVersion("The secret has no AWSCURRENT version with a value.")

    def _versions(self, asked: _Asked) -> Iterator[_Version]:
        def ask(token: str) -> tuple[list[_Version], str | None]:
            more: _Asked = {**asked, "NextToken": token} if token else asked
            answer = self._client.list_secret_version_ids(**more)
            return [_version(one) for one in answer["Versions"]], answer.get("NextToken")

        return chain.from_iterable(self._aws.pages("ListSecretVersionIds", ask))


def _string(answer: GetSecretValueResponseTypeDef) -> Sensitive[str]:
    """Return the value. Raises SecretNotJson for a binary one: the next would be a string."""
    if "SecretString" not in answer:
        found = "The secret's value stands in SecretBinary, not in SecretString."
        raise SecretNotJson(found, remedy=_AS_STRING)
    return Sensitive(answer["SecretString"])


def _version(one: SecretVersionsListEntryTypeDef) -> _Version:
    created = one["CreatedDate"].astimezone(UTC)
    return _Version(one["VersionId"], one.get("VersionStages", ()), created)


def _described(answer: DescribeSecretResponseTypeDef) -> tuple[SecretLabels, bool]:
    return _labels_of(answer), "DeletedDate" in answer


def _labels_of(answer: DescribeSecretResponseTypeDef) -> SecretLabels:
    """Read DescribeSecret's answer; a secret without a value has no labels.

    Raises KeyError when it has not even an ARN: it is none then.
    """
    if "ARN" not in answer:
        raise KeyError("ARN")
    labels = answer.get("VersionIdsToStages", {})
    return SecretLabels(
        rotation_enabled=answer.get("RotationEnabled", False),
        versions=_kept(labels, lambda label: not is_voucher(label)),
        vouchers=_kept(labels, is_voucher),
        last_rotated=_utc(answer.get("LastRotatedDate")),
        last_changed=_utc(answer.get("LastChangedDate")),
        replicas=_replicas(answer),
    )


def _kept(
    labels: Mapping[str, Sequence[str]], wanted: Callable[[str], bool]
) -> dict[str, frozenset[str]]:
    """Return the versions that have one of the wanted labels, with those labels."""
    kept = {version: frozenset(filter(wanted, stages)) for version, stages in labels.items()}
    return {version: stages for version, stages in kept.items() if stages}


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
