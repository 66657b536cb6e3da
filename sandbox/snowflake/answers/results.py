"""Result sets, before they get their wire form."""

from __future__ import annotations

from dataclasses import dataclass

# Statement type ids are a guess; no client here reads them.
SELECT, SHOW, OTHER = 4096, 8192, 16384


@dataclass(frozen=True, slots=True)
class Column:
    """A result column: text, or a number with its precision and scale."""

    name: str
    precision: int | None = None
    scale: int | None = None

    @property
    def is_number(self) -> bool:
        """Say whether the column holds numbers."""
        return self.precision is not None


@dataclass(frozen=True, slots=True)
class ResultSet:
    """Columns and rows; a value is text or None, numbers are text too on the wire."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str | None, ...], ...]
    statement_type: int


def text_columns(*names: str) -> tuple[Column, ...]:
    """Return text columns with these names."""
    return tuple(Column(name) for name in names)


def done(message: str) -> ResultSet:
    """Return the one row with which a statement says what it did; the texts are [2nd]."""
    return ResultSet(text_columns("status"), ((message,),), OTHER)


EXECUTED = done("Statement executed successfully.")
