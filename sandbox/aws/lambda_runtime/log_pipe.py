"""What the process writes to stdout and stderr, cut by invocation."""

from __future__ import annotations

import os
import select
import threading

__all__ = ["LogPipe"]

CHUNK_BYTES = 65_536
PUMP_SECONDS = 0.1


class LogPipe:
    """Reads a pipe all the time, so that a talkative function never blocks on it.

    ``take`` first empties the pipe itself: what the process wrote before it
    posted its answer is in the returned text, however late the reading thread is.
    """

    def __init__(self) -> None:
        self._read_end, self.write_end = os.pipe()
        os.set_blocking(self._read_end, False)
        self._text = bytearray()
        self._closing = self._closed = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._pump, daemon=True)
        self._thread.start()

    def process_started(self) -> None:
        """Close our copy of the write end, so that the pipe ends with the process."""
        os.close(self.write_end)

    def take(self) -> str:
        """Return what was written since the last call, also of a pipe that was closed since."""
        with self._lock:
            if not self._closed:
                self._drain()
            text, self._text = self._text, bytearray()
            return text.decode("utf-8", "replace")

    def close(self) -> None:
        """Stop reading; a process that still holds the pipe gets SIGPIPE."""
        self._closing = True
        self._thread.join()
        # Who still waits for an invocation takes its log later; the number may be another file's.
        with self._lock:
            self._drain()
            self._closed = True
            os.close(self._read_end)

    def _pump(self) -> None:
        ended = False
        while not (ended or self._closing):
            select.select([self._read_end], [], [], PUMP_SECONDS)
            with self._lock:
                ended = self._drain()

    def _drain(self) -> bool:
        """Read what is there; True at the end of the pipe."""
        while True:
            try:
                chunk = os.read(self._read_end, CHUNK_BYTES)
            except BlockingIOError:
                return False
            if not chunk:
                return True
            self._text += chunk
