"""The watch function: runs on a schedule and reports how fresh the keys are. Reads no secret.

One log line for each secret that needs attention and one for the run. An error with one secret
is counted in WatchFailures; the function fails only when the list itself is incomplete.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rotation import telemetry
from rotation.aws_api import secrets_list
from rotation.aws_api.calls import new_client
from rotation.aws_api.secrets_list import AwsAttachedSecrets
from rotation.errors.function import OutOfTime
from rotation.ports import Deadline
from rotation.retirement import freshness
from rotation.retirement.freshness import SecretFreshness, Totals
from rotation.settings import WatchSettings
from rotation.telemetry import logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

# Thousands of secrets have their lines and metrics to be written, too.
_REPORTING_SECONDS = 10.0
_client = new_client("secretsmanager", secrets_list.PACE)


def lambda_handler(event: Any, context: "LambdaContext") -> None:  # noqa: ANN401, ARG001
    """Look at every attached secret. ``event`` is EventBridge's and is not read.

    Raises a RotationError when the secrets could not all be listed.
    """
    telemetry.begin(context.aws_request_id)
    failure = telemetry.failure_of(lambda: _run(context))
    if failure is not None:
        logger.error("watch failed", reason=failure.reason, error=str(failure))
        raise failure


def _run(context: "LambdaContext") -> None:
    settings = WatchSettings.from_environment()
    deadline = Deadline(lambda: context.get_remaining_time_in_millis() / 1000, _REPORTING_SECONDS)
    secrets = AwsAttachedSecrets(_client, settings.rotation_function_arn, deadline)
    listing = freshness.every_secret(secrets)
    findings: list[SecretFreshness] = []
    for secret in listing.secrets:
        findings.append(freshness.look_at(secret, secrets, datetime.now(UTC)))
        _report_secret(findings[-1])
    totals = Totals.of(findings)
    logger.append_keys(**_shown(totals))
    if listing.failure is not None:
        # Totals of a part would pass for totals: only the log line has them.
        raise listing.failure
    _report_totals(totals)


def _report_secret(finding: SecretFreshness) -> None:
    fresh, failure = finding.freshness, finding.failure
    overdue = _rounded(fresh.days_overdue)
    age = None if fresh.key_age_days is None else _rounded(fresh.key_age_days)
    counted = {"DaysOverdue": overdue} | ({} if age is None else {"KeyAgeDays": age})
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
    logger.info("watch done")


def _shown(totals: Totals) -> dict[str, float | None]:
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
