"""The secrets that name the rotation function, for the retirement function. Reads no value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rotation.aws_api.secret import SecretsManagerVersions
from rotation.aws_api.secrets_list import LONGEST_CALL_SECONDS, SecretsManagerSecrets
from rotation.aws_api.secrets_manager_errors import RequestInvalid
from rotation.ports import SecretState

if TYPE_CHECKING:
    from rotation.rules.words import AttachedSecret

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
        one = SecretsManagerVersions(self._client, arn, self._deadline, LONGEST_CALL_SECONDS)
        return SecretState(one.labels(), one.version_dates())

    def rotate(self, arn: str) -> bool:
        """RotateSecret. Of an incomplete rotation AWS says that it will be reattempted."""
        try:
            self._call("RotateSecret", lambda: self._client.rotate_secret(SecretId=arn))
        except RequestInvalid:
            return False
        return True
