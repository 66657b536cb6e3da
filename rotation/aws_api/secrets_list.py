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
from typing import TYPE_CHECKING, TypeVar

import boto3
from botocore.config import Config

from rotation.aws_api.secrets_manager_errors import translated
from rotation.errors.secret import NoCurrentVersion
from rotation.rules.words import AttachedSecret, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_secretsmanager.type_defs import ListSecretsRequestTypeDef as _ListPage
    from types_boto3_secretsmanager.type_defs import (
        ListSecretsResponseTypeDef,
        SecretListEntryTypeDef,
    )
    from types_boto3_secretsmanager.type_defs import ListSecretVersionIdsRequestTypeDef as _Page

    from rotation.ports import Deadline

Answer = TypeVar("Answer")
_LARGEST_PAGE = 100
# Four tries of 2 s to connect and 5 s to answer, pauses of up to 1, 2 and 4 s between them, and
# up to 2 s before each while adaptive mode holds calls back.
LONGEST_CALL_SECONDS = 43


def new_client() -> SecretsManagerClient:
    """Return a client that slows down when it is throttled; calls end after 43 seconds."""
    config = Config(
        connect_timeout=2,
        read_timeout=5,
        retries={"mode": "adaptive", "total_max_attempts": 4},
    )
    return boto3.client("secretsmanager", config=config)


class SecretsManagerSecrets:
    """Implements ``ports.AttachedSecrets``. ``function_arn`` is the rotation function's."""

    def __init__(self, client: SecretsManagerClient, function_arn: str, deadline: Deadline) -> None:
        self._client = client
        self._function_arn = function_arn
        self._deadline = deadline

    def every_secret(self) -> Iterator[AttachedSecret]:
        """ListSecrets, all pages. A page may be empty and still not be the last.

        Secrets that are scheduled for deletion are not listed, unless one asks for them.
        """
        asked: _ListPage = {"MaxResults": _LARGEST_PAGE}
        return self._every_page(asked)

    def _every_page(self, asked: _ListPage) -> Iterator[AttachedSecret]:
        while True:
            page = self._call("ListSecrets", lambda: self._client.list_secrets(**asked))
            yield from translated("ListSecrets", lambda: self._attached(page))  # noqa: B023
            if not (token := page.get("NextToken")):
                return
            asked["NextToken"] = token

    def key_created(self, arn: str) -> datetime:
        """ListSecretVersionIds: the CreatedDate of the AWSCURRENT version.

        Raises NoCurrentVersion as well: a version without a value is not listed.
        """
        asked: _Page = {"SecretId": arn, "MaxResults": _LARGEST_PAGE}
        while True:
            page = self._call(
                "ListSecretVersionIds", lambda: self._client.list_secret_version_ids(**asked)
            )
            for version in page["Versions"]:
                if Stage.CURRENT in version.get("VersionStages", ()):
                    return version["CreatedDate"].astimezone(UTC)
            if not (token := page.get("NextToken")):
                raise NoCurrentVersion("The secret has no AWSCURRENT version with a value.")
            asked["NextToken"] = token

    def _attached(self, page: ListSecretsResponseTypeDef) -> list[AttachedSecret]:
        return [
            _read(entry)
            for entry in page["SecretList"]
            if entry.get("RotationLambdaARN") == self._function_arn and "DeletedDate" not in entry
        ]

    def _call(self, operation: str, call: Callable[[], Answer]) -> Answer:
        self._deadline.require(LONGEST_CALL_SECONDS)
        return translated(operation, call)


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
    )
