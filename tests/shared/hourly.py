"""An hourly run, and what each half of it wrote: the freshness of keys, then their retirement."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from rotation.rules import hourly
from rotation.rules.words import AttachedSecret
from sandbox.aws.lambda_runtime.invocation import Invocation
from sandbox.stack import Stack
from sandbox.stack.functions import SCHEDULED_EVENT

_ENDS = ('"message":"watch done"', '"message":"watch failed"')


def run_watch(stack: Stack, age_of: str = "") -> Invocation:
    """Run by the hour. The log is what was written up to the line on all keys' freshness.

    It is the hour of the day in which the age of ``age_of`` is reported, an ARN; by default of
    the stack's secret.
    """
    invocation = stack.retirement_function.invoke(in_hour_of_age(age_of or stack.secret_arn))
    return replace(invocation, log=_parts(invocation.log)[0])


def run_retirement(stack: Stack) -> Invocation:
    """Run by the hour. The log is what was written after the line on all keys' freshness."""
    invocation = stack.run_hourly()
    return replace(invocation, log=_parts(invocation.log)[1])


def in_hour_of_age(arn: str) -> dict[str, object]:
    """Return EventBridge's event of the hour in which the age of a secret's key is reported."""
    secret = AttachedSecret(arn, "", rotation_enabled=True)
    hours = (datetime.now(UTC) + timedelta(hours=hour) for hour in range(24))
    its_hour = next(one for one in hours if hourly.is_hour_of_age(secret, one))
    return {**SCHEDULED_EVENT, "time": its_hour.isoformat()}


def _parts(log: str) -> tuple[str, str]:
    lines = log.splitlines(keepends=True)
    ends = [n + 1 for n, line in enumerate(lines) if any(end in line for end in _ENDS)]
    # A run that fails before it lists anything has no first part.
    (end,) = ends or [0]
    return "".join(lines[:end]), "".join(lines[end:])
