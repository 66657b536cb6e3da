"""Pages that are written by the code say what the code does."""

from pathlib import Path

from rotation.rules.words import Step
from tests.proof import state_machine, what_if

DOCS = Path(__file__).parents[2] / "docs"


def test_what_if_is_what_happens() -> None:
    assert (DOCS / "what-if.md").read_text() == what_if.page()


def test_the_state_machine_is_the_one_that_decides() -> None:
    assert (DOCS / "state-machine.md").read_text() == state_machine.page()


def test_the_retry_ends_every_interruption() -> None:
    rows = list(what_if.rows())
    assert {row.step for row in rows} == set(Step)
    assert all(row.operator.startswith("nothing") for row in rows)
    assert not [row for row in rows if row.consumers.startswith("yes")]
