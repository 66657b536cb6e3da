"""One stack for each test: real connector and real boto3 on the sandbox."""

from collections.abc import Iterator

import pytest

from sandbox.stack import Stack
from tests.examples.processes import FARGATE
from tests.packaging import cloudformation
from tests.packaging.cloudformation import Template
from tests.shared.warm_function import warm_stack


@pytest.fixture
def stack() -> Iterator[Stack]:
    with warm_stack() as stack:
        yield stack


@pytest.fixture(scope="session")
def template() -> Template:
    return cloudformation.load((FARGATE / "template.yaml").read_text(encoding="utf-8"))
