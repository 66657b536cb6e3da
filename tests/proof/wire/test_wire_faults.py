"""Troubles of the wire end in a named error before the deadline, and are over afterwards."""

import snowflake.connector

from tests.proof.tally import Tally
from tests.proof.wire import parts, troubles
from tests.proof.wire.wire_faults import AT_AWS, AT_SNOWFLAKE


def test_every_trouble_meets_every_step_that_talks_to_that_side() -> None:
    at_snowflake, at_aws = 3 * len(AT_SNOWFLAKE), 4 * len(AT_AWS)
    assert (at_snowflake, at_aws) == (108, 36)
    expected = at_snowflake + (at_aws if DEPLOYED_LINE else 0)
    assert len(troubles.trials(troubles.lines()[0])) == expected


def test_the_quick_troubles_lock_nobody_out_and_leave_nothing_behind() -> None:
    tally = parts.wire(long=False, progress=lambda _: None)
    assert tally == Tally("trouble on the wire", SHORT_TRIALS), tally.stories


# The older line is spared the troubles at AWS, in which the connector has no part.
DEPLOYED_LINE = snowflake.connector.__version__ >= "5"
SHORT_TRIALS = 4 if DEPLOYED_LINE else 3
