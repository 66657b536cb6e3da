"""Compile for python3.13, so that a cold start doesn't have to.

/opt and /var/task are read-only in Lambda: modules shipped as source are compiled again on every
cold start, which takes the layer's about a second. There bytecode takes the place of the source
(PEP 3147 calls it sourceless): both together don't fit the size limit. Tracebacks keep file and
line number of the dependencies but not the line's text.

The function's own code is shipped as source, with bytecode beside it that holds the source's hash
(PEP 552). Python compares them at each import, so an edit in the Lambda console takes effect.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

RUNTIME_TAG = "cpython-313"
INTERPRETER_VARIABLE = "PYTHON313"
NO_INTERPRETER = (
    "no python3.13 on this machine: shipping source only, cold starts take about 1 s longer\n"
)
# Where Lambda unpacks them; tracebacks show it.
_LAYER_ROOT = "/opt/python"
_FUNCTION_ROOT = "/var/task"


def find_interpreter() -> str | None:
    """Find a CPython 3.13 that runs. None if this machine has none.

    In this order: what PYTHON313 names, this one, ``python3.13`` on the PATH, pyenv's. Raises
    LookupError when PYTHON313 names something else: what was asked for is never skipped.
    """
    if named := os.environ.get(INTERPRETER_VARIABLE):
        if cache_tag(named) != RUNTIME_TAG:
            raise LookupError(f"{INTERPRETER_VARIABLE}={named} is no CPython 3.13 that starts")
        return shutil.which(named)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    candidates = [sys.executable, shutil.which("python3.13")]
    candidates += [str(path) for path in sorted(pyenv.glob("versions/3.13*/bin/python3.13"))]
    return next((path for path in candidates if path and cache_tag(path) == RUNTIME_TAG), None)


def cache_tag(interpreter: str) -> str:
    """Ask ``interpreter`` for its bytecode tag, e.g. cpython-313; empty if it doesn't run.

    A pyenv shim stands on the PATH even when its version isn't selected, and then fails. The
    free-threaded 3.13 answers cpython-313t: it has the tag, but can't load the same libraries.
    """
    question = "import sys; print(sys.implementation.cache_tag + sys.abiflags)"
    command = [interpreter, "-I", "-c", question]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own arguments
    except OSError:
        return ""
    return answer.stdout.strip()


def replace_sources(site: Path, interpreter: str) -> None:
    """Put ``x.pyc`` in place of every ``x.py`` under ``site``. Raises CalledProcessError."""
    _compile(site, interpreter, _LAYER_ROOT, "-b", "--invalidation-mode", "unchecked-hash")
    for source in site.rglob("*.py"):
        source.unlink()


def add_beside_sources(code: Path, interpreter: str) -> None:
    """Add ``__pycache__/x.cpython-313.pyc`` to every ``x.py``. Raises CalledProcessError."""
    _compile(code, interpreter, _FUNCTION_ROOT, "--invalidation-mode", "checked-hash")


def _compile(folder: Path, interpreter: str, root: str, *options: str) -> None:
    """Compile all of ``folder``, which will be at ``root``.

    Hash-based bytecode carries no time, and -s and -p keep the build folder out of it: the same
    source gives the same bytes.
    """
    command = [interpreter, "-m", "compileall", "-q", "-f", *options]
    command += ["-s", str(folder), "-p", root, str(folder)]
    environment = {"PATH": os.defpath, "PYTHONWARNINGS": "ignore"}
    subprocess.run(command, check=True, env=environment)  # noqa: S603 - our own arguments
