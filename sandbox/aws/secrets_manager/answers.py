"""What the reading operations answer.

"Secrets Manager only returns fields that have a value in the response"
(DescribeSecret API reference).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.aws.secrets_manager import errors, versions
from sandbox.aws.secrets_manager.schedule import rules_shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from moto.secretsmanager.models import FakeSecret

    from sandbox.aws.secrets_manager.rotation import Rotation
    from sandbox.aws.secrets_manager.versions import Version

__all__ = ["description", "list_entry", "names", "read_version", "version_page"]


def names(secret: FakeSecret, version_id: str | None = None) -> dict[str, str]:
    """Return what every answer about one secret starts with."""
    answer = {"ARN": secret.arn, "Name": secret.name}
    return answer if version_id is None else {**answer, "VersionId": version_id}


def read_version(secret: FakeSecret, version: Version) -> dict[str, Any]:
    """Return GetSecretValue's answer."""
    return _without_empty(
        {
            **names(secret, version["version_id"]),
            "SecretString": version.get("secret_string"),
            "SecretBinary": version.get("secret_binary"),
            "VersionStages": versions.labels(version),
            "CreatedDate": version["createdate"],
        }
    )


def description(
    secret: FakeSecret, rotation: Rotation, replicas: Mapping[str, str]
) -> dict[str, Any]:
    """Return DescribeSecret's answer. ``replicas`` maps Regions to how each replica stands.

    VersionIdsToStages has every version with a label, also one without a
    value, and no other. Dates of a rotation that was turned off are left out.
    """
    kept = ("ARN", "Name", "Description", "KmsKeyId", "OwningService", "Tags", "DeletedDate")
    moto = secret.to_dict()
    is_on = bool(rotation.enabled)
    answer = {
        **{name: moto.get(name) for name in kept},
        "CreatedDate": secret.created_date,
        "LastChangedDate": secret.last_changed_date,
        "LastAccessedDate": max((_accessed(v) for v in secret.versions.values()), default=0),
        "RotationLambdaARN": rotation.function_arn,
        "RotationRules": rules_shown(rotation.rules, rotated=bool(rotation.last_rotated)),
        "LastRotatedDate": rotation.last_rotated if is_on else None,
        "NextRotationDate": rotation.next_rotation,
        "VersionIdsToStages": {
            version_id: versions.labels(version)
            for version_id, version in secret.versions.items()
            if version["version_stages"]
        },
        "ReplicationStatus": [
            {"Region": region, "Status": status} for region, status in replicas.items()
        ],
    }
    configured = {} if rotation.enabled is None else {"RotationEnabled": rotation.enabled}
    return {**_without_empty(answer), **configured}


def list_entry(described: dict[str, Any]) -> dict[str, Any]:
    """Return the same secret as ListSecrets shows it, without its replicas."""
    stages = described.pop("VersionIdsToStages", {})
    described.pop("ReplicationStatus", None)
    return {**described, "SecretVersionsToStages": stages}


def version_page(listed: list[Version], size: int, next_token: str | None) -> dict[str, Any]:
    """Return one page of ListSecretVersionIds; raises InvalidNextTokenException."""
    if next_token is not None and not next_token.isdecimal():
        raise errors.invalid_next_token()
    start = int(next_token or 0)
    page = {"Versions": [_version_entry(version) for version in listed[start : start + size]]}
    more = start + size < len(listed)
    return {**page, "NextToken": str(start + size)} if more else page


def _version_entry(version: Version) -> dict[str, Any]:
    # Recorded against AWS by LocalStack, test_deprecated_secret_version_stage.
    return _without_empty(
        {
            "VersionId": version["version_id"],
            "VersionStages": versions.labels(version),
            "CreatedDate": version["createdate"],
            "LastAccessedDate": _accessed(version),
            "KmsKeyIds": ["DefaultEncryptionKey"],
        }
    )


def _accessed(version: Version) -> int:
    """Return the day of the last read in Unix seconds, 0 if there was none."""
    return int(version.get("last_accessed", 0))


def _without_empty(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if value}
