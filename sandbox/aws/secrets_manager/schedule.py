"""Rotation rules, and the date they lead to, approximately.

AWS picks a moment within the rotation window and publishes the latest one;
here it is the end of the UTC day the interval leads to, and nothing for
``cron()``, which nobody here needs evaluated.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sandbox.aws.secrets_manager.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["SECONDS_PER_DAY", "Rules", "check_rules", "next_rotation_time", "rules_shown"]

Rules = dict[str, object]

DAYS_KEY = "AutomaticallyAfterDays"
EXPRESSION_KEY = "ScheduleExpression"
MAXIMUM_DAYS = 1000
SECONDS_PER_HOUR = 3_600
SECONDS_PER_DAY = 86_400
RATE = re.compile(r"rate\((\d+) (hour|day)s?\)")


def check_rules(rules: Mapping[str, object]) -> None:
    """Refuse rules that the RotationRulesType reference rules out."""
    days = rules.get(DAYS_KEY)
    if days is not None and EXPRESSION_KEY in rules:
        raise AwsError(
            "InvalidParameterException",
            "You can't specify both AutomaticallyAfterDays and ScheduleExpression.",
        )
    if isinstance(days, int) and not 1 <= days <= MAXIMUM_DAYS:
        raise AwsError(
            "InvalidParameterException",
            "RotationRules.AutomaticallyAfterDays must be within 1-1000.",
        )


def rules_shown(rules: Rules, *, rotated: bool) -> Rules:
    """Return the rules as DescribeSecret and ListSecrets show them.

    "In DescribeSecret and ListSecrets, [AutomaticallyAfterDays] is calculated from the
    rotation schedule after every successful rotation" (RotationRulesType reference). For
    hours and cron() it is left out here: how these are rounded is not documented.
    """
    rate = RATE.fullmatch(str(rules.get(EXPRESSION_KEY, "")))
    if not rotated or rate is None or rate[2] != "day":
        return rules
    return {**rules, DAYS_KEY: int(rate[1])}


def next_rotation_time(rules: Mapping[str, object], last: float, put: float = 0) -> int | None:
    """Return the next rotation's Unix time in seconds, None where it is not computed.

    With AutomaticallyAfterDays, "manually updating the secret value by calling PutSecretValue
    or UpdateSecret is considered a valid rotation" (RotationRulesType reference): ``put`` is
    when AWSCURRENT's version was made, ``last`` the latest rotation by the function.
    """
    days = rules.get(DAYS_KEY)
    if isinstance(days, int):
        return _end_of_day(max(last, put) + days * SECONDS_PER_DAY)
    rate = RATE.fullmatch(str(rules.get(EXPRESSION_KEY, "")))
    if rate is None:
        return None
    number, unit = int(rate[1]), rate[2]
    if unit == "hour":
        return int(last + (number + 1) * SECONDS_PER_HOUR)
    return _end_of_day(last + number * SECONDS_PER_DAY)


def _end_of_day(moment: float) -> int:
    return (int(moment) // SECONDS_PER_DAY + 1) * SECONDS_PER_DAY - 1
