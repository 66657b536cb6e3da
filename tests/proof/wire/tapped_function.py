"""Lambda whose Runtime API is listened to: an error leaves the process through it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.aws.lambda_runtime import LambdaFunction
from tests.proof.wire.tap import RUNTIME, Tap

if TYPE_CHECKING:
    from sandbox.aws.lambda_runtime.execution_environment import ExecutionEnvironment


@dataclass(kw_only=True)
class TappedFunction(LambdaFunction):
    """``tap`` hears what every process of the function posts."""

    tap: Tap

    def _take(self) -> tuple[ExecutionEnvironment, bool]:
        environment, cold = super()._take()
        if cold:
            self.tap.listen_to(environment.api.http, RUNTIME)
        return environment, cold
