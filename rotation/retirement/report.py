"""What a run of the retirement function says: a line for each secret that needs attention, totals.

A line and metrics name secrets, services, tasks and fingerprints, never a value.
"""

from collections.abc import Iterable
from datetime import timedelta

from rotation import telemetry
from rotation.errors.function import OutOfTime
from rotation.errors.retirement import RotationFunctionFailed
from rotation.retirement.naming import some, some_of
from rotation.retirement.reconcile import Reconciled
from rotation.retirement.rolling import RolledService
from rotation.rules import rollouts
from rotation.rules.errand import Beside
from rotation.rules.retention import Retention, grace_too_long
from rotation.telemetry import logger

_DAY = timedelta(days=1)
_DRIFT = "CurrentKeyNotInstalled"
_NOT_OURS_TO_CHANGE = frozenset({Beside.FOREIGN_KEY, Beside.NAMED_KEY_PAIR})


def report_secret(finding: Reconciled, retention: Retention) -> None:
    """Write one line for a secret that a person should look at, or for what was done."""
    told: dict[str, object] = {"secret": finding.secret.name}
    if finding.keys is not None:
        told |= {"found": finding.keys.to_json()}
    if finding.kept is not None:
        told |= {"kept_because": finding.kept.because, "days_late": days(finding.late)}
        told |= {"tasks": some(f"{one.group} {one.arn}" for one in finding.holders)}
    if finding.services:
        told |= {"services": services(finding.services)}
    if finding.failure is not None:
        told |= {"reason": finding.failure.reason, "error": str(finding.failure)}
    if grace_too_long(finding.secret, retention):
        told |= {"grace_too_long": True}
    if _needs_attention(finding) or "grace_too_long" in told:
        logger.warning("secret needs attention", extra=told)
    elif finding.keys is not None and (finding.keys.retired or finding.services):
        logger.info("secret reconciled", extra=told)


def services(rolled: Iterable[RolledService]) -> dict[str, str]:
    """Return how services' rollouts stand, by the service's ARN; those that are bad come first."""
    in_order = sorted(rolled, key=lambda one: one.rollout not in rollouts.BAD)
    return some_of({one.service.arn: str(one.failure or one.rollout) for one in in_order})


def report_not_reached(findings: Iterable[Reconciled]) -> None:
    """Write one line for all that the time did not suffice for."""
    late = [one.secret.name for one in findings if isinstance(one.failure, OutOfTime)]
    if late:
        told = {"number": len(late), "secrets": some(late)}
        logger.warning("not reached: their keys were not looked at", extra=told)


def totals(findings: Iterable[Reconciled], retention: Retention) -> dict[str, float]:
    """Return the run's metrics."""
    found = list(findings)
    failures = [one.failure for one in found if one.failure is not None]
    beside = [one.keys.beside for one in found if one.keys is not None]
    return {
        "SecretsLookedAt": len(beside),
        "OldKeysRetired": sum(bool(one.keys and one.keys.retired) for one in found),
        "OldKeysKept": sum(one.kept is not None for one in found),
        "OldKeyMostDaysLate": max((days(one.late) for one in found), default=0.0),
        "ForeignKeys": beside.count(Beside.FOREIGN_KEY),
        "CurrentKeysNotInstalled": sum(map(_is_drift, failures)),
        "RolloutsFailed": sum(len(one.bad_rollouts) for one in found),
        "GraceTooLong": sum(grace_too_long(one.secret, retention) for one in found),
        "RetirementFailures": sum(not _is_drift(one) for one in failures),
        "NotReached": sum(isinstance(one, OutOfTime) for one in failures),
    }


def report_totals(counted: dict[str, float]) -> None:
    """Write them as metrics, and in one line."""
    telemetry.emit(counted)
    logger.info("retirement done", extra=dict(counted))


def days(span: timedelta) -> float:
    """Round to a thousandth of a day, a minute and a half."""
    return round(span / _DAY, 3)


def _needs_attention(finding: Reconciled) -> bool:
    foreign = finding.keys is not None and finding.keys.beside in _NOT_OURS_TO_CHANGE
    failed = finding.failure is not None and not isinstance(finding.failure, OutOfTime)
    return foreign or failed or bool(finding.bad_rollouts) or finding.late > _DAY


def _is_drift(failure: object) -> bool:
    return isinstance(failure, RotationFunctionFailed) and failure.code == _DRIFT
