"""Make a virtual environment with a requirements file's packages, and show that it goes on.

    python requirements/install.py FOLDER REQUIREMENTS

The requirements are complete, so pip resolves nothing. On a terminal one line counts; elsewhere
there is a line each quarter. Ctrl-C ends it with one line and 130. If pip fails, its output is
shown and its status is this program's.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

PIP = ("-m", "pip", "install", "--disable-pip-version-check", "--progress-bar=off", "--no-input")
COMPLETE = ("--no-deps", "--require-hashes", "-r")
LOOK_SECONDS = 0.2
QUARTERS = 4
SHOWN_LINES = 30
INTERRUPTED = 130


def main() -> int:
    """Install; return the exit status."""
    folder, requirements = Path(sys.argv[1]), Path(sys.argv[2])
    pinned = re.findall(r"^\S+==", requirements.read_text(encoding="utf-8"), re.MULTILINE)
    began = time.monotonic()
    print(f"installing {len(pinned)} packages into {folder} (a minute, once)", flush=True)
    try:
        status = _make(folder) or _fill(folder, requirements, len(pinned))
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        print("\nstopped", flush=True)
        return INTERRUPTED
    if status == 0:
        print(f"installed in {time.monotonic() - began:.0f} s", flush=True)
    return status


def _make(folder: Path) -> int:
    arguments = [sys.executable, "-m", "venv", "--clear", str(folder)]
    made = subprocess.run(arguments, capture_output=True, text=True, check=False)  # noqa: S603
    print(made.stderr or made.stdout, end="")
    return made.returncode


def _fill(folder: Path, requirements: Path, count: int) -> int:
    """Run pip, and look at how far it is."""
    python = str(folder / "bin" / "python")
    lines: list[str] = []
    with subprocess.Popen(  # noqa: S603
        [python, *PIP, *COMPLETE, str(requirements)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as pip:
        reader = threading.Thread(target=lambda: lines.extend(pip.stdout or ()), daemon=True)
        reader.start()
        try:
            _watch(pip, folder, lines, _Progress(count))
        finally:
            reader.join()  # after Ctrl-C too, which pip gets as well
    if pip.returncode:
        print("".join(lines[-SHOWN_LINES:]), end="")
    return pip.returncode


def _watch(pip: subprocess.Popen[str], folder: Path, lines: list[str], progress: _Progress) -> None:
    """Count what pip says it has found, and what is in the environment, until pip ends."""
    before = _installed(folder)
    while pip.poll() is None:
        progress.show("found", sum(line.startswith("Collecting ") for line in lines.copy()))
        progress.show("installed", _installed(folder) - before)
        time.sleep(LOOK_SECONDS)
    progress.end()


def _installed(folder: Path) -> int:
    return len(list(folder.glob("lib/python*/site-packages/*.dist-info")))


class _Progress:
    """Shows the latest of what is counted, when it has changed by enough to be worth it."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._shown: dict[str, int] = {}
        self._is_terminal = sys.stdout.isatty()

    def show(self, what: str, number: int) -> None:
        """Show that so many are found or installed."""
        quarter = self._count / QUARTERS
        worth = number if self._is_terminal else int(number / quarter) if quarter else 0
        if worth <= self._shown.get(what, 0):
            return
        self._shown[what] = worth
        text = f"  {number} of {self._count} packages {what}"
        # Back to the line's start, and away with what was longer.
        print(f"\r{text}\x1b[K" if self._is_terminal else text, end=self._end, flush=True)

    def end(self) -> None:
        """Leave the line that counts."""
        if self._is_terminal:
            print()

    @property
    def _end(self) -> str:
        return "" if self._is_terminal else "\n"


if __name__ == "__main__":
    sys.exit(main())
