"""Metrics in a function's log: one JSON line each, in CloudWatch's embedded metric format."""

import json


def metric(log: str, name: str) -> float | None:
    """Return the last value of a metric in ``log``; None when it was not emitted."""
    lines = [json.loads(line) for line in log.splitlines() if line.startswith('{"_aws"')]
    values = [line[name][-1] for line in lines if name in line]
    return float(values[-1]) if values else None
