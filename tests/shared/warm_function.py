"""Functions whose processes outlive a stack: a cold start for each test is most of what one costs.

The processes are real ones under the real Lambda runtime client, and can be killed. What is the
process's own they do not show: a cold start, its time-out, its log level.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from sandbox.aws.lambda_runtime import Invocation, LambdaFunction
from sandbox.stack import CODE_ROOT, Stack
from tests.shared import keys

_LONGEST_SECONDS = 900
_serving: dict[str, LambdaFunction] = {}


def _processes(name: str) -> LambdaFunction:
    """Return the function whose processes serve all functions of this name."""
    if name not in _serving:
        _serving[name] = LambdaFunction(
            handler="tests.shared.warm_handler.lambda_handler",
            code_root=CODE_ROOT,
            timeout_seconds=_LONGEST_SECONDS,
            name=name,
        )
    return _serving[name]


def close() -> None:
    """End all processes: tests/conftest.py does it when the tests are over."""
    while _serving:
        _serving.popitem()[1].close()


@dataclass(kw_only=True)
class WarmFunction(LambdaFunction):
    """A function in a process that other stacks' functions of its name have used before."""

    def __post_init__(self) -> None:
        """Begin with no invocation under way."""
        super().__post_init__()
        self._under_way = 0

    def invoke(self, event: object) -> Invocation:
        """Invoke it. A time-out is only told to the function: nobody ends it then."""
        asked = {
            "handler": self.handler,
            "environment": dict(self.environment),
            "timeout_seconds": self.timeout_seconds,
            "event": event,
        }
        with self._counted():
            return _processes(self.name).invoke(asked)

    def kill(self) -> None:
        """SIGKILL the processes, whatever they are doing."""
        _processes(self.name).kill()

    def close(self) -> None:
        """End an invocation that a test left under way: its servers are about to go."""
        if self._under_way:
            self.kill()

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._lock:
            self._under_way += 1
        try:
            yield
        finally:
            with self._lock:
                self._under_way -= 1


def warm_stack(**fields: object) -> Stack:
    """Return a stack on warm functions, whose service user always begins with the same key."""
    return Stack(function_class=WarmFunction, key_pair=partial(keys.key_pair, "stack"), **fields)  # type: ignore[arg-type]
