"""Measure the built artefact: `make measure`.

Usage: python -m artefact.measure .aws-sam/x86_64/build [--quick]
Writes its tables to docs/measurements.md, which also says what they mean. ``--quick`` measures
little and only prints. Needs a CPython 3.13, and root on Linux for the CPU shares.
"""

import argparse
import os
import sys
from pathlib import Path

from rich.table import Table

from artefact import launcher, report, retirement_samples, runtime, samples
from artefact.retirement_samples import RetirementRun
from artefact.samples import Plan, Run, Series
from layers.built import HOST_ARCHITECTURE, functions
from layers.bytecode import find_interpreter

DOCUMENT = Path(__file__).parents[1] / "docs" / "measurements.md"
MEMORY_SIZES_MB = [128, 256, 512, 1024, 1769]
# Those that a function has, or may have: the page says for which keys they are enough.
MEMORY_SIZES_OF_FUNCTIONS_MB = [256, 512]
KEY_SIZES = (2048, 3072, 4096)
# Each takes minutes by memory size: the smallest and the largest tell the range.
KEY_SIZES_BY_MEMORY = (2048, 4096)
NUMBERS_OF_SECRETS = [1, 20, 100]
HEADINGS = {
    "whole": "Whole CPU: seconds, median / longest",
    "memory": "By memory: seconds, the longest seen, cold or warm",
    "keys": "Key generation: CPU seconds",
    "retirement": "Hourly function, one secret: seconds, median / longest",
    "capacity": "Hourly function, many secrets: seconds of a warm run, median / longest",
}


def measure(build: Path, python: Path, *, quick: bool) -> dict[str, str]:
    """Return each table as Markdown, by its name in HEADINGS."""
    built = functions(build)
    cold, warm, few_cold, few_warm, keys = (1, 2, 1, 1, 10) if quick else (5, 20, 1, 5, 200)
    many, few = Plan(built, python, cold, warm), Plan(built, python, few_cold, few_warm)
    sizes = MEMORY_SIZES_MB if launcher.can_limit() else []
    numbers = NUMBERS_OF_SECRETS[: 2 if quick else None]
    generated: dict[int, Series] = {
        key_size: samples.key_generation(built[0], python, key_size, keys) for key_size in KEY_SIZES
    }
    tables = {
        **_rotation(many, few, sizes),
        "keys": report.key_generation(generated, MEMORY_SIZES_OF_FUNCTIONS_MB),
        **_retirement(many, few, sizes, numbers),
    }
    return {name: report.markdown(table) for name, table in tables.items()}


def _rotation(many: Plan, few: Plan, sizes: list[int]) -> dict[str, Table]:
    whole = [_told(samples.measure(many, key_size, None)) for key_size in KEY_SIZES]
    limited = [
        _told(samples.measure(few, key_size, size))
        for size in sizes
        for key_size in KEY_SIZES_BY_MEMORY
    ]
    return {"whole": report.whole_cpu(whole), "memory": report.by_memory(limited)}


def _retirement(many: Plan, few: Plan, sizes: list[int], numbers: list[int]) -> dict[str, Table]:
    runs = _told_of_retirement(retirement_samples.measure(many, None))
    for size in sizes:
        runs += _told_of_retirement(retirement_samples.measure(few, size))
    found = retirement_samples.capacity(few, numbers, limited=False)
    if sizes:
        found += retirement_samples.capacity(few, numbers, limited=True)
    return {"retirement": report.retirement(runs), "capacity": report.capacity(found)}


def main(arguments: list[str]) -> int:
    """Measure, print and write; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m artefact.measure")
    parser.add_argument("build", type=Path)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args(arguments)
    interpreter = find_interpreter()
    if interpreter is None or HOST_ARCHITECTURE is None:
        sys.stderr.write("error: measure needs a CPython 3.13 on Linux; nothing was measured\n")
        return 1
    load_before = os.getloadavg()[0]
    python = runtime.create(options.build.parent / "runtime", interpreter, HOST_ARCHITECTURE)
    tables = measure(options.build.resolve(), python.absolute(), quick=options.quick)
    if not launcher.can_limit():
        tables["memory"] = "Not measured: holding a process to a CPU share needs root on Linux.\n"
    version = runtime.version(python)
    text = report.circumstances(version, (load_before, os.getloadavg()[0]))
    for name, heading in HEADINGS.items():
        text += f"\n### {heading}\n{tables[name]}"
    sys.stdout.write(text)
    if not options.quick:
        report.replace_measured(DOCUMENT, text)
    return 0


def _told(run: Run) -> Run:
    init = f"init {run.init.longest:.1f} s, createSecret {run.longest('createSecret'):.1f} s"
    share = _share(run.memory_mb)
    sys.stderr.write(f"measured: KEY_SIZE {run.key_size} with {share}: {init} at the longest\n")
    return run


def _told_of_retirement(runs: list[RetirementRun]) -> list[RetirementRun]:
    longest = ", ".join(f"{run.kind} {run.cold.longest:.1f} s" for run in runs)
    share = _share(runs[0].memory_mb)
    sys.stderr.write(f"measured: retirement with {share}: {longest} at the longest, cold\n")
    return runs


def _share(memory_mb: int | None) -> str:
    return "a whole CPU" if memory_mb is None else f"the CPU share of {memory_mb} MB"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
