"""The handler in this process, with all that it prints and raises in hand."""

from __future__ import annotations

import contextlib
import importlib
import io
import logging
import time
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.proof.wire.bench import Bench


@dataclass(frozen=True)
class Context:
    """What the function uses of Lambda's context."""

    aws_request_id: str = "8f507cfc-a1b2-4c3d-8e4f-5a6b7c8d9e0f"
    function_name: str = "snowflake-key-rotation"
    memory_limit_in_mb: int = 256
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:123456789012:function:x"

    def get_remaining_time_in_millis(self) -> int:
        """Always a minute: nothing here is about time."""
        return 60_000


@dataclass(frozen=True)
class Outcome:
    """What was raised, None for nothing, and every text that came out of the process."""

    error: BaseException | None
    texts: str
    seconds: float


@dataclass
class Handler:
    """``lambda_handler`` on the servers of a bench."""

    module: Any

    def __call__(self, event: object) -> Outcome:
        """Handle an event. What is printed has to be UTF-8, as it has to be on Lambda."""
        printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        started = time.monotonic()
        error = None
        with _captured(self.module, printed):
            try:
                self.module.lambda_handler(event, Context())
            except BaseException as raised:  # noqa: BLE001 - whatever it is, it is looked at
                error = raised
        seconds = time.monotonic() - started
        printed.seek(0)
        return Outcome(error, printed.read() + _shown(error), seconds)


@contextlib.contextmanager
def handler_on(bench: Bench) -> Iterator[Handler]:
    """Yield the handler, with this process's environment as the function's would be."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in bench.function.environment.items():
            patch.setenv(name, value)
        module: Any = importlib.import_module("rotation.handler")
        pace = importlib.import_module("rotation.aws_api.secret").PACE
        calls = importlib.import_module("rotation.aws_api.calls")
        client = calls.new_client("secretsmanager", pace)
        patch.setattr(module, "_client", client)
        yield Handler(module)
        client.close()


@contextlib.contextmanager
def _captured(module: Any, printed: io.TextIOWrapper) -> Iterator[None]:  # noqa: ANN401
    """Send everything to ``printed``: both streams, the function's log and the root's, at DEBUG."""
    root, stream = logging.getLogger(), logging.StreamHandler(printed)
    level = root.level
    (own,) = module.logger.handlers
    before = own.setStream(printed)
    root.addHandler(stream)
    root.setLevel(logging.DEBUG)
    module.logger.setLevel(logging.DEBUG)
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            yield
    finally:
        own.setStream(before)
        root.removeHandler(stream)
        root.setLevel(level)


def _shown(error: BaseException | None) -> str:
    """Return an error with all that hangs on it: causes, contexts, arguments, attributes."""
    if error is None:
        return ""
    parts = ["".join(traceback.format_exception(error))]
    seen: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in seen:
        seen.append(following)
        parts += [repr(following), repr(following.args), repr(vars(following))]
        following = following.__cause__ or following.__context__
    return "\n".join(parts)
