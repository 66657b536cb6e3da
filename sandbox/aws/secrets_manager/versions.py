"""Which version of a secret holds which staging label.

The shape is moto's: version id to a dict with ``version_stages``, a list, and
``secret_string`` or ``secret_binary`` once the version has a value. A label is
on one version at most (UpdateSecretVersionStage API reference).
"""

from __future__ import annotations

import time
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from moto.secretsmanager.models import FakeSecret

__all__ = [
    "CURRENT",
    "PENDING",
    "PREVIOUS",
    "AfterPromotion",
    "Versions",
    "attach",
    "current_since",
    "detach",
    "detach_from",
    "has_value",
    "holder",
    "labels",
    "new_value",
    "new_version",
    "now",
    "touch",
    "value_of",
]

CURRENT = "AWSCURRENT"
PENDING = "AWSPENDING"
PREVIOUS = "AWSPREVIOUS"


class AfterPromotion(StrEnum):
    """Where AWSPENDING is after a rotation's version became AWSCURRENT: AWS was seen to do each.

    It usually stays (aws-secrets-manager-rotation-lambdas #168 and #145, and the list example of
    AWS's RDS guide). In #145 a maintainer says that it goes when the rotation completes, outside
    of the function. It was also seen gone at once, as "Lambda rotation functions" has it; moto's
    test against AWS calls it non-deterministic.
    https://github.com/aws-samples/aws-secrets-manager-rotation-lambdas/issues/168
    """

    STAYS = "stays"
    GONE_WHEN_COMPLETE = "gone when the rotation completes"
    GONE_IN_THE_CALL = "gone in the call"


VALUE_KEYS = ("secret_string", "secret_binary")

Version = dict[str, Any]
Versions = dict[str, Version]


def now() -> float:
    """Return Unix seconds, cut to the millisecond as AWS's dates are.

    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html
    """
    return int(time.time() * 1000) / 1000


def touch(secret: FakeSecret) -> None:
    """Set LastChangedDate: "this secret was modified in any way" (DescribeSecret reference)."""
    secret.last_changed_date = now()  # type: ignore[assignment] # moto's dates are whole seconds


def labels(version: Version) -> list[str]:
    """Return the version's labels in alphabetical order."""
    return sorted(version["version_stages"])


def has_value(version: Version) -> bool:
    """Tell whether a value was ever put: a rotation's new version starts without."""
    return any(key in version for key in VALUE_KEYS)


def holder(versions: Versions, label: str) -> str | None:
    """Return the id of the version that holds the label."""
    return next((key for key, one in versions.items() if label in one["version_stages"]), None)


def current_since(versions: Versions) -> float:
    """Return when AWSCURRENT's version was made, in Unix seconds; 0 when there is none."""
    current = holder(versions, CURRENT)
    return float(versions[current]["createdate"]) if current else 0.0


def detach(versions: Versions, label: str) -> None:
    """Take the label off whichever version holds it."""
    version_id = holder(versions, label)
    if version_id is not None:
        versions[version_id]["version_stages"].remove(label)


def attach(versions: Versions, label: str, version_id: str) -> None:
    """Put the label on a version, off any other; AWSPREVIOUS follows AWSCURRENT.

    "Whenever you move AWSCURRENT, Secrets Manager automatically moves the label
    AWSPREVIOUS to the version that AWSCURRENT was removed from." Labels of
    one's own stay where they are (recorded against AWS by LocalStack,
    test_update_secret_version_stages_current_pending_cycle_custom_stages_2).
    """
    before = holder(versions, label)
    if before == version_id:
        return
    detach(versions, label)
    versions[version_id]["version_stages"].append(label)
    if label == CURRENT and before is not None:
        attach(versions, PREVIOUS, before)


def detach_from(version: Version, label: str) -> None:
    """Take the label off this version, if it is there."""
    version["version_stages"] = [one for one in version["version_stages"] if one != label]


def new_version(version_id: str) -> Version:
    """Return a version without labels and without a value."""
    return {"createdate": now(), "version_id": version_id, "version_stages": []}


def new_value(secret_string: str | None, secret_binary: str | None) -> Version:
    """Return the part of a version that holds its value; empty when there is none."""
    given = {"secret_string": secret_string, "secret_binary": secret_binary}
    return {name: value for name, value in given.items() if value is not None}


def value_of(version: Version) -> Version:
    """Return the part of a version that holds its value."""
    return {name: version[name] for name in VALUE_KEYS if name in version}
