"""What Lambda answers when the function did not: crashes and time-outs.

The texts are those LocalStack recorded against AWS on 2025-11-24 and -25
(python3.12; its tests/aws/services/lambda_/test_lambda.snapshot.json). The
time-out had another form in its recording of 2024-04-08: no errorType, and
the message now found in the log as its errorMessage.
"""

from __future__ import annotations

import signal
from datetime import UTC, datetime

__all__ = ["exit_error", "time_out_error", "time_out_log_line"]


def time_out_error(request_id: str, timeout_seconds: float) -> dict[str, str]:
    """Return the payload of an invocation killed at its deadline."""
    return {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {request_id} Error: "
        f"Task timed out after {timeout_seconds:.2f} seconds",
    }


def time_out_log_line(request_id: str, timeout_seconds: float) -> str:
    """Return the line Lambda appends to the log of that invocation."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f"{now} {request_id} Task timed out after {timeout_seconds:.2f} seconds\n"


def exit_error(request_id: str, return_code: int) -> dict[str, str]:
    """Return the payload of an invocation whose process ended without an answer."""
    return {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {request_id} Error: Runtime exited {_reason(return_code)}",
    }


def _reason(return_code: int) -> str:
    if return_code == 0:
        return "without providing a reason"
    if return_code > 0:
        return f"with error: exit status {return_code}"
    # The names Go gives signals: the C library's, in lower case.
    name = signal.strsignal(-return_code) or str(-return_code)
    return f"with error: signal: {name.lower()}"
