"""An hourly run, and what each half of it wrote: the freshness of keys, then their retirement."""

from dataclasses import replace

from sandbox.aws.lambda_runtime.invocation import Invocation
from sandbox.stack import Stack

_ENDS = ('"message":"watch done"', '"message":"watch failed"')


def run_watch(stack: Stack) -> Invocation:
    """Run by the hour. The log is what was written up to the line on all keys' freshness."""
    invocation = stack.run_hourly()
    return replace(invocation, log=_parts(invocation.log)[0])


def run_retirement(stack: Stack) -> Invocation:
    """Run by the hour. The log is what was written after the line on all keys' freshness."""
    invocation = stack.run_hourly()
    return replace(invocation, log=_parts(invocation.log)[1])


def _parts(log: str) -> tuple[str, str]:
    lines = log.splitlines(keepends=True)
    ends = [n + 1 for n, line in enumerate(lines) if any(end in line for end in _ENDS)]
    # A run that fails before it lists anything has no first part.
    (end,) = ends or [0]
    return "".join(lines[:end]), "".join(lines[end:])
