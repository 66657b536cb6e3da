"""The steps as a table: what each took, found and left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from sandbox.programs.demo.history import LANES

if TYPE_CHECKING:
    from sandbox.programs.demo.history import History, StepEntry

__all__ = ["short", "steps_table"]

HEADINGS = ("slot one", "slot two", "AWSCURRENT", "AWSPENDING", "AWSPREVIOUS")


def short(fingerprint: str | None) -> str:
    """Return enough of a fingerprint to tell keys apart, a dash for none."""
    return "-" if fingerprint is None else fingerprint.removeprefix("SHA256:")[:6]


def steps_table(history: History) -> Table:
    """Return one row a step; what a step changed is shown as before > after."""
    table = Table(title="Every step: the key in each slot and under each label", title_style="bold")
    table.add_column("step")
    table.add_column("ms", justify="right")
    for heading in HEADINGS:
        table.add_column(heading)
    shown = 0
    for step in history.steps:
        if step.rotation != shown:
            shown = step.rotation
            table.add_section()
            table.add_row(Text(f"rotation {shown}", style="bold"))
        table.add_row(_name(step), f"{(step.ended - step.started) * 1000:.0f}", *_cells(step))
    return table


def _name(step: StepEntry) -> Text:
    if step.error is None:
        return Text(f"  {step.step}")
    killed = step.error == "Runtime.ExitError"
    return Text(f"  {step.step} {'killed' if killed else step.error}", style="bold red")


def _cells(step: StepEntry) -> list[Text]:
    return [_cell(step.before[lane], step.after[lane]) for lane in LANES]


def _cell(before: str | None, after: str | None) -> Text:
    if before == after:
        return Text(short(after), style="dim")
    return Text(f"{short(before)} > {short(after)}", style="bold green")
