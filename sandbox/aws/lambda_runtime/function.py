"""A Lambda function on this machine: invoke it, kill it, let it scale out."""

from __future__ import annotations

import json
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from sandbox.aws.lambda_runtime.execution_environment import ExecutionEnvironment
from sandbox.aws.lambda_runtime.failures import exit_error, time_out_error, time_out_log_line
from sandbox.aws.lambda_runtime.invocation import Invocation
from sandbox.aws.lambda_runtime.process_environment import FunctionConfiguration
from sandbox.aws.lambda_runtime.runtime_state import (
    Answered,
    Exited,
    InitFailed,
    OutOfTime,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sandbox.aws.lambda_runtime.runtime_state import Outcome

__all__ = ["LambdaFunction"]

ACCOUNT_ID = "123456789012"


@dataclass(kw_only=True)
class LambdaFunction:
    """Runs ``python -m awslambdaric handler`` and invokes it as Lambda does.

    A process serves one invocation at a time and stays warm for the next;
    invocations at the same time each get a process. A crash or the deadline
    ends the process, and the next invocation starts cold. Memory is announced
    to the function but not enforced, and an idle process is not frozen.
    """

    handler: str
    code_root: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    timeout_seconds: float = 3
    memory_mb: int = 128
    name: str = "rotation"
    python: str = sys.executable
    layer_paths: Sequence[Path] = ()
    region: str = "eu-west-1"

    def __post_init__(self) -> None:
        """Start with no process: Lambda starts the first one at the first invoke."""
        self._lock = threading.Lock()
        self._environments: list[ExecutionEnvironment] = []
        self._idle: list[ExecutionEnvironment] = []

    def __enter__(self) -> Self:
        """Return the function itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    @property
    def arn(self) -> str:
        """The function's unqualified ARN."""
        return f"arn:aws:lambda:{self.region}:{ACCOUNT_ID}:function:{self.name}"

    def invoke(self, event: object) -> Invocation:
        """Invoke synchronously; never raises for what the function does."""
        started = time.monotonic()
        environment, cold_start = self._take()
        request_id, outcome = environment.run(json.dumps(event).encode())
        log = environment.log.take()
        if isinstance(outcome, OutOfTime):
            log += time_out_log_line(request_id, self.timeout_seconds)
        self._give_back(environment, outcome)
        return Invocation(
            payload=self._payload(request_id, outcome),
            function_error=None if _returned(outcome) else "Unhandled",
            log=log,
            seconds=time.monotonic() - started,
            cold_start=cold_start,
        )

    def kill(self) -> None:
        """SIGKILL every process of this function now, whatever it is doing."""
        with self._lock:
            environments = list(self._environments)
        for environment in environments:
            environment.kill()

    def snapshot(self) -> FunctionConfiguration:
        """Return the function's settings, for ``restore``."""
        return self._configuration()

    def restore(self, saved: FunctionConfiguration) -> None:
        """Have these settings again. Only idle processes that were started with them stay.

        They stay warm: what the code keeps in its modules is kept, as on Lambda.
        """
        for name in ("handler", "code_root", "layer_paths", "environment"):
            setattr(self, name, getattr(saved, name))
        self.timeout_seconds, self.memory_mb = saved.timeout_seconds, saved.memory_mb
        with self._lock:
            kept = [one for one in self._idle if one.is_alive and one.function == saved]
            ended = [one for one in self._environments if one not in kept]
            self._environments, self._idle = list(kept), list(kept)
        for environment in ended:
            environment.close()

    def close(self) -> None:
        """End all processes; an invocation under way answers Runtime.ExitError."""
        with self._lock:
            environments, self._environments = self._environments, []
            self._idle.clear()
        for environment in environments:
            environment.close()

    def _take(self) -> tuple[ExecutionEnvironment, bool]:
        """Return a warm environment, or a new one and True."""
        with self._lock:
            while self._idle:
                environment = self._idle.pop()
                if environment.is_alive:
                    return environment, False
            environment = ExecutionEnvironment(self._configuration())
            self._environments.append(environment)
            return environment, True

    def _give_back(self, environment: ExecutionEnvironment, outcome: Outcome) -> None:
        with self._lock:
            if environment not in self._environments:
                return  # close() was quicker
            if isinstance(outcome, Answered):
                self._idle.append(environment)
                return
            # Anything but an answer leaves a process that is dead or about to be.
            self._environments.remove(environment)
        environment.close()

    def _configuration(self) -> FunctionConfiguration:
        return FunctionConfiguration(
            name=self.name,
            arn=self.arn,
            region=self.region,
            handler=self.handler,
            code_root=self.code_root,
            layer_paths=self.layer_paths,
            environment=self.environment,
            timeout_seconds=self.timeout_seconds,
            memory_mb=self.memory_mb,
            python=self.python,
        )

    def _payload(self, request_id: str, outcome: Outcome) -> Any:  # noqa: ANN401 - any JSON
        match outcome:
            case Answered(body) | InitFailed(body):
                return json.loads(body)
            case Exited(return_code):
                return exit_error(request_id, return_code)
            case OutOfTime():
                return time_out_error(request_id, self.timeout_seconds)


def _returned(outcome: Outcome) -> bool:
    return isinstance(outcome, Answered) and not outcome.is_error
