"""The steps as a table of at most 80 columns: what each took and what it left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from sandbox.programs.demo.history import LANES

if TYPE_CHECKING:
    from sandbox.programs.demo.history import History, StepEntry

__all__ = ["short", "step_name", "steps_table"]

HEADINGS = ("slot one", "slot two", "CURRENT", "PENDING", "PREVIOUS")


def short(fingerprint: str | None) -> str:
    """Return enough of a fingerprint to tell keys apart, a dash for none."""
    return "-" if fingerprint is None else fingerprint.removeprefix("SHA256:")[:6]


def step_name(step: StepEntry) -> str:
    """Return the step's name, and how it failed if it did."""
    if step.error is None:
        return step.step
    return f"{step.step} {'killed' if step.error == 'Runtime.ExitError' else step.error}"


def steps_table(history: History) -> Table:
    """Return one row a step; a cell that the step changed begins with ">"."""
    table = Table(
        title="Every step: the key in each slot and under each AWS label; > is a change",
        title_style="bold",
        title_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        show_edge=False,
    )
    table.add_column("step", no_wrap=True)
    table.add_column("ms", justify="right")
    for heading in HEADINGS:
        table.add_column(heading, no_wrap=True)
    shown = 0
    for step in history.steps:
        if step.rotation != shown:
            shown = step.rotation
            table.add_section()
            table.add_row(Text(f"rotation {shown}", style="bold"))
        style = "bold red" if step.error else ""
        name = Text(f"  {step_name(step)}", style=style)
        table.add_row(name, f"{(step.ended - step.started) * 1000:.0f}", *_cells(step))
    return table


def _cells(step: StepEntry) -> list[Text]:
    return [_cell(step.before[lane], step.after[lane]) for lane in LANES]


def _cell(before: str | None, after: str | None) -> Text:
    if before == after:
        return Text(f"  {short(after)}", style="dim")
    return Text(f"> {short(after)}", style="bold green")
