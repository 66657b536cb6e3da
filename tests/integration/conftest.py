"""One stack for each test: real boto3, real connector, real Lambda runtime client."""

from collections.abc import Iterator

import pytest

from sandbox.stack import Stack


@pytest.fixture
def stack() -> Iterator[Stack]:
    """Servers with rotation switched on for the secret, and nothing recorded yet."""
    with Stack() as stack:
        stack.attach()
        forget(stack)
        yield stack


def forget(stack: Stack) -> None:
    """Empty every record."""
    stack.aws.record.clear()
    stack.snowflake.record.clear()
    stack.invocations.clear()
