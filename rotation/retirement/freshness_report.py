"""What a run says of the keys' freshness: a line for each secret that needs attention, totals.

A key's age costs a call, and its metric an hour's price: both once a day, each secret in an hour
of its own. What the list alone tells is told every hour. Of a few secrets every age is read.

An error with one secret is counted in WatchFailures.
"""

from datetime import UTC, datetime

from rotation import telemetry
from rotation.errors.function import OutOfTime
from rotation.ports import AttachedSecrets
from rotation.retirement import freshness
from rotation.retirement.freshness import Listing, SecretFreshness, Totals
from rotation.retirement.naming import some
from rotation.rules import hourly
from rotation.rules.freshness import list_tells_overdue
from rotation.telemetry import logger


def report(listing: Listing, secrets: AttachedSecrets, begun: datetime) -> None:
    """Look at every listed secret and report it; then all together.

    ``begun`` is when the run began: whose age's hour it is. Raises the error that kept the list
    from being complete. Totals of a part would pass for totals: only the log line has them then.
    """
    findings: list[SecretFreshness] = []
    few = hourly.are_few(listing.secrets)
    for secret in hourly.in_turn(listing.secrets, begun):
        now = datetime.now(UTC)
        its_hour = hourly.is_hour_of_age(secret, begun)
        if few or its_hour or not list_tells_overdue(secret, now):
            findings.append(freshness.look_at(secret, secrets, now))
        else:
            findings.append(freshness.from_list(secret, now))
        _report_secret(findings[-1], has_age=its_hour)
    _report_not_reached(findings)
    totals = Totals.of(findings)
    if listing.failure is not None:
        logger.error("watch failed", extra=_logged(totals))
        raise listing.failure
    _report_totals(totals)


def _report_not_reached(findings: list[SecretFreshness]) -> None:
    late = [one.secret.name for one in findings if isinstance(one.failure, OutOfTime)]
    if late:
        told = {"number": len(late), "secrets": some(late)}
        logger.warning("not reached: their keys' ages were not read", extra=told)


def _report_secret(finding: SecretFreshness, *, has_age: bool) -> None:
    fresh, failure = finding.freshness, finding.failure
    overdue = _rounded(fresh.days_overdue)
    age = None if fresh.key_age_days is None else _rounded(fresh.key_age_days)
    counted = {"DaysOverdue": overdue} if overdue else {}
    if has_age and age is not None:
        counted["KeyAgeDays"] = age
    if counted:
        telemetry.emit(counted, secret=finding.secret.name)
    unread = failure is not None and not isinstance(failure, OutOfTime)
    if not (unread or fresh.needs_attention):
        return
    told: dict[str, object] = {
        "secret": finding.secret.name,
        "key_age_days": age,
        "days_overdue": overdue,
        "rotation_disabled": fresh.rotation_disabled,
    }
    if failure is not None:
        told |= {"reason": failure.reason, "error": str(failure)}
    logger.warning("secret needs attention", extra=told)


def _report_totals(totals: Totals) -> None:
    counted: dict[str, float] = {
        "SecretsWatched": totals.watched,
        "MostDaysOverdue": _rounded(totals.most_days_overdue),
        "RotationsDisabled": totals.rotations_disabled,
        "WatchFailures": totals.failures,
    }
    if totals.oldest_key_age_days is not None:
        counted["OldestKeyAgeDays"] = _rounded(totals.oldest_key_age_days)
    telemetry.emit(counted)
    logger.info("watch done", extra=_logged(totals))


def _logged(totals: Totals) -> dict[str, float | None]:
    oldest = totals.oldest_key_age_days
    return {
        "watched": totals.watched,
        "oldest_key_age_days": None if oldest is None else _rounded(oldest),
        "most_days_overdue": _rounded(totals.most_days_overdue),
        "rotations_disabled": totals.rotations_disabled,
        "failures": totals.failures,
        "not_reached": totals.not_reached,
    }


def _rounded(days: float) -> float:
    """Round to a thousandth of a day, a minute and a half."""
    return round(days, 3)
