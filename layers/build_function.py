"""Copy the ``rotation`` package into the function's artifact folder, and compile it."""

import shutil
import sys
from pathlib import Path

from layers import bytecode
from layers.artifacts import normalise


def build(source: Path, artifacts: Path) -> None:
    """Copy the ``.py`` files of the package folder ``source`` to ``artifacts``/rotation.

    Bytecode comes beside them where a Python 3.13 is at hand. Raises CalledProcessError for
    source that does not compile.
    """
    for module in sorted(source.rglob("*.py")):
        destination = artifacts / "rotation" / module.relative_to(source)
        destination.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(module, destination)
    interpreter = bytecode.find_interpreter()
    if interpreter is None:
        sys.stdout.write(f"function: {bytecode.NO_INTERPRETER}")
    else:
        bytecode.add_beside_sources(artifacts, interpreter)
    normalise(artifacts)


if __name__ == "__main__":
    build(Path(sys.argv[1]), Path(sys.argv[2]))
