"""Ends the processes of tasks when the process that started them was killed.

The guard is a process of its own that waits for the end of a pipe: the kernel closes it however
the owner dies. It is told the id of every process group, and kills those that are left.
PR_SET_PDEATHSIG would need code between fork and exec, and looks at the thread that forked.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading

__all__ = ["ProcessGuard"]


class ProcessGuard:
    """Starts the guard when the first process is to be guarded."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._guard: subprocess.Popen[str] | None = None

    def add(self, process_id: int) -> None:
        """Guard the process group of this id.

        Raises RuntimeError when the guard has ended: then nothing may be started.
        """
        try:
            self._tell(f"+{process_id}")
        except BrokenPipeError:
            raise RuntimeError("the guard of the tasks' processes has ended") from None

    def remove(self, process_id: int) -> None:
        """Forget it: its process has ended, and the id may be given to another."""
        with contextlib.suppress(BrokenPipeError):
            self._tell(f"-{process_id}")

    def close(self) -> None:
        """End the guard, and with it every process group that was not removed."""
        with self._lock:
            if self._guard is not None:
                self._guard.communicate()

    def _tell(self, line: str) -> None:
        with self._lock:
            if self._guard is None:
                self._guard = _started()
            if self._guard.stdin is not None:
                self._guard.stdin.write(f"{line}\n")
                self._guard.stdin.flush()


def _started() -> subprocess.Popen[str]:
    # In a session of its own, so that Ctrl-C in a terminal does not reach it.
    return subprocess.Popen(  # noqa: S603 - this file
        [sys.executable, "-I", "-S", __file__],
        stdin=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _main() -> None:
    left: set[int] = set()
    for line in sys.stdin:
        change = left.add if line.startswith("+") else left.discard
        change(int(line[1:]))
    for process_id in left:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process_id, signal.SIGKILL)


if __name__ == "__main__":
    _main()
