"""What the fixture ``deploy`` is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.aws.lambda_runtime import LambdaFunction


class Deploy(Protocol):
    def __call__(
        self,
        code: str,
        *,
        timeout_seconds: float = 10,
        environment: Mapping[str, str] | None = None,
        name: str = "deployed",
    ) -> LambdaFunction: ...
