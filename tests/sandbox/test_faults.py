"""Which calls a fault hits; what each effect does is shown at each server."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.faults import ANY, Faults, Unavailable

DOWN = Unavailable()


def hits(asked: str, options: dict[str, Any], calls: list[tuple[str, str | None]]) -> list[bool]:
    faults = Faults()
    faults.add(asked, DOWN, **options)
    return [bool(faults.take(operation, subject).due) for operation, subject in calls]


@pytest.mark.parametrize(
    ("operation", "options", "expected"),
    [
        ("login", {}, [True, False, False, False]),
        ("login", {"times": 2}, [True, True, False, False]),
        ("login", {"times": None}, [True, True, True, True]),
        ("login", {"skip": 1}, [False, True, False, False]),
        ("login", {"skip": 2, "times": None}, [False, False, True, True]),
        (ANY, {}, [True, False, False, False]),
        ("statement", {"times": None}, [False, False, False, False]),
        ("login", {"about": "x", "times": None}, [False, False, False, False]),
    ],
)
def test_how_often_a_fault_hits(
    operation: str, options: dict[str, Any], expected: list[bool]
) -> None:
    assert hits(operation, options, [("login", None)] * 4) == expected


def test_only_calls_whose_subject_it_is_about_count() -> None:
    sqls = ["DESC USER u", "ALTER USER u SET x", "ALTER USER u UNSET x", "ALTER USER u SET x"]
    about = {"about": r"alter user \w+ set", "skip": 1}
    calls: list[tuple[str, str | None]] = [("statement", sql) for sql in sqls]
    assert hits("statement", about, calls) == [False, False, False, True]


def test_two_that_hit_one_call_are_due_in_the_order_they_were_added() -> None:
    faults = Faults()
    faults.add("login", Unavailable(501))
    faults.add(ANY, Unavailable(502))
    effects = [effect for _, effect in faults.take("login", None).due]
    assert effects == [Unavailable(501), Unavailable(502)]
