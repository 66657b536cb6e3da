"""The rotation function: puts the parts together for one step.

One log line a step, written here, with what was observed, decided and done. An error is
logged here once and raised for Secrets Manager, which stops the rotation and reports it.
"""

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rotation import telemetry
from rotation.aws_api import secret
from rotation.aws_api.calls import new_client
from rotation.aws_api.secret import AwsSecret
from rotation.errors.base import RotationError
from rotation.ports import Deadline, RotationAdmin
from rotation.rules.errand import KeyReport, KeyRequest
from rotation.rules.events import RotationRequest
from rotation.settings import RotationIdentity, Settings
from rotation.snowflake_api.admin import AdminByWorkloadIdentity, AdminFromSecret
from rotation.snowflake_api.user import SnowflakeUserKeys
from rotation.steps.errand import Errand
from rotation.steps.report import StepReport
from rotation.steps.rotation import Rotation
from rotation.telemetry import logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_client = new_client("secretsmanager", secret.PACE)


def lambda_handler(event: Any, context: "LambdaContext") -> dict[str, str | None] | None:  # noqa: ANN401
    """Do one step. ``event`` is Secrets Manager's; returns nothing.

    Or look at the keys of a secret, or retire its old one: then ``event`` is the retirement
    function's (rules.errand.KeyRequest), and what was found is returned (rules.errand.KeyReport).
    Raises a RotationError: Lambda answers with its class as ``errorType``.
    """
    telemetry.begin(context.aws_request_id)
    started = time.monotonic()
    request = telemetry.outcome_of(lambda: _request(event))
    if isinstance(request, RotationError):
        raise _reported(request)
    outcome = telemetry.outcome_of(lambda: _answer(request, context, started))
    if isinstance(outcome, RotationError):
        raise _reported(outcome, step=_step(request))
    return outcome


def _request(event: Any) -> RotationRequest | KeyRequest:  # noqa: ANN401
    asked = KeyRequest.is_meant(event)
    return KeyRequest.from_event(event) if asked else RotationRequest.from_event(event)


def _step(request: RotationRequest | KeyRequest) -> str:
    return request.operation if isinstance(request, KeyRequest) else request.step


def _answer(
    request: RotationRequest | KeyRequest, context: "LambdaContext", started: float
) -> dict[str, str | None] | None:
    if isinstance(request, KeyRequest):
        return _report_keys(_run_errand(request, context))
    _report(_run(request, context), request.step, time.monotonic() - started)
    return None


def _run_errand(request: KeyRequest, context: "LambdaContext") -> KeyReport:
    names = {"step": request.operation, "secret": request.secret_name}
    logger.append_keys(**names, version_id=request.version_id)
    settings = Settings.from_environment().for_secret(request.secret_id)
    deadline = _deadline(context)
    errand = Errand(
        request=request,
        versions=AwsSecret(_client, secret.PACE, request.secret_id, deadline),
        users=SnowflakeUserKeys(settings.endpoint, deadline, settings.service_user_role),
        allowed=settings.allowed,
        form=settings.form,
        retention=settings.retention,
        now=datetime.now(UTC),
        admin=_admin(settings, deadline),
    )
    return errand.run()


def _run(request: RotationRequest, context: "LambdaContext") -> StepReport:
    names = {"step": request.step, "secret": request.secret_name, "version_id": request.version_id}
    logger.append_keys(**names)
    settings = Settings.from_environment().for_secret(request.secret_id)
    deadline = _deadline(context)
    rotation = Rotation(
        request=request,
        versions=AwsSecret(_client, secret.PACE, request.secret_id, deadline),
        users=SnowflakeUserKeys(settings.endpoint, deadline, settings.service_user_role),
        admin=_admin(settings, deadline),
        allowed=settings.allowed,
        key_size_bits=settings.key_size_bits,
        form=settings.form,
        retention=settings.retention,
        pause=time.sleep,
        now=datetime.now(UTC),
    )
    return rotation.run()


def _deadline(context: "LambdaContext") -> Deadline:
    return Deadline(lambda: context.get_remaining_time_in_millis() / 1000)


def _admin(settings: Settings, deadline: Deadline) -> RotationAdmin | None:
    match settings.rotation_identity:
        case RotationIdentity.ADMIN_SECRET:
            own = AwsSecret(_client, secret.PACE, settings.admin_secret_arn or "", deadline)
            return AdminFromSecret(
                settings.endpoint, deadline, settings.admin_role, own, settings.form
            )
        case RotationIdentity.WORKLOAD_IDENTITY:
            return AdminByWorkloadIdentity(settings.endpoint, deadline, settings.admin_role)
        case _:
            return None


def _report(report: StepReport, step: str, seconds: float) -> None:
    logger.append_keys(observed=dict(report.observed), decided=report.decided, done=report.done)
    counted = {"StepSucceeded": 1.0, "StepSeconds": seconds}
    if report.lingering is None:
        logger.info("step done")
    else:
        counted["RetirementUnfinished"] = 1.0
        logger.error(
            "step done, but retiring the old key is unfinished",
            reason=report.lingering.reason,
            error=str(report.lingering),
        )
    telemetry.emit(counted, step=step)


def _report_keys(report: KeyReport) -> dict[str, str | None]:
    answer = report.to_json()
    logger.info("old key retired" if report.retired else "keys looked at", extra={"found": answer})
    return answer


def _reported(failure: RotationError, **step: str) -> RotationError:
    """Count and log a failure. Returns it, to be raised outside of any handler."""
    telemetry.emit({"Failure": 1}, reason=failure.reason)
    telemetry.emit({"StepFailed": 1}, **step)
    logger.error("step failed", reason=failure.reason, error=str(failure))
    return failure
