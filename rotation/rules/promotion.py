"""When AWSCURRENT moved, and whether a rotation moved it: pure rules, no I/O, no clock.

AWS keeps no date of a label: everything is told from the dates of the versions and of the secret.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rotation.rules.words import SecretLabels, Stage

# A rotation's four steps take seconds. A pending version that is older waits for a retry.
_UNDER_WAY = timedelta(minutes=10)


@dataclass(frozen=True)
class Promotion:
    """When AWSCURRENT moved to its version: AWS keeps no date of a label.

    ``latest`` is never too early, since a task that was created before it is taken to hold the
    old key; it may be too late. After a rotation it is LastRotatedDate: the rotation made
    the version and completed. Otherwise a person moved the label or put the value, or
    finishSecret died: then any modification may have been it, and the last one counts.
    ``earliest`` is when the later of AWSCURRENT's and AWSPREVIOUS's versions was made.
    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_SecretListEntry.html
    """

    earliest: datetime
    latest: datetime
    by_rotation: bool


def find_promotion(labels: SecretLabels, created: Mapping[str, datetime]) -> Promotion | None:
    """Tell when AWSCURRENT moved, None when the dates do not tell.

    ``created`` has the CreatedDate of each version, also of those without a label. The last
    rotation moved it if its version is the newest that was made before that rotation's end. A
    person who moves the label to an older version leaves a newer one behind.
    """
    current_id, previous_id = (
        labels.version_with(Stage.CURRENT),
        labels.version_with(Stage.PREVIOUS),
    )
    current, rotated, changed = (
        created.get(current_id or ""),
        labels.last_rotated,
        labels.last_changed,
    )
    if current is None or changed is None:
        return None
    others = {version: made for version, made in created.items() if version != current_id}
    known = previous_id is None or previous_id in others
    if known and rotated is not None and _surely_before(current, rotated):
        newest = all(made < current for made in others.values() if made <= rotated)
        if newest:
            return Promotion(current, _rounded_up(rotated), by_rotation=True)
    before = others.get(previous_id or "", current)
    return Promotion(max(current, before), _rounded_up(changed), by_rotation=False)


def _surely_before(made: datetime, ended: datetime) -> bool:
    """Tell whether a version is older than a rotation's end, also if dates are cut to the second.

    The next rotation may make its version in the very second in which the last one ended.
    """
    return made < ended and _rounded_up(made) <= ended


def _rounded_up(when: datetime) -> datetime:
    """Return the end of the second for a date that was cut to it: it must not be too early."""
    return when if when.microsecond else when + timedelta(seconds=1)


def was_ever_current(
    version_id: str, labels: SecretLabels, created: Mapping[str, datetime]
) -> bool:
    """Tell whether consumers may hold this older version's key; True when it can't be told.

    A version without a label that was made after AWSCURRENT's and after the last rotation's end
    is an abandoned rotation's: had a person promoted it and moved the label back, it would be
    AWSPREVIOUS. Without that label nothing tells: a person may have removed it.
    """
    current, made = created.get(labels.version_with(Stage.CURRENT) or ""), created.get(version_id)
    if labels.version_with(Stage.PREVIOUS) is None or labels.versions.get(version_id):
        return True
    if current is None or made is None:
        return True
    return made <= max(current, labels.last_rotated or current)


def under_way(labels: SecretLabels, created: Mapping[str, datetime], now: datetime) -> bool:
    """Tell whether a rotation is probably at work: its version was filled minutes ago."""
    made = created.get(incomplete_version(labels) or "")
    return made is not None and now - made < _UNDER_WAY


def incomplete_version(labels: SecretLabels) -> str | None:
    """Return the version of a rotation that is not completed, None when there is none.

    AWSPENDING may linger on the version that became AWSCURRENT.
    """
    pending = labels.version_with(Stage.PENDING)
    return None if pending == labels.version_with(Stage.CURRENT) else pending


def is_completed(labels: SecretLabels, created: Mapping[str, datetime]) -> bool:
    """Tell whether AWS has noted the end of the rotation that moved AWSCURRENT.

    It does so a moment after the label moved.
    """
    promoted = find_promotion(labels, created)
    return promoted is not None and promoted.by_rotation


def may_be_completed_yet(labels: SecretLabels, created: Mapping[str, datetime]) -> bool:
    """Tell whether it is worth while to wait for the end of a rotation that moved AWSCURRENT.

    Other moves of the label have no end. A secret without AWSPREVIOUS has just been created.
    """
    promoted = find_promotion(labels, created)
    created_just_now = labels.version_with(Stage.PREVIOUS) is None
    return not created_just_now and promoted is not None and not promoted.by_rotation


def find_latest_promotion(
    labels: SecretLabels, created: Mapping[str, datetime]
) -> Promotion | None:
    """Tell when AWSCURRENT moved, if that was a moment ago and an older key is held by anybody.

    Then the last modification is the promotion, whoever moved the label. A secret without
    AWSPREVIOUS has just been created: nobody holds an older key.
    """
    promoted = find_promotion(labels, created)
    if promoted is None or labels.version_with(Stage.PREVIOUS) is None:
        return None
    return replace(promoted, by_rotation=True)
