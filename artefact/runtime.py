"""A python3.13 that holds what AWS's runtime adds to Python, and nothing of this machine.

Lambda's image brings the runtime client (awslambdaric) in the interpreter's own site-packages,
behind the function and its layers on the import path. Here a virtual environment stands for the
image: without pip, without the machine's packages, with the client as requirements/runtime.txt
pins it. AWS's image holds boto3 too; leaving it out is stricter, as the layer must have its own.
"""

import hashlib
import subprocess
from pathlib import Path

from layers.build_layer import pip_command

REQUIREMENTS = Path(__file__).parents[1] / "requirements" / "runtime.txt"
CLIENT_MODULES = frozenset({"awslambdaric", "runtime_client", "simplejson", "snapshot_restore_py"})
"""What requirements/runtime.txt installs: nothing else may come from there."""


def create(folder: Path, interpreter: str, architecture: str) -> Path:
    """Make the environment in ``folder`` unless it is there; returns its python.

    Raises CalledProcessError when ``interpreter`` or pip fails.
    """
    mark = folder / "made-from"
    wanted = f"{interpreter} {hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()}\n"
    if not (mark.is_file() and mark.read_text("utf-8") == wanted):
        _run(interpreter, "-m", "venv", "--without-pip", "--clear", str(folder))
        site = site_packages(folder)
        _run(*pip_command(architecture, REQUIREMENTS, site))
        # The image's modules are compiled; the function's process is told to write nothing.
        _run(interpreter, "-m", "compileall", "-q", str(site))
        mark.write_text(wanted, "utf-8")
    return folder / "bin" / "python"


def site_packages(folder: Path) -> Path:
    """Where the runtime client lies in the environment."""
    return folder / "lib" / "python3.13" / "site-packages"


def standard_library(python: Path) -> Path:
    """Ask ``python`` for the folder of its standard library."""
    return Path(_ask(python, "sysconfig.get_path('stdlib')"))


def version(python: Path) -> str:
    """Ask ``python`` for its version, such as 3.13.0."""
    return _ask(python, "platform.python_version()")


def _ask(python: Path, expression: str) -> str:
    command = [str(python), "-I", "-c", f"import platform, sysconfig; print({expression})"]
    return subprocess.check_output(command, text=True).strip()  # noqa: S603 - our own arguments


def _run(*command: str) -> None:
    subprocess.run(command, check=True)  # noqa: S603 - our own arguments
