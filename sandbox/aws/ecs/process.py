"""One container's process: a program of this machine, without a shell and without a container."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sandbox.aws.ecs.process_guard import ProcessGuard

__all__ = ["ContainerProcess"]

SIGNALLED = 128
"""Docker's exit code for a process that a signal ended is this and the signal's number."""


class ContainerProcess:
    """A process in a session of its own, with all that it starts.

    stdout and stderr are appended to ``log``. Raises OSError when the program can't be started,
    and RuntimeError when nobody would end it.
    """

    def __init__(
        self,
        argv: Sequence[str],
        environment: Mapping[str, str],
        folder: str,
        log: Path,
        guard: ProcessGuard,
    ) -> None:
        self._guard = guard
        with log.open("ab") as output:
            # The program is the test's own, from its task definition.
            self._process = subprocess.Popen(  # noqa: S603
                argv,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            guard.add(self.id)
        except BaseException:
            self.kill()
            raise

    @property
    def id(self) -> int:
        """The process's id, and that of its group."""
        return self._process.pid

    def exit_code(self) -> int | None:
        """Return Docker's exit code, None while it runs.

        A container ends with its first process, so whatever that left behind is killed.
        """
        code = self._process.returncode
        if code is None:
            code = self._process.poll()
            if code is None:
                return None
            self._kill_group()
        return code if code >= 0 else SIGNALLED - code

    def terminate(self) -> None:
        """Send SIGTERM to the process, as ``docker stop`` does, and not to its children."""
        if self._process.returncode is None:
            self._process.terminate()

    def kill(self) -> None:
        """SIGKILL the process and what it started, and wait until it is gone."""
        if self._process.returncode is None:
            self._kill_group()
            self._process.wait()

    def _kill_group(self) -> None:
        # macOS refuses to signal a group in which everybody has ended.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.id, signal.SIGKILL)
        self._guard.remove(self.id)
