"""The secrets that name the rotation function, for the retirement function. Reads no value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rotation.attached_secrets import SecretsManagerSecrets
from rotation.ports import SecretState
from rotation.secrets_manager import created, labels_of
from rotation.secrets_manager_errors import RequestInvalid, translated

if TYPE_CHECKING:
    from datetime import datetime

    from types_boto3_secretsmanager.type_defs import ListSecretVersionIdsRequestTypeDef as _Page

    from rotation.model import AttachedSecret

_LARGEST_PAGE = 100


class SecretsManagerRotations(SecretsManagerSecrets):
    """Implements ``ports.RotatingSecrets``."""

    def find(self, name: str) -> AttachedSecret | None:
        """ListSecrets, filtered by name: it tells which function a secret names, ours or not.

        The filter takes the beginning of a name. DescribeSecret would be denied for a secret that
        is not ours, and a policy that is broken looks the same.
        https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_search-secret.html
        """
        plain = name.rpartition(":secret:")[2].rpartition("-")[0] if ":secret:" in name else name
        filters: list[dict[str, object]] = [{"Key": "name", "Values": [plain]}]
        pages = self._every_page({"MaxResults": _LARGEST_PAGE, "Filters": filters})  # type: ignore[typeddict-item]
        return next((one for one in pages if name in {one.arn, one.name}), None)

    def state(self, arn: str) -> SecretState:
        """DescribeSecret and ListSecretVersionIds."""
        answer = self._call("DescribeSecret", lambda: self._client.describe_secret(SecretId=arn))
        labels = translated("DescribeSecret", lambda: labels_of(answer))
        return SecretState(labels, self._version_dates(arn))

    def rotate(self, arn: str) -> bool:
        """RotateSecret. Of an incomplete rotation AWS says that it will be reattempted."""
        try:
            self._call("RotateSecret", lambda: self._client.rotate_secret(SecretId=arn))
        except RequestInvalid:
            return False
        return True

    def _version_dates(self, arn: str) -> dict[str, datetime]:
        asked: _Page = {"SecretId": arn, "MaxResults": _LARGEST_PAGE, "IncludeDeprecated": True}
        dates: dict[str, datetime] = {}
        while True:
            page = self._call(
                "ListSecretVersionIds", lambda: self._client.list_secret_version_ids(**asked)
            )
            dates |= translated("ListSecretVersionIds", lambda: created(page))  # noqa: B023
            if not (token := page.get("NextToken")):
                return dates
            asked["NextToken"] = token
