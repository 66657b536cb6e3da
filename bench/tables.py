"""What was measured, as tables for docs/measurements.md. Times are CPU seconds."""

import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

BEGIN, END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"
MB_OF_ONE_VCPU = 1769
"""https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html"""
MEMORY_SIZES_MB = (128, 256, 512)
FIRST_STEP = "createSecret"
STEPS = (FIRST_STEP, "setSecret", "testSecret", "finishSecret")
KEY_SIZES = ("2048", "4096")

Turn = Mapping[str, Sequence[float]]
_Row = tuple[str, str, str]
ROWS: tuple[_Row, ...] = (
    ("CPU of a warm rotation, KEY_SIZE 2048, s", "warm 2048", ".3f"),
    ("the same, KEY_SIZE 4096", "warm 4096", ".3f"),
    ("CPU of a cold first step, with its start, s", "cold 2048 createSecret", ".3f"),
    ("CPU of importing the rotation function, s", "import", ".3f"),
    ("CPU of importing the hourly function, s", "hourly import", ".3f"),
    ("Peak memory of the rotation function, MB", "peak", ".1f"),
    ("Memory of the hourly function at rest, MB", "hourly at rest", ".1f"),
    ("Layer unzipped, MB of 10^6", "unzipped", ".1f"),
    ("Layer zipped, MB of 10^6", "zipped", ".1f"),
)


def comparison(ours: Sequence[Turn], theirs: Sequence[Turn]) -> str:
    """Return a row for each quantity: the medians of all, their ratio, and its range.

    ``ours`` and ``theirs`` are turns in the same order: the range is that of the rounds.
    """
    rows = []
    for title, name, shape in ROWS:
        by_turn = [[statistics.median(turn[name]) for turn in turns] for turns in (ours, theirs)]
        ratios = sorted(mine / other for mine, other in zip(*by_turn, strict=True))
        now, before = (_median(turns, name) for turns in (ours, theirs))
        spread = f"{now / before:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})"
        rows.append([title, format(before, shape), format(now, shape), spread])
    return markdown(["", "before", "now", "ratio (range)"], rows)


def _median(turns: Sequence[Turn], name: str) -> float:
    return statistics.median(value for turn in turns for value in turn[name])


def by_memory(turns: Sequence[Turn]) -> str:
    """Return the longest of each step in seconds of a clock, by MemorySize.

    A function gets vCPUs in proportion to its memory; what computes takes longer by as much.
    """
    rows = []
    for size in KEY_SIZES:
        names = {
            f"{FIRST_STEP}, cold": [f"cold {size} {FIRST_STEP}"],
            f"{FIRST_STEP}, warm": [f"warm {size} {FIRST_STEP}"],
            "others, warm": [f"warm {size} {step}" for step in STEPS[1:]],
        }
        for title, several in names.items():
            longest = max(v for turn in turns for name in several for v in turn[name])
            waited = [f"{longest / cpu_share(memory):.2f}" for memory in MEMORY_SIZES_MB]
            rows.append([size, title, f"{longest:.2f}", *waited])
    sizes = [f"at {memory} MB" for memory in MEMORY_SIZES_MB]
    return markdown(["KEY_SIZE", "step", "CPU s, longest", *sizes], rows)


def cpu_share(memory_mb: float) -> float:
    """VCPUs that a function of this size gets, at most one: it has one busy thread."""
    return min(1.0, memory_mb / MB_OF_ONE_VCPU)


def markdown(head: list[str], rows: list[list[str]]) -> str:
    """Return a table in Markdown; all columns but those with words are numbers."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def circumstances(ours: str, theirs: str, python: str, rounds: int) -> str:
    """Say what was compared, where and when. ``python`` is the version that ran both."""
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {_processor()}, {os.cpu_count()} CPUs, "
        f"Python {python}: {ours} (now) against {theirs} (before), {rounds} rounds in turns.\n"
    )


def replace_measured(document: Path, text: str) -> None:
    """Put ``text`` between the document's marks. Raises ValueError when they are not there."""
    before, begin, rest = document.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{document} lacks the mark {BEGIN.strip()} or {END.strip()}")
    document.write_text(f"{before}{begin}{text}{end}{after}", "utf-8")


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
