"""When AWSCURRENT moved to its version: AWS keeps no date of a label, so it is told from others."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from rotation.rules.words import SecretLabels, Stage


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
