"""An example as ECS runs it: a process with nothing in its environment but what it is given."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.stack import Stack

FARGATE = Path(__file__).parents[2] / "examples" / "fargate"
MACHINE = {"PATH": os.defpath, "NO_PROXY": "127.0.0.1"}


def local_snowflake(stack: Stack) -> dict[str, str]:
    return {
        # Or it asks AWS who it is, at whatever address this process has for AWS.
        "SNOWFLAKE_DISABLE_PLATFORM_DETECTION": "true",
        "SNOWFLAKE_HOST": stack.snowflake.host,
        "SNOWFLAKE_PORT": str(stack.snowflake.port),
        "SNOWFLAKE_PROTOCOL": "http",
    }


def injected(stack: Stack) -> dict[str, str]:
    """Return what a task that starts now gets from the secret, and where the sandbox is."""
    secret = stack.read_current()
    found = {
        "SNOWFLAKE_ACCOUNT": secret["account"],
        "SNOWFLAKE_USER": secret["user"],
        "SNOWFLAKE_PRIVATE_KEY": secret["privateKey"],
    }
    if "passphrase" in secret:
        found["SNOWFLAKE_PRIVATE_KEY_PASSPHRASE"] = secret["passphrase"]
    return found | local_snowflake(stack)


class Running:
    """A process of one of the example's files, and the lines that it has logged so far."""

    def __init__(self, program: str, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(FARGATE / program)],
            env=MACHINE | dict(environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.texts: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._end()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The lines; raises ValueError for one that is no JSON, such as a traceback's."""
        return [json.loads(text) for text in list(self.texts)]

    def keys(self, message: str = "logged in") -> list[str]:
        return [line["key"] for line in self.lines if line["message"] == message]

    def wait_for(self, predicate: Callable[[], bool], timeout_seconds: float = 15) -> None:
        deadline = time.monotonic() + timeout_seconds
        while not predicate():
            assert time.monotonic() < deadline, self.texts
            time.sleep(0.02)

    def wait_for_lines(self, count: int) -> None:
        """Wait until it has logged so many lines more."""
        wanted = len(self.texts) + count
        self.wait_for(lambda: len(self.texts) >= wanted)

    def terminate(self, *, in_another_thread: bool = False) -> int:
        """Send SIGTERM; return the exit status.

        On Linux it can go to another thread than the main one: to the first that the imports
        have started.
        """
        main = self._process.pid
        os.kill(self._threads()[1] if in_another_thread else main, signal.SIGTERM)
        return self.wait()

    def _threads(self) -> list[int]:
        return sorted(int(one.name) for one in Path(f"/proc/{self._process.pid}/task").iterdir())

    def wait(self) -> int:
        self._process.wait(15)
        self._end()
        return self._process.returncode

    def _read(self) -> None:
        assert self._process.stdout is not None
        for text in self._process.stdout:
            if text.strip():
                self.texts.append(text)

    def _end(self) -> None:
        self._process.wait()
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()
