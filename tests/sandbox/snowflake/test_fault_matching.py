"""Which requests a fault hits."""

from __future__ import annotations

import pytest

from sandbox.snowflake import Fault, Kind, Unavailable
from sandbox.snowflake.faults import Faults

DOWN = Unavailable()


def hits(fault: Fault, requests: list[tuple[Kind, str | None]]) -> list[bool]:
    faults = Faults()
    faults.add(fault)
    return [bool(faults.take(kind, sql)) for kind, sql in requests]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault(Kind.LOGIN, DOWN), [True, False, False, False]),
        (Fault(Kind.LOGIN, DOWN, times=2), [True, True, False, False]),
        (Fault(Kind.LOGIN, DOWN, times=None), [True, True, True, True]),
        (Fault(Kind.LOGIN, DOWN, nth=2), [False, True, False, False]),
        (Fault(Kind.LOGIN, DOWN, nth=3, times=None), [False, False, True, True]),
        (Fault(Kind.ANY, DOWN), [True, False, False, False]),
        (Fault(Kind.STATEMENT, DOWN, times=None), [False, False, False, False]),
        (Fault(Kind.LOGIN, DOWN, pattern="x", times=None), [False, False, False, False]),
    ],
)
def test_how_often_a_fault_hits(fault: Fault, expected: list[bool]) -> None:
    assert hits(fault, [(Kind.LOGIN, None)] * 4) == expected


def test_a_pattern_counts_only_the_statements_that_hold_it() -> None:
    fault = Fault(Kind.STATEMENT, DOWN, pattern=r"alter user \w+ set", nth=2)
    sqls = ["DESC USER u", "ALTER USER u SET x", "ALTER USER u UNSET x", "ALTER USER u SET x"]

    statements: list[tuple[Kind, str | None]] = [(Kind.STATEMENT, sql) for sql in sqls]
    assert hits(fault, statements) == [False, False, False, True]
