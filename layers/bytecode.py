"""Compile the layer for python3.13, so that a cold start doesn't have to.

/opt is read-only in Lambda, so modules shipped as source are compiled again on every cold
start: about a second for these. Bytecode takes the place of the source (PEP 3147 calls it
sourceless): both together don't fit the size limit. Tracebacks keep file and line number of
the dependencies but not the line's text; the function's own code is shipped as source.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

RUNTIME_TAG = "cpython-313"
NO_INTERPRETER = (
    "layer: no working python3.13 on the PATH; shipping source, cold starts take about 1 s longer\n"
)
_LAYER_ROOT = "/opt/python"  # where Lambda unpacks the layer; tracebacks show it


def find_interpreter() -> str | None:
    """Find a CPython 3.13 that runs: this one, or ``python3.13`` on the PATH. None if neither."""
    for candidate in (sys.executable, shutil.which("python3.13")):
        if candidate and cache_tag(candidate) == RUNTIME_TAG:
            return candidate
    return None


def cache_tag(interpreter: str) -> str:
    """Ask ``interpreter`` for its bytecode tag, e.g. cpython-313; empty if it doesn't run.

    A pyenv shim stands on the PATH even when its version isn't selected, and then fails.
    """
    question = "import sys; print(sys.implementation.cache_tag)"
    answer = subprocess.run(  # noqa: S603 - our own arguments
        [interpreter, "-I", "-c", question], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip()


def replace_sources(site: Path, interpreter: str) -> None:
    """Put ``x.pyc`` in place of every ``x.py`` under ``site``. Raises CalledProcessError.

    Unchecked-hash bytecode carries no time, and -s and -p keep the build folder out of it: the
    same source gives the same bytes.
    """
    command = [interpreter, "-m", "compileall", "-q", "-b", "-f"]
    command += ["--invalidation-mode", "unchecked-hash"]
    command += ["-s", str(site), "-p", _LAYER_ROOT, str(site)]
    environment = {"PATH": os.defpath, "PYTHONWARNINGS": "ignore"}
    subprocess.run(command, check=True, env=environment)  # noqa: S603 - our own arguments
    for source in site.rglob("*.py"):
        source.unlink()
