"""Compare this tree's artefact with another revision's: `make bench`, `make bench REV=v1.2`.

Usage: python -m bench .aws-sam/x86_64/build [REVISION] [--rounds N] [--rotations N]
Needs a CPython 3.13 and Linux. The table goes to the terminal and into docs/measurements.md.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from artefact import runtime
from bench import tables, trees
from bench.tables import Turn
from bench.trees import Tree
from layers.built import HOST_ARCHITECTURE
from layers.bytecode import find_interpreter

DOCUMENT = Path("docs", "measurements.md")
_PLACE = Path("build", "bench")
_DRIVE = Path(__file__).with_name("drive.py")
_ROUNDS, _ROTATIONS = 5, 3


def drive(tree: Tree, python: Path, rotations: int) -> Turn:
    """Take one turn in ``tree``. Raises CalledProcessError, after its words on stderr."""
    command = [sys.executable, "-P", str(_DRIVE), str(tree.build), str(python), str(rotations)]
    environment = os.environ | {
        "PYTHONPATH": str(tree.folder),
        # The connector would ask metadata services where it is.
        "SNOWFLAKE_DISABLE_PLATFORM_DETECTION": "true",
    }
    told = subprocess.run(  # noqa: S603 - our own arguments
        command, cwd=tree.folder, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    found: Turn = json.loads(told.stdout)
    return found


def compare(ours: Tree, theirs: Tree, python: Path, rounds: int, rotations: int) -> str:
    """Have both take turns; return the tables."""
    turns: dict[str, list[Turn]] = {ours.name: [], theirs.name: []}
    for number in range(rounds):
        # Whoever comes second finds a warmer machine: they change places.
        for tree in (theirs, ours) if number % 2 else (ours, theirs):
            turns[tree.name].append(drive(tree, python, rotations))
        sys.stderr.write(f"bench: round {number + 1} of {rounds}\n")
    return "\n".join(
        [
            tables.circumstances(ours.name, theirs.name, runtime.version(python), rounds),
            tables.comparison(turns[ours.name], turns[theirs.name]),
            "### Steps by memory: the longest of all, seconds",
            tables.by_memory(turns[ours.name]),
        ]
    )


def main(arguments: list[str]) -> int:
    """Compare, print and write; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("build", type=Path)
    parser.add_argument("revision", nargs="?", default="")
    parser.add_argument("--rounds", type=int, default=_ROUNDS)
    parser.add_argument("--rotations", type=int, default=_ROTATIONS)
    options = parser.parse_args(arguments)
    interpreter = find_interpreter()
    if interpreter is None or HOST_ARCHITECTURE is None:
        sys.stderr.write("error: bench needs a CPython 3.13 on Linux; nothing was measured\n")
        return 1
    theirs = trees.check_out(options.revision or trees.default_revision(), _PLACE)
    theirs.make(HOST_ARCHITECTURE)
    environment = options.build.parent / "runtime"
    python = runtime.create(environment, interpreter, HOST_ARCHITECTURE).absolute()
    ours = trees.working_tree(options.build)
    text = compare(ours, theirs, python, options.rounds, options.rotations)
    sys.stdout.write(text)
    tables.replace_measured(DOCUMENT, text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
