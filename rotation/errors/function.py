"""The function's own set-up, time and event."""

from rotation.errors.base import RotationError


class InvalidSettings(RotationError):
    """An environment variable of the function holds a value that can't be used."""

    remedy = "Correct the function's environment (in the stack's parameters) and rotate again."


class OutOfTime(RotationError):
    """Too little of the invocation's time is left to begin the next request."""

    untouched = "The request was not begun."
    remedy = (
        "Rotate again: the steps resume. If this repeats, raise the function's time-out and "
        "check how long Snowflake takes to answer."
    )


class UnexpectedError(RotationError):
    """A defect of this function, or an error that it does not know."""

    untouched = "What the step had done before stays done; repeating the step is safe."
    remedy = "Rotate again; if it repeats, report it with the stack from this log line."


class InvalidEvent(RotationError):
    """The event is not what Secrets Manager sends to a rotation function."""

    remedy = (
        "Start a rotation with `aws secretsmanager rotate-secret --secret-id NAME`; "
        "to invoke the function by hand, take a file of events/ as the model."
    )


class UnknownStep(InvalidEvent):
    """The event names a step other than the four."""
