"""What the functions log and count with: Powertools, set up once.

A metric is written to standard output in CloudWatch's embedded metric format; no request is
made. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import logging
import traceback
from collections.abc import Callable, Mapping
from typing import TypeVar

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import (
    AmazonCloudWatchEMFProvider,
)

from rotation.errors.base import RotationError
from rotation.errors.function import UnexpectedError

__all__ = ["NAMESPACE", "begin", "emit", "logger", "outcome_of"]

Answer = TypeVar("Answer")

NAMESPACE = "SnowflakeKeyRotation"
# CloudWatch has no unit for days.
_UNITS = {
    "StepSeconds": MetricUnit.Seconds,
    "KeyAgeDays": MetricUnit.NoUnit,
    "OldestKeyAgeDays": MetricUnit.NoUnit,
    "DaysOverdue": MetricUnit.NoUnit,
    "MostDaysOverdue": MetricUnit.NoUnit,
    "OldKeyMostDaysLate": MetricUnit.NoUnit,
}

# Powertools takes the service's name and the log level from POWERTOOLS_… (see template.yaml).
logger = Logger()
# These log requests, and with them tokens and secret values. What fails is in our own line.
for _library in ("snowflake", "boto3", "botocore", "urllib3"):
    logging.getLogger(_library).setLevel(logging.CRITICAL)


def begin(request_id: str) -> None:
    """Forget what an earlier invocation added to the log lines, and add this request's id."""
    logger.clear_state()
    logger.append_keys(aws_request_id=request_id)


def emit(values: Mapping[str, float], **dimensions: str) -> None:
    """Write metrics that share their dimensions; ``service`` is always one of them.

    A provider of its own for each call: the ``Metrics`` class shares one set of dimensions in
    the whole process.
    """
    provider = AmazonCloudWatchEMFProvider(namespace=NAMESPACE)
    for name, value in values.items():
        provider.add_metric(name=name, unit=_UNITS.get(name, MetricUnit.Count), value=value)
    for name, text in dimensions.items():
        provider.add_dimension(name=name, value=text)
    provider.flush_metrics()


def outcome_of(run: Callable[[], Answer]) -> Answer | RotationError:
    """Return what ``run`` returns, or what it raises: the last line of defence against a leak.

    An error is to be raised by the caller, outside of any handler, so that no other error is in
    its chain.
    """
    try:
        return run()
    except RotationError as error:
        return error
    except BaseException as error:  # noqa: BLE001 (whatever it is, its text is not let out)
        return _unexpected(error)


def _unexpected(error: BaseException) -> UnexpectedError:
    """Keep where it happened and its type; its text might hold what must not be printed."""
    frames = traceback.extract_tb(error.__traceback__)
    logger.append_keys(stack=[f"{f.filename}:{f.lineno} {f.name}" for f in frames])
    return UnexpectedError(f"An unexpected {type(error).__name__} was raised.")
