from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from sandbox.aws.lambda_runtime import LambdaFunction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.sandbox.aws.lambda_runtime.deploying import Deploy


@pytest.fixture
def deploy(tmp_path: Path) -> Iterator[Deploy]:
    """Write a module with a function ``handler`` and return it as a Lambda function."""
    with ExitStack() as stack:

        def write_and_start(
            code: str,
            *,
            timeout_seconds: float = 10,
            environment: Mapping[str, str] | None = None,
            name: str = "deployed",
        ) -> LambdaFunction:
            (tmp_path / "deployed.py").write_text(code)
            function = LambdaFunction(
                handler="deployed.handler",
                code_root=tmp_path,
                environment=environment or {},
                timeout_seconds=timeout_seconds,
                memory_mb=256,
                name=name,
            )
            return stack.enter_context(function)

        yield write_and_start
