"""What the tests of the retirement function ask of a stack and of its logs."""

from collections import Counter

from sandbox.aws.lambda_runtime.invocation import Invocation
from sandbox.snowflake import Kind
from sandbox.stack import Stack
from tests.integration import observed
from tests.integration.observed import values

GRACE = {"GRACE_PERIOD_HOURS": "24"}
CLUSTER = "arn:aws:ecs:eu-west-1:123456789012:cluster/main"
AFTER_THE_GRACE_DAYS = 1.1
# What each of the two functions asks for, in order.
LOOKS_FOR_ONE = ["ListSecrets", "DescribeSecret", "ListSecretVersionIds"]
# By the hour every key's age is asked for first.
LOOKS_FOR_SECRETS = [LOOKS_FOR_ONE[0], "ListSecretVersionIds", *LOOKS_FOR_ONE[1:]]
FINDS_NOTHING_BESIDE = ["DescribeSecret", "GetSecretValue"]
FINDS_AN_OLD_KEY = [*FINDS_NOTHING_BESIDE, "GetSecretValue"]
RETIRES = [*FINDS_AN_OLD_KEY, "ListSecretVersionIds", "DescribeSecret"]
RETIRES_AT_ONCE = [*FINDS_AN_OLD_KEY, "DescribeSecret"]
A_LOOK = {Kind.LOGIN: 1, Kind.STATEMENT: 1, Kind.CLOSE: 1}
AN_UNSET = {Kind.LOGIN: 1, Kind.STATEMENT: 3, Kind.CLOSE: 1}


def forget(stack: Stack) -> None:
    """Empty every record."""
    observed.forget(stack)
    stack.key_errands.clear()
    stack.lambda_api.events.clear()


def rotated(stack: Stack) -> Stack:
    """Attach the function, rotate once, and forget it."""
    stack.attach()
    assert stack.rotate().succeeded
    forget(stack)
    return stack


def requests(stack: Stack) -> Counter[str]:
    return Counter(request.operation for request in stack.snowflake.record.calls)


def failed_logins(stack: Stack) -> int:
    return sum(login.outcome != "success" for login in stack.snowflake.record.logins)


def counted(invocation: Invocation) -> dict[str, float]:
    """Return the metrics of a run that are not zero."""
    return {name: value for (name, _), value in values(invocation).items() if value}


def returned(invocation: Invocation) -> object:
    assert invocation.function_error is None, invocation.payload
    return invocation.payload
