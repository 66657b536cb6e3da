"""What was run, as a table, and in one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.clients.judgement import Result
    from tests.clients.model import Client, Form

_HEADINGS = ("client", "version", "setting", "field of the secret", "key", "result")


@dataclass(frozen=True, slots=True)
class Row:
    """One form of one client, and how it ended."""

    client: Client
    form: Form
    result: Result


def report(
    versions: Mapping[Client, Sequence[str]], rows: Sequence[Row], not_run: Mapping[Client, str]
) -> int:
    """Print all of it and return the exit status: 1 when a form failed."""
    console = Console(highlight=False, markup=False, width=150)
    table = Table(*_HEADINGS)
    for client, found in versions.items():
        table.add_section()
        for row in (each for each in rows if each.client is client):
            key = "encrypted" if row.form.encrypted else "plain"
            text = Text(row.result.text, style="" if row.result.good else "red")
            table.add_row(client.name, found[0], row.form.name, row.form.field, key, text)
    for client, reason in not_run.items():
        table.add_section()
        table.add_row(client.name, "-", "-", "-", "-", Text(f"not run: {reason}", style="yellow"))
    console.print(table)
    for client, found in versions.items():
        named = zip(client.packages, found, strict=True)
        console.print(f"{client.name}: {', '.join(' '.join(each) for each in named)}")
    failed = sum(not row.result.good for row in rows)
    console.print(f"clients: {len(rows)} forms, {failed} failed; {len(not_run)} clients not run")
    return 1 if failed else 0
