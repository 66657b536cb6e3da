"""``python -m tests.mutation``: change the decision and step code a little, again and again.

Each change (a mutant) must make a unit test fail. What survives must be in ``survivors.toml``
with its reason, and what is listed there must still survive. Exit status 1 otherwise.
``--as-found`` judges what an earlier run left. The modules and tests are named in
pyproject.toml, ``[tool.mutmut]``.
"""

import subprocess
import sys
from pathlib import Path

from tests.mutation.survivors import Mutant, judge, parse, read_explained

HERE = Path(__file__).parent
MUTMUT = str(Path(sys.executable).parent / "mutmut")
ANSWERED = frozenset({"killed", "timeout", "caught by type check"})


def main(arguments: list[str]) -> int:
    """Run mutmut, and compare what survived with what is explained."""
    if "--as-found" not in arguments:
        subprocess.run([MUTMUT, "run"], check=True)
    statuses = _statuses()
    survived = [_mutant(name) for name, status in statuses.items() if status not in ANSWERED]
    complaints = judge(survived, read_explained(HERE / "survivors.toml"))
    sys.stdout.writelines(f"{complaint}\n" for complaint in complaints)
    sys.stdout.write(
        f"mutation: {len(statuses)} mutants, {len(survived)} survived, "
        f"{len(complaints)} unexplained or out of date\n"
    )
    return 1 if complaints or not statuses else 0


def _statuses() -> dict[str, str]:
    """Return the status of every mutant: one ``name: status`` line each."""
    lines = _mutmut("results", "--all", "true").splitlines()
    pairs = [line.strip().rpartition(": ") for line in lines if ": " in line]
    return {name: status for name, _, status in pairs}


def _mutant(name: str) -> Mutant:
    return parse(name, _mutmut("show", name))


def _mutmut(*arguments: str) -> str:
    command = [MUTMUT, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
