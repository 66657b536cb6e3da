"""Build once more, elsewhere, and compare every file: `make reproducible`.

Usage: python -m layers.reproducible arm64=.aws-sam/arm64/build x86_64=.aws-sam/x86_64/build
The second build runs now, in a copy of the sources under another path, with another umask, time
zone and hash seed. Names, bytes and modes must be the same; exit status 1 if one is not.

Not compared: the zip files. `sam deploy` makes them, in the order in which the file system lists
a folder. It names the upload by the paths and contents alone (samcli/lib/utils/hash.py), so the
same files are the same S3 key and no deployment.
"""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from layers.artifacts import files

_SOURCES = ("template.yaml", "rotation", "layers", "LICENSE", "README.md")
_TEMPLATE = "template.yaml"  # SAM's copy: its text is deployed, its mode goes nowhere
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc")
_OTHER_UMASK = 0o077
_OTHER_ENVIRONMENT = {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "4", "LC_ALL": "C"}


def differences(first: Path, second: Path) -> Iterator[str]:
    """Yield how two folders differ, one sentence each, by path."""
    left, right = _by_name(first), _by_name(second)
    for name in sorted(left.keys() | right.keys()):
        if name not in right:
            yield f"{name} is in the first build only."
        elif name not in left:
            yield f"{name} is in the second build only."
        elif left[name].read_bytes() != right[name].read_bytes():
            yield f"{name} differs in its bytes."
        elif name != _TEMPLATE and (mode := _mode(left[name])) != (other := _mode(right[name])):
            yield f"{name} has mode {mode} in the first build and {other} in the second."


def build_elsewhere(sources: Path, architecture: str, folder: Path) -> Path:
    """Build a copy of ``sources`` in ``folder``; returns the build. Raises CalledProcessError."""
    copy = folder / "another-place" / "sources"
    # SAM writes paths relative to the build into its template: the same depth, the same paths.
    build = copy / ".aws-sam" / architecture / "build"
    copy.mkdir(parents=True)
    for name in _SOURCES:
        source = sources / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=_LEFT_OUT)
        else:
            shutil.copyfile(source, copy / name)
    sam = Path(sys.executable).with_name("sam")
    command = [str(sam), "build", "--build-dir", str(build)]
    command += ["--parameter-overrides", f"Architecture={architecture}"]
    environment = os.environ | {"PYTHON": sys.executable} | _OTHER_ENVIRONMENT
    subprocess.run(  # noqa: S603 - our own arguments
        command, check=True, cwd=copy, env=environment, umask=_OTHER_UMASK, capture_output=True
    )
    return build


def _by_name(folder: Path) -> dict[str, Path]:
    return {str(path.relative_to(folder)): path for path in files(folder)}


def _mode(path: Path) -> str:
    return stat.filemode(path.stat().st_mode)


def _compare(argument: str) -> int:
    architecture, _, build = argument.partition("=")
    with tempfile.TemporaryDirectory() as folder:
        try:
            second = build_elsewhere(Path.cwd(), architecture, Path(folder))
        except subprocess.CalledProcessError as error:
            sys.stderr.write(f"error: the second build failed.\n{error.stderr.decode()}\n")
            return 1
        found = list(differences(Path(build), second))
        count = len(_by_name(second))
    sys.stderr.writelines(f"error: {architecture}: {line}\n" for line in found)
    if not found:
        sys.stdout.write(f"reproducible {architecture}: {count} files, the same bytes and modes\n")
    return 1 if found else 0


def main(arguments: list[str]) -> int:
    """Check every ``architecture=build folder`` argument; return the exit status."""
    with ThreadPoolExecutor() as pool:
        return max(pool.map(_compare, arguments), default=1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
