"""One process and its Runtime API: what Lambda calls an execution environment."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
import uuid
from typing import TYPE_CHECKING

from sandbox.aws.lambda_runtime.log_pipe import LogPipe
from sandbox.aws.lambda_runtime.process_environment import process_environment
from sandbox.aws.lambda_runtime.runtime_api import RuntimeApi
from sandbox.aws.lambda_runtime.runtime_state import Outcome, RuntimeState, Work

if TYPE_CHECKING:
    from sandbox.aws.lambda_runtime.process_environment import FunctionConfiguration

__all__ = ["INIT_LIMIT_SECONDS", "ExecutionEnvironment"]

INIT_LIMIT_SECONDS = 10.0
"""Lambda's limit for the init phase ("Lambda execution environment lifecycle")."""


class ExecutionEnvironment:
    """Runs one invocation at a time in a process of its own."""

    def __init__(self, function: FunctionConfiguration) -> None:
        self.function = function
        self._state = RuntimeState()
        self.api = RuntimeApi(self._state, function.arn)
        self.log = LogPipe()
        self._process = self._start()
        self.log.process_started()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def run(self, body: bytes) -> tuple[str, Outcome]:
        """Run one event; returns its request id and what came of it.

        After anything but an answer the environment is of no further use: close it.

        Initialisation has ten seconds that do not count towards the function's
        time-out. Lambda starts a slow initialisation anew within the time-out;
        here it simply goes on within it.
        """
        request_id = str(uuid.uuid4())
        limit = INIT_LIMIT_SECONDS + self.function.timeout_seconds
        ended = self._state.wait_until_polling(limit)
        if ended is None:
            deadline = time.time() + self.function.timeout_seconds
            ended = self._state.run(Work(request_id, body, deadline))
        return request_id, ended

    def kill(self) -> None:
        """SIGKILL the process and what it started, and wait until it is gone."""
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._watcher.join()

    def close(self) -> None:
        """Kill the process and release its threads, pipe and port."""
        self.kill()
        self.api.close()
        self.log.close()

    def _start(self) -> subprocess.Popen[bytes]:
        function = self.function
        # Started as Lambda's base images start it; the arguments are the test's own.
        return subprocess.Popen(  # noqa: S603
            [function.python, "-m", "awslambdaric", function.handler],
            cwd=function.code_root,
            env=process_environment(function, self.api.address),
            stdin=subprocess.DEVNULL,
            stdout=self.log.write_end,
            stderr=self.log.write_end,
            start_new_session=True,
        )

    def _watch(self) -> None:
        self._state.exited(self._process.wait())
