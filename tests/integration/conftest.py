"""One stack for each test: real boto3, real connector, real Lambda runtime client."""

from collections.abc import Iterator

import pytest

from sandbox.stack import Stack
from tests.integration.observed import forget
from tests.shared.warm_function import warm_stack


@pytest.fixture
def stack() -> Iterator[Stack]:
    """Servers with rotation switched on for the secret, and nothing recorded yet."""
    with warm_stack() as stack:
        stack.attach()
        forget(stack)
        yield stack
