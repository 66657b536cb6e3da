"""Which mutants survived, and which of them are explained."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Mutant:
    """A change: ``function`` is dotted, ``before`` and ``after`` are the changed lines."""

    function: str
    before: str
    after: str

    def __str__(self) -> str:
        """Tell it as an entry of survivors.toml, its reason left open."""
        return (
            f"[[survivor]]\nfunction = {self.function!r}\nbefore = {self.before!r}\n"
            f"after = {self.after!r}\nbecause = ''\n"
        )


def parse(name: str, shown: str) -> Mutant:
    """Read what ``mutmut show`` prints: a unified diff. Lines are joined by one space."""
    body = [line for line in shown.splitlines() if not line.startswith(("---", "+++"))]
    return Mutant(_function(name), _lines(body, "-"), _lines(body, "+"))


def read_explained(path: Path) -> list[Mutant]:
    """Read the list. Raises ValueError for an entry without a reason."""
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("survivor", [])
    for entry in entries:
        if not entry.get("because", "").strip():
            raise ValueError(f"no reason is given for {entry}")
    return [Mutant(entry["function"], entry["before"], entry["after"]) for entry in entries]


def judge(survived: Iterable[Mutant], explained: Sequence[Mutant]) -> list[str]:
    """Return a complaint for each mutant that is in one of the two only."""
    found, known = set(survived), set(explained)
    unexplained = [f"survived, and is not explained:\n{one}" for one in found - known]
    stale = [f"explained, but does not survive any more:\n{one}" for one in known - found]
    return sorted(unexplained) + sorted(stale)


def _function(name: str) -> str:
    """``rotation.steps.rotation.x_run__mutmut_3`` and ``…xǁRotationǁrun__mutmut_3`` are read."""
    module, _, rest = name.rpartition(".")
    plain = re.sub(r"__mutmut_\d+$", "", rest)
    own = plain.removeprefix("xǁ").replace("ǁ", ".") if "ǁ" in plain else plain.removeprefix("x_")
    return f"{module}.{own}"


def _lines(body: Iterable[str], sign: str) -> str:
    return " ".join(line[1:].strip() for line in body if line.startswith(sign))
