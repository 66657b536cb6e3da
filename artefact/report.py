"""The numbers as tables: in the terminal, and as Markdown in docs/measurements.md."""

import io
import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from artefact.launcher import cpu_share
from artefact.retirement_samples import (
    RETIREMENT_MB,
    SECONDS_OF_AGES,
    SECONDS_OF_ERRANDS,
    Capacity,
    RetirementRun,
)
from artefact.samples import Run, Series

BEGIN, END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
NETWORK_SECONDS = 1.0
"""A guess at what the calls of one look take on a real network, and Snowflake's work for them."""
# Rich's Markdown box has an empty first and last line; the tables are cut out of it.
_WIDTH = 200


def whole_cpu(runs: list[Run]) -> Table:
    """Return cold start, warm steps and peak memory with a whole CPU."""
    table = _table("KEY_SIZE", "init", *STEPS, "peak memory MB")
    for run in runs:
        steps = [_median_longest(run.warm[step]) for step in STEPS]
        peak = f"{run.peak_memory_mb:.0f}"
        table.add_row(str(run.key_size), _median_longest(run.init), *steps, peak)
    return table


def by_memory(runs: list[Run]) -> Table:
    """Return the longest times within the CPU share of each memory size."""
    table = _table("MemorySize MB", "vCPU", "KEY_SIZE", "init", *STEPS)
    for run in runs:
        memory_mb = run.memory_mb or 0
        steps = [f"{run.longest(step):.2f}" for step in STEPS]
        share = f"{cpu_share(memory_mb):.2f}"
        table.add_row(str(memory_mb), share, str(run.key_size), f"{run.init.longest:.2f}", *steps)
    return table


def retirement(runs: list[RetirementRun]) -> Table:
    """Return the retirement function's times with one secret, by what the run finds."""
    counts = ("AWS calls", "Snowflake requests")
    table = _table(
        "MemorySize MB", "one secret is", "cold, with init", "warm", *counts, "peak memory MB"
    )
    for run in runs:
        times = _median_longest(run.cold), _median_longest(run.warm)
        counted = str(run.aws_calls), str(run.snowflake_requests)
        peak = f"{run.peak_memory_mb:.0f}"
        table.add_row(_size(run.memory_mb), run.kind, *times, *counted, peak)
    return table


def capacity(found: list[Capacity]) -> Table:
    """Return warm runs with many secrets, and how many get their turn within the time-out."""
    table = _table(
        *("MemorySize MB", "secrets", "all at rest", f"in {SECONDS_OF_AGES} s"),
        *("all looked at", f"in {SECONDS_OF_ERRANDS} s"),
        *(f"with {NETWORK_SECONDS:.0f} s more each", "peak memory MB"),
    )
    for one in found:
        size = _size(RETIREMENT_MB if one.limited else None)
        at_rest = _median_longest(one.at_rest), _about(one.at_rest_in_time())
        looked_at = _median_longest(one.looked_at), _about(one.looked_at_in_time())
        slower = _about(one.looked_at_in_time(NETWORK_SECONDS))
        peak = f"{one.peak_memory_mb:.0f}"
        table.add_row(size, str(one.secrets), *at_rest, *looked_at, slower, peak)
    return table


def key_generation(keys: dict[int, Series], memory_sizes_mb: list[int]) -> Table:
    """Return CPU seconds of a key generation, and the longest within each memory size's share."""
    sizes = [f"longest at {memory_mb} MB" for memory_mb in memory_sizes_mb]
    table = _table("KEY_SIZE", "keys", "median", "99 %", "longest", *sizes)
    for key_size, series in keys.items():
        longest = [f"{series.longest / cpu_share(memory_mb):.1f}" for memory_mb in memory_sizes_mb]
        numbers = [f"{v:.2f}" for v in (series.median, series.quantile(0.99), series.longest)]
        table.add_row(str(key_size), str(len(series.values)), *numbers, *longest)
    return table


def circumstances(python: str, load: tuple[float, float]) -> str:
    """Say where and when. ``load``: the machine's load average before and after."""
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
    machine = f"{_processor()}, {os.cpu_count()} CPUs, Linux {platform.release().split('-')[0]}"
    return (
        f"{now} UTC, {machine}, Python {python}, commit {_commit()}; "
        f"load average {load[0]:.1f} before and {load[1]:.1f} after.\n"
    )


def markdown(table: Table) -> str:
    """Render a table as Markdown."""
    stream = io.StringIO()
    Console(file=stream, width=_WIDTH, color_system=None).print(table)
    lines = [line.strip() for line in stream.getvalue().splitlines()]
    return "\n".join(line for line in lines if line) + "\n"


def replace_measured(document: Path, text: str) -> None:
    """Put ``text`` between the document's marks. Raises ValueError when they are not there."""
    before, begin, rest = document.read_text("utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{document} lacks the mark {BEGIN.strip()} or {END.strip()}")
    document.write_text(f"{before}{begin}{text}{end}{after}", "utf-8")


def _table(*columns: str) -> Table:
    table = Table(box=box.MARKDOWN)
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _size(memory_mb: int | None) -> str:
    return "whole CPU" if memory_mb is None else str(memory_mb)


def _about(count: int) -> str:
    """Return a count rounded down to two digits: it is no better known."""
    unit = 10 ** max(len(str(count)) - 2, 0)
    return f"{count // unit * unit:,}"


def _median_longest(series: Series) -> str:
    return f"{series.median:.2f} / {series.longest:.2f}" if series.values else "-"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty", "--abbrev=7"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own arguments
    return answer.stdout.strip() or "unknown"
