"""What a call may take at the worst, by its client's pace."""

import pytest

from rotation.aws_api import ecs, rotation_function, secret, secrets_list
from rotation.aws_api.calls import Pace


@pytest.mark.parametrize(
    ("pace", "seconds"),
    [
        # Three tries of 2 s to connect and 4 s to answer, with pauses of up to 1 and 2 s, and
        # 5 s more of each when the server asks for it.
        (secret.PACE, 31),
        # Four of 2 and 5 s, pauses of 1, 2 and 4 s, the same 5, and 2 s before each while it is
        # held back.
        (secrets_list.PACE, 58),
        (ecs.PACE, 58),
        (ecs.ROLLING_PACE, 22),
        (rotation_function.PACE, 87),
    ],
)
def test_every_try_and_every_pause_counts(pace: Pace, seconds: int) -> None:
    assert pace.longest_seconds == seconds


def test_no_call_of_a_client_that_rolls_outlasts_what_ecs_is_given() -> None:
    # EcsClusters asks for the time of its other calls before this one, too.
    assert ecs.ROLLING_PACE.longest_seconds <= ecs.PACE.longest_seconds
