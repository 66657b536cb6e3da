"""The Lambda function: puts the parts together; alone knows Lambda and Powertools.

One log line a step, written here, with what was observed, decided and done. An error is
logged here once and raised for Secrets Manager, which stops the rotation and reports it.
"""

import logging
import time
import traceback
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger, Metrics, single_metric
from aws_lambda_powertools.metrics import MetricUnit

from rotation.errors import RotationError, UnexpectedError
from rotation.model import RotationRequest
from rotation.ports import Deadline
from rotation.secrets_manager import SecretsManagerVersions, new_client
from rotation.settings import Settings
from rotation.snowflake_user import SnowflakeUserKeys
from rotation.steps import Rotation, StepReport

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_NAMESPACE = "SnowflakeKeyRotation"

# Powertools takes the service's name and the log level from POWERTOOLS_… (see template.yaml).
logger = Logger()
metrics = Metrics(namespace=_NAMESPACE)
# These log requests, and with them tokens and secret values. What fails is in the step's line.
for _library in ("snowflake", "boto3", "botocore", "urllib3"):
    logging.getLogger(_library).setLevel(logging.CRITICAL)
_client = new_client()


@metrics.log_metrics
def lambda_handler(event: Any, context: "LambdaContext") -> None:  # noqa: ANN401
    """Do one step. ``event`` is Secrets Manager's; returns nothing.

    Raises a RotationError: Lambda answers with its class as ``errorType``.
    """
    logger.clear_state()
    logger.append_keys(aws_request_id=context.aws_request_id)
    started = time.monotonic()
    failure: RotationError
    try:
        _report(_run(event, context), time.monotonic() - started)
    except RotationError as error:
        failure = error
    except BaseException as error:  # noqa: BLE001 (the last line of defence against a leak)
        failure = _unexpected(error)
    else:
        return
    _report_failure(failure)
    # Raised here, outside the handlers, so that no other error is in its chain.
    raise failure


def _run(event: object, context: "LambdaContext") -> StepReport:
    request = RotationRequest.from_event(event)
    names = {"step": request.step, "secret": request.secret_name, "version_id": request.version_id}
    logger.append_keys(**names)
    metrics.add_dimension(name="step", value=request.step)
    settings = Settings.from_environment()
    deadline = Deadline(lambda: context.get_remaining_time_in_millis() / 1000)
    rotation = Rotation(
        request=request,
        versions=SecretsManagerVersions(_client, request.secret_id, deadline),
        users=SnowflakeUserKeys(settings, deadline),
        key_size_bits=settings.key_size_bits,
        pause=time.sleep,
    )
    return rotation.run()


def _report(report: StepReport, seconds: float) -> None:
    logger.append_keys(observed=dict(report.observed), decided=report.decided, done=report.done)
    metrics.add_metric(name="StepSucceeded", unit=MetricUnit.Count, value=1)
    metrics.add_metric(name="StepSeconds", unit=MetricUnit.Seconds, value=seconds)
    if report.lingering is None:
        logger.info("step done")
        return
    metrics.add_metric(name="RetirementUnfinished", unit=MetricUnit.Count, value=1)
    logger.error(
        "step done, but retiring the old key is unfinished",
        reason=report.lingering.reason,
        error=str(report.lingering),
    )


def _report_failure(failure: RotationError) -> None:
    metrics.add_metric(name="StepFailed", unit=MetricUnit.Count, value=1)
    with single_metric(
        name="Failure", unit=MetricUnit.Count, value=1, namespace=_NAMESPACE
    ) as metric:
        metric.add_dimension(name="reason", value=failure.reason)
    logger.error("step failed", reason=failure.reason, error=str(failure))


def _unexpected(error: BaseException) -> UnexpectedError:
    """Keep where it happened and its type; its text might hold what must not be printed."""
    frames = traceback.extract_tb(error.__traceback__)
    logger.append_keys(stack=[f"{f.filename}:{f.lineno} {f.name}" for f in frames])
    return UnexpectedError(f"An unexpected {type(error).__name__} was raised.")
