"""Troubles of the wire end in a named error before the deadline, and are over afterwards."""

from tests.proof.tally import Tally
from tests.proof.wire import parts, troubles
from tests.proof.wire.wire_faults import AT_AWS, AT_SNOWFLAKE


def test_every_trouble_meets_every_step_that_talks_to_that_side() -> None:
    line = troubles.lines()[0]
    assert len(troubles.trials(line)) == 3 * len(AT_SNOWFLAKE) + 4 * len(AT_AWS) == TRIALS


def test_the_quick_troubles_lock_nobody_out_and_leave_nothing_behind() -> None:
    tally = parts.wire(long=False, progress=lambda _: None)
    assert tally == Tally("trouble on the wire", SHORT_TRIALS), tally.stories


TRIALS = 144
SHORT_TRIALS = 13
