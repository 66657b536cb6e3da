"""Build the dependency layer for one architecture, on any machine, without Docker.

pip picks wheels for the runtime instead of for itself. Environment markers are the exception:
pip evaluates them with the Python that runs it, so tests/packaging refuses a requirements.txt
whose markers could differ. ``--no-deps`` because the file is the whole closure already.
"""

import subprocess
import sys
from pathlib import Path

from layers import bytecode, strip, trim
from layers.artifacts import normalise

# python3.13 runs on Amazon Linux 2023, which has glibc 2.34. A manylinux_2_N wheel runs on
# any glibc from 2.N on (PEP 600), and pip wants each accepted tag spelt out.
_GLIBC_MINORS = range(34, 16, -1)
_MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}


def platform_tags(architecture: str) -> list[str]:
    """List the wheel platforms Lambda can load, newest first. ``architecture``: arm64, x86_64."""
    machine = _MACHINES[architecture]
    tags = [f"manylinux_2_{minor}_{machine}" for minor in _GLIBC_MINORS]
    return [*tags, f"manylinux2014_{machine}"]


def pip_command(architecture: str, requirements: Path, site: Path) -> list[str]:
    """Return the pip call that unpacks the pinned wheels into ``site``."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input"]
    command += ["--disable-pip-version-check", "--root-user-action=ignore"]
    command += ["--require-hashes", "--only-binary=:all:", "--no-deps", "--no-compile"]
    command += ["--implementation", "cp", "--python-version", "3.13"]
    command += [f"--abi={abi}" for abi in ("cp313", "abi3", "none")]
    command += [f"--platform={tag}" for tag in platform_tags(architecture)]
    return [*command, "--target", str(site), "--requirement", str(requirements)]


def build(architecture: str, requirements: Path, artifacts: Path) -> None:
    """Fill ``artifacts``/python.

    Raises CalledProcessError if pip or the compiler fails, LookupError and ValueError for a
    dependency that ``trim`` or ``strip`` does not know.
    """
    site = artifacts / "python"
    subprocess.run(pip_command(architecture, requirements, site), check=True)  # noqa: S603 - our own arguments
    trim.trim(site)
    strip.strip_libraries(site)
    interpreter = bytecode.find_interpreter()
    if interpreter is None:
        sys.stdout.write(f"layer: {bytecode.NO_INTERPRETER}")  # SAM drops stderr on success
    else:
        bytecode.replace_sources(site, interpreter)
    normalise(artifacts)


if __name__ == "__main__":
    build(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
