"""Ctrl-C and SIGTERM: a program puts away what it started, and ends with one line.

Python runs a signal's handler in the main thread alone. The kernel may give the signal to any
other thread, and a main thread that waits for a lock sleeps on then. So the signal is also
written to a pipe, whose reader sends it once more, to the main thread.
https://docs.python.org/3/library/signal.html#signal.set_wakeup_fd
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Interruption"]

SIGNALS = (signal.SIGINT, signal.SIGTERM)
INTERRUPTED = 130
"""What a shell says of a program that Ctrl-C has ended."""


class Interruption:
    """Takes the signals over from its construction on, in the main thread."""

    def __init__(self) -> None:
        self._is_asked = False
        self._may_raise = False
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        for number in SIGNALS:
            signal.signal(number, self._note)
        threading.Thread(target=_hand_to_main, args=(reading,), daemon=True).start()

    @contextmanager
    def allowed(self) -> Iterator[None]:
        """Let a signal raise KeyboardInterrupt in this block, as one from before it does at once.

        Elsewhere it is noted: what starts and ends servers and processes is not to be cut.
        """
        self._may_raise = True
        try:
            if self._is_asked:
                raise KeyboardInterrupt
            yield
        finally:
            self._may_raise = False

    def run(self, program: Callable[[], int]) -> int:
        """Return the program's exit status; after a signal say so, and end the process here.

        The status is 130 then, or what a program returns that catches KeyboardInterrupt.
        """
        try:
            status = program()
        except KeyboardInterrupt:
            status = INTERRUPTED
        if self._is_asked:
            print("stopped", flush=True)
            # Not by way of sys.exit, which would wait for threads that the cut left behind.
            os._exit(status)
        return status

    def _note(self, *_: object) -> None:
        self._is_asked = True
        if self._may_raise:
            self._may_raise = False
            raise KeyboardInterrupt


def _hand_to_main(reading: int) -> None:
    (number,) = os.read(reading, 1)
    signal.pthread_kill(threading.main_thread().ident or 0, number)
