"""The secrets that name the rotation function, through boto3. No secret value is read.

ListSecrets has no filter for the rotation function, so that every secret of the account and
Region is listed, a hundred at a time. ListSecretVersionIds is asked for attached secrets only.
Each operation has a quota of calls a second, which the account's other callers share: calls are
made one after the other, and adaptive mode slows them down when AWS throttles.
https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html
https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
"""

from __future__ import annotations

from datetime import UTC
from itertools import chain
from typing import TYPE_CHECKING

from rotation.aws_api.calls import Caller, Pace
from rotation.aws_api.secret import AwsSecret
from rotation.aws_api.secrets_manager_errors import MEANINGS
from rotation.errors.aws_answers import RequestInvalid
from rotation.rules.words import AttachedSecret, SecretState, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_secretsmanager.type_defs import FilterTypeDef, SecretListEntryTypeDef
    from types_boto3_secretsmanager.type_defs import ListSecretsRequestTypeDef as _Asked

    from rotation.ports import Deadline

_LARGEST_PAGE = 100
# A call ends after 43 seconds at the worst.
PACE = Pace(read_seconds=5, tries=4, mode="adaptive")


class AwsAttachedSecrets:
    """Implements ``ports.RotatingSecrets``. ``function_arn`` is the rotation function's."""

    def __init__(self, client: SecretsManagerClient, function_arn: str, deadline: Deadline) -> None:
        self._client = client
        self._function_arn = function_arn
        self._deadline = deadline
        self._aws = Caller(MEANINGS, PACE, deadline)

    def every_secret(self) -> Iterator[AttachedSecret]:
        """ListSecrets, all pages. A page may be empty and still not be the last.

        Secrets that are scheduled for deletion are not listed, unless one asks for them.
        """
        return self._listed({"MaxResults": _LARGEST_PAGE})

    def key_created(self, arn: str) -> datetime:
        """ListSecretVersionIds."""
        return self._one(arn).current_created()

    def find(self, name: str) -> AttachedSecret | None:
        """ListSecrets, filtered by name: it tells which function a secret names, ours or not.

        The filter takes the beginning of a name. DescribeSecret would be denied for a secret that
        is not ours, and a policy that is broken looks the same.
        https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_search-secret.html
        """
        plain = name.rpartition(":secret:")[2].rpartition("-")[0] if ":secret:" in name else name
        by_name: FilterTypeDef = {"Key": "name", "Values": [plain]}
        listed = self._listed({"MaxResults": _LARGEST_PAGE, "Filters": [by_name]})
        return next((one for one in listed if name in {one.arn, one.name}), None)

    def state(self, arn: str) -> SecretState:
        """DescribeSecret and ListSecretVersionIds."""
        one = self._one(arn)
        return SecretState(one.labels(), one.version_dates())

    def rotate(self, arn: str) -> bool:
        """RotateSecret. Of an incomplete rotation AWS says that it will be reattempted."""
        try:
            self._aws.call("RotateSecret", lambda: self._client.rotate_secret(SecretId=arn))
        except RequestInvalid:
            return False
        return True

    def _one(self, arn: str) -> AwsSecret:
        return AwsSecret(self._client, PACE, arn, self._deadline)

    def _listed(self, asked: _Asked) -> Iterator[AttachedSecret]:
        def ask(token: str) -> tuple[list[AttachedSecret], str | None]:
            more: _Asked = {**asked, "NextToken": token} if token else asked
            answer = self._client.list_secrets(**more)
            ours = (one for one in answer["SecretList"] if self._is_attached(one))
            return [_read(one) for one in ours], answer.get("NextToken")

        return chain.from_iterable(self._aws.pages("ListSecrets", ask))

    def _is_attached(self, entry: SecretListEntryTypeDef) -> bool:
        named = entry.get("RotationLambdaARN")
        return named == self._function_arn and "DeletedDate" not in entry


def _read(entry: SecretListEntryTypeDef) -> AttachedSecret:
    rules = entry.get("RotationRules", {})
    next_rotation, last_rotated = entry.get("NextRotationDate"), entry.get("LastRotatedDate")
    last_changed = entry.get("LastChangedDate")
    return AttachedSecret(
        arn=entry["ARN"],
        name=entry["Name"],
        rotation_enabled=entry.get("RotationEnabled", False),
        next_rotation=next_rotation and next_rotation.astimezone(UTC),
        last_rotated=last_rotated and last_rotated.astimezone(UTC),
        schedule_expression=rules.get("ScheduleExpression"),
        every_days=rules.get("AutomaticallyAfterDays"),
        last_changed=last_changed and last_changed.astimezone(UTC),
        current_version=_current_version(entry),
    )


def _current_version(entry: SecretListEntryTypeDef) -> str | None:
    labels = entry.get("SecretVersionsToStages", {})
    return next((version for version in labels if Stage.CURRENT in labels[version]), None)
