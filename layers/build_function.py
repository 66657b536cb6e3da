"""Copy the ``rotation`` package into the function's artifact folder.

Source only. Bytecode that isn't checked against its source would make an edit in the Lambda
console do nothing, and a package this small compiles in milliseconds.
"""

import shutil
import sys
from pathlib import Path

from layers.artifacts import normalise


def build(source: Path, artifacts: Path) -> None:
    """Copy the ``.py`` files of the package folder ``source`` to ``artifacts``/rotation."""
    for module in sorted(source.rglob("*.py")):
        destination = artifacts / "rotation" / module.relative_to(source)
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(module, destination)
    normalise(artifacts)


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
