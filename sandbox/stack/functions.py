"""The functions as template.yaml has them."""

from __future__ import annotations

from typing import NamedTuple

__all__ = [
    "HANDLER",
    "RETIREMENT",
    "RETIREMENT_TIMEOUT_SECONDS",
    "ROTATION",
    "SCHEDULED_EVENT",
    "SIZES",
    "Size",
]

ROTATION = "snowflake-key-rotation"
RETIREMENT = f"{ROTATION}-retirement"
HANDLER = "rotation.handler.lambda_handler"
RETIREMENT_TIMEOUT_SECONDS = 900


class Size(NamedTuple):
    """What template.yaml says of a function; without a time-out it is the stack's."""

    handler: str
    memory_mb: int
    timeout_seconds: float | None = None


SIZES = {
    ROTATION: Size(HANDLER, 512),
    RETIREMENT: Size("rotation.hourly_handler.lambda_handler", 256, RETIREMENT_TIMEOUT_SECONDS),
}
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html
SCHEDULED_EVENT = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}}
