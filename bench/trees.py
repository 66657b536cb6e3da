"""A revision's files in a folder of its own, and its build."""

import os
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

_BASELINE = "5182ad7"  # the last commit before anything here was made cheaper
_SAM = Path(".venv-sam", "bin")


@dataclass(frozen=True)
class Tree:
    """A revision that stands in ``folder``; ``name`` is its commit, ``build`` what SAM made."""

    name: str
    folder: Path
    build: Path

    def make(self, architecture: str) -> None:
        """Build with the SAM CLI of this project, unless it is built. Raises CalledProcessError."""
        if (self.build / "template.yaml").is_file():
            return
        sys.stderr.write(f"bench: building {self.name}\n")
        sam = _SAM.absolute()
        command = [str(sam / "sam"), "build", "--build-dir", str(self.build)]
        command += ["--parameter-overrides", f"Architecture={architecture}"]
        environment = os.environ | {"PYTHON": str(sam / "python")}
        subprocess.run(  # noqa: S603 - our own arguments
            command, cwd=self.folder, env=environment, check=True, capture_output=True
        )


def default_revision() -> str:
    """Return the last tag; without one, the commit that costs are compared with."""
    found = subprocess.run(
        ["git", "describe", "--tags", "--abbrev=0"],  # noqa: S607 - the git that is installed
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip() or _BASELINE


def check_out(revision: str, parent: Path) -> Tree:
    """Unpack a revision into a folder named by its commit. Raises CalledProcessError."""
    commit = _told("rev-parse", "--short", "--verify", f"{revision}^{{commit}}")
    folder = parent / commit
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        archive = parent / f"{commit}.tar"
        _told("archive", "--format=tar", "--output", str(archive), commit)
        unpacked = parent / f"{commit}.part"
        with tarfile.open(archive) as tar:
            tar.extractall(unpacked, filter="data")
        archive.unlink()
        unpacked.rename(folder)
    return Tree(commit, folder.resolve(), folder.resolve() / ".aws-sam" / "bench" / "build")


def working_tree(build: Path) -> Tree:
    """Return what stands in the working directory, changes included, and is built."""
    name = _told("describe", "--always", "--dirty", "--abbrev=7")
    return Tree(name, Path.cwd(), build.resolve())


def _told(*words: str) -> str:
    return subprocess.check_output(["git", *words], text=True).strip()  # noqa: S603, S607 - as above
