"""The retirement function: reports how fresh keys are, rolls tasks, retires old keys.

It is called in three ways: by its schedule, for every attached secret; by EventBridge when
AWSCURRENT moved, for one; and by a person, who gets an answer. Reads no secret's value.
"""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from rotation import telemetry
from rotation.aws_api import ecs, rotation_function, secrets_list
from rotation.aws_api.calls import new_client
from rotation.aws_api.ecs import EcsClusters
from rotation.aws_api.rotation_function import RotationFunction
from rotation.aws_api.secrets_list import AwsAttachedSecrets
from rotation.aws_api.task_definitions import KnownDefinitions
from rotation.errors.base import RotationError
from rotation.errors.function import InvalidEvent
from rotation.errors.retirement import RolloutNotStarted
from rotation.ports import Deadline
from rotation.retirement import freshness, freshness_report, report
from rotation.retirement.commands import Commands
from rotation.retirement.lists import ClusterLists
from rotation.retirement.naming import some
from rotation.retirement.reconcile import Reconciled, Retirement
from rotation.rules import hourly
from rotation.rules.events import event_text
from rotation.rules.words import AttachedSecret, Stage
from rotation.settings import HourlySettings
from rotation.telemetry import logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from types_boto3_lambda import LambdaClient

# Of the invocation's time, for log lines and metrics, also of thousands of secrets.
_REPORTING_SECONDS = 10.0
# Of the time that is left after listing: five minutes, so that slow answers to the questions for
# ages leave ten for what is to be retired.
_SHARE_OF_FRESHNESS = 1 / 3
# Kept back of the time that a rotation is waited for, to roll services and to retire keys.
_AFTER_ROTATION_SECONDS = 300
_COMMAND = 'Send {"operation": "end-grace", "secretId": "NAME"}; see docs/runbook.md.'
_SCHEDULED = "Scheduled Event"
_LABEL_UPDATED = "Secret Label Updated"
_secrets_client = new_client("secretsmanager", secrets_list.PACE)
_ecs_client = new_client("ecs", ecs.PACE)
_rolling_client = new_client("ecs", ecs.ROLLING_PACE)
_definitions = KnownDefinitions()
# Of the runs for a promotion's event; any other lists for itself.
_listed_for_events = ClusterLists()


def lambda_handler(event: Any, context: "LambdaContext") -> dict[str, object] | None:  # noqa: ANN401
    """Report on every secret and reconcile it, or roll for one, or do what a person asks for.

    ``event`` is EventBridge's, or ``{"operation": "end-grace" | "replace-leaked-key",
    "secretId": name or ARN}``, for which what was cut off is returned. Raises a RotationError.
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/event-detail-secret-label-updated-secretsmanager.html
    """
    telemetry.begin(context.aws_request_id)
    outcome = telemetry.outcome_of(lambda: _run(event, context))
    if isinstance(outcome, RotationError):
        logger.error("retirement failed", reason=outcome.reason, error=str(outcome))
        raise outcome
    return outcome


def _run(event: object, context: "LambdaContext") -> dict[str, object] | None:
    settings = HourlySettings.from_environment()
    deadline = Deadline(lambda: _seconds_left(context), _REPORTING_SECONDS)
    retirement = _retirement(settings, deadline)
    kind = event.get("detail-type") if isinstance(event, Mapping) else None
    if not isinstance(event, Mapping) or kind is None:
        left = _seconds_left(context) - _AFTER_ROTATION_SECONDS
        return _commanded(event, Commands(retirement, time.sleep, left, datetime.now(UTC)))
    if kind == _SCHEDULED:
        begun = _begun(event)
        listing = freshness.every_secret(retirement.secrets)
        in_time = _secrets(settings, deadline.part(_SHARE_OF_FRESHNESS))
        freshness_report.report(listing, in_time, begun)
        _reconcile_all(retirement, listing.secrets, begun)
    elif (moved := _secret_of(event)) is None:
        logger.info("event ignored: no secret's AWSCURRENT moved")
    else:
        _roll_for(retirement, moved)
    return None


@cache
def _lambda_client() -> "LambdaClient":
    """Return the client for errands: few hours have any."""
    return new_client("lambda", rotation_function.PACE)


def _seconds_left(context: "LambdaContext") -> float:
    return context.get_remaining_time_in_millis() / 1000


def _secrets(settings: HourlySettings, deadline: Deadline) -> AwsAttachedSecrets:
    return AwsAttachedSecrets(_secrets_client, settings.rotation_function_arn, deadline)


def _retirement(settings: HourlySettings, deadline: Deadline) -> Retirement:
    clusters = settings.retention.clusters
    return Retirement(
        secrets=_secrets(settings, deadline),
        errands=RotationFunction(_lambda_client, settings.rotation_function_arn, deadline),
        clusters=EcsClusters(
            _ecs_client, clusters, deadline, known=_definitions, rolling=_rolling_client
        ),
        retention=settings.retention,
    )


def _commanded(event: object, commands: Commands) -> dict[str, object]:
    """Do what a person asks for. Raises InvalidEvent that names both commands."""
    asked = event if isinstance(event, Mapping) else {}
    known = {
        "end-grace": commands.end_grace,
        "replace-leaked-key": commands.replace_leaked_key,
    }
    command = known.get(str(asked.get("operation")))
    if command is None:
        found = f"The event's operation is none of {', '.join(known)}."
        raise InvalidEvent(found, remedy=_COMMAND)
    try:
        secret = event_text(asked, "secretId")
    except InvalidEvent as error:
        raise InvalidEvent(error.found, remedy=_COMMAND) from None
    cut_off = command(secret)
    told = {"operation": asked["operation"], **cut_off.to_line()}
    logger.warning("keys cut off by command", extra=told)
    return cut_off.to_json()


def _secret_of(event: Mapping[str, Any]) -> str | None:
    """Return the ARN of the secret whose AWSCURRENT moved, None for any other event."""
    detail, resources = event.get("detail"), event.get("resources")
    if event.get("detail-type") != _LABEL_UPDATED or not isinstance(detail, Mapping):
        return None
    if detail.get("labelUpdated") != Stage.CURRENT or not isinstance(resources, list):
        return None
    return next((one for one in resources if isinstance(one, str) and one), None)


def _roll_for(retirement: Retirement, arn: str) -> None:
    """Roll the services that read a secret. Raises RolloutNotStarted: Lambda tries again.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
    """
    secret = retirement.secrets.find(arn) if retirement.retention.clusters else None
    if secret is None:
        logger.info("event ignored: the secret names another function, or no clusters are named")
        return
    retirement.lists = _listed_for_events
    retirement.wait_for_completion(secret, time.sleep)
    rolled = retirement.after_promotion(secret, datetime.now(UTC))
    told = {"secret": secret.name, "services": report.services(rolled)}
    logger.info("services rolled", extra=told)
    failed = [f"{one.service.arn}: {one.failure.found}" for one in rolled if one.failure]
    if failed:
        told_apart = "; ".join(some(failed))
        raise RolloutNotStarted(f"Services were not rolled: {told_apart}")


def _begun(event: Mapping[str, Any]) -> datetime:
    """Return EventBridge's time, so that a run that Lambda repeats takes the same turns."""
    try:
        told = datetime.fromisoformat(event["time"])
    except (KeyError, TypeError, ValueError):
        return datetime.now(UTC)
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def _reconcile_all(
    retirement: Retirement, secrets: Sequence[AttachedSecret], begun: datetime
) -> None:
    """Look at those of a complete list whose turn it is.

    Of an incomplete one nothing is looked at: Lambda tries again within minutes, and a look may
    log a user in with a key that is refused.
    """
    due = hourly.due(secrets, retirement.retention, begun)
    arns = {one.arn for one in due}
    findings = [Reconciled(one) for one in secrets if one.arn not in arns]
    for one in findings:
        report.report_secret(one, retirement.retention)
    for secret in due:
        findings.append(retirement.look_at(secret, datetime.now(UTC)))
        report.report_secret(findings[-1], retirement.retention)
    report.report_not_reached(findings)
    report.report_totals(report.totals(findings, retirement.retention))
