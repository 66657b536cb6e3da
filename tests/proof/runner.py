"""Runs every part of the proof beside each other, shows how far they are, and reports."""

from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from multiprocessing import Manager, get_context
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.proof.parts import PARTS, Part
from tests.proof.tally import Tally

if TYPE_CHECKING:
    from multiprocessing.managers import DictProxy

_TOLD_EVERY_CASES = 100
_LOOK_SECONDS = 0.5
_COLUMNS = ("cases", "lockouts", "foreign_keys_touched", "leaks", "stuck", "limits")
_HEADS = ("cases", "lockouts", "foreign keys\ntouched", "leaks", "not\nconverged", "known\nlimits")


def main(arguments: Sequence[str]) -> int:
    """Run every part and report. ``limits`` are met on purpose: see docs/limits.md."""
    console = Console()
    wire = () if "--ports" in arguments else _wire_parts()
    tallies = _run_all(console, wire, long="--short" not in arguments)
    console.print(_table(tallies))
    for tally in tallies:
        for story in tally.stories[:1]:
            console.print(f"{tally.kind}:\n{story}", markup=False, highlight=False)
    print(_verdict(tallies))  # noqa: T201 (the line that people and CI look for)
    return 1 if any(tally.violations for tally in tallies) else 0


def _wire_parts() -> tuple[Part, ...]:
    # Imported here: the connector and moto take seconds, and --ports needs neither.
    from tests.proof.wire.parts import PARTS as WIRE_PARTS  # noqa: PLC0415

    return WIRE_PARTS


def _run_all(console: Console, wire: tuple[Part, ...], *, long: bool) -> list[Tally]:
    """Run the ports' parts on both cores, and beside them the wire's, two at a time.

    The wire's parts start processes of their own, and one of the two mostly waits.
    """
    with (
        Manager() as manager,
        ProcessPoolExecutor(2, get_context("spawn")) as processes,
        ThreadPoolExecutor(2) as threads,
    ):
        told: DictProxy[str, int] = manager.dict()
        runs = [processes.submit(_run_port_part, n, long, told) for n in range(len(PARTS))]
        runs += [threads.submit(_run, part, long, told) for part in wire]
        _show_until_done(console, (*PARTS, *wire), runs, told, long=long)
        return [run.result() for run in runs]


def _run_port_part(number: int, long: bool, told: "DictProxy[str, int]") -> Tally:  # noqa: FBT001
    return _run(PARTS[number], long, told)


def _run(part: Part, long: bool, told: "DictProxy[str, int]") -> Tally:  # noqa: FBT001
    latest = 0

    def tell(cases: int) -> None:
        nonlocal latest
        if cases < _TOLD_EVERY_CASES or cases - latest >= _TOLD_EVERY_CASES:
            latest = told[part.name] = cases

    tally = part.run(long, tell)
    told[part.name] = tally.cases
    return tally


def _show_until_done(
    console: Console,
    parts: Sequence[Part],
    runs: Sequence[Future[Tally]],
    told: "DictProxy[str, int]",
    *,
    long: bool,
) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as bars:
        tasks = [bars.add_task(p.name, total=p.usual_cases if long else None) for p in parts]
        remaining = set(runs)
        while remaining:
            remaining = wait(remaining, _LOOK_SECONDS).not_done
            cases = dict(told)
            for part, task, run in zip(parts, tasks, runs, strict=True):
                bars.update(task, completed=cases.get(part.name, 0))
                if run.done():
                    bars.update(task, total=cases.get(part.name, 0))


def _table(tallies: Sequence[Tally]) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 0, 0, 0), pad_edge=False, show_edge=False)
    table.add_column("kind", no_wrap=True)
    for head in _HEADS:
        table.add_column(head, justify="right")
    for tally in tallies:
        table.add_row(tally.kind, *(f"{getattr(tally, name):,}" for name in _COLUMNS))
    return table


def _verdict(tallies: Sequence[Tally]) -> str:
    cases, lockouts, foreign, leaks, stuck, _ = (
        sum(getattr(tally, name) for tally in tallies) for name in _COLUMNS
    )
    return (
        f"proof: {cases} cases, {lockouts} lockouts, {foreign} foreign keys touched, "
        f"{leaks} leaks, {stuck} stuck"
    )
