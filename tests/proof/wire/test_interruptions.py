"""The function is struck at its requests, and nobody is locked out.

``make proof`` runs every fate at every point; here a plain rotation is killed after each change.
"""

from collections import Counter

import pytest

from tests.proof.tally import Tally
from tests.proof.wire import parts, plan
from tests.proof.wire.fates import FATES, QUICK
from tests.proof.wire.scenarios import SCENARIOS
from tests.proof.wire.tap import AWS


@pytest.mark.long
def test_the_points_are_those_of_recorded_runs() -> None:
    points = {course.scenario.name: len(course.points) for course in parts.recorded()}
    assert points == POINTS


@pytest.mark.long
def test_a_plain_rotation_has_14_points_at_aws_and_13_at_snowflake() -> None:
    services = Counter(point.service == AWS for point in parts.recorded()[0].points)
    assert services == {True: 14, False: 13}


@pytest.mark.long
def test_the_long_form_has_every_fate_at_every_request_and_others_where_it_comes_again() -> None:
    jobs = list(plan.jobs(parts.recorded()))
    assert len(jobs) == len(set(jobs)) == LONG_CASES
    struck = {(job.scenario, job.point) for job in jobs}
    assert len(struck) == POINTS_LIKE_NO_OTHER
    assert {job.scenario for job in jobs} == set(range(len(SCENARIOS)))
    at_first = [job.fate for job in jobs if job.scenario == 0]
    assert Counter(at_first) == dict.fromkeys(range(len(FATES)), POINTS[SCENARIOS[0].name])
    assert {FATES[job.fate] for job in jobs} == set(FATES) > set(QUICK)
    fates = Counter((job.scenario, job.point) for job in jobs)
    assert Counter(fates.values()) == {
        len(FATES): POINTS_WITH_EVERY_FATE,
        len(QUICK): POINTS_MET_AGAIN + POINTS_ON_OTHER_STACKS,
    }


def test_no_interruption_locks_out_touches_a_foreign_key_leaks_or_gets_stuck() -> None:
    done: list[int] = []
    tally = parts.interruptions(long=False, progress=done.append)
    assert tally == Tally("interrupted at a request", SHORT_CASES), tally.stories
    assert done == list(range(1, SHORT_CASES + 1))


POINTS = {
    "a rotation": 27,
    "the previous key lingers": 30,
    "an abandoned key is in the slot": 31,
    "finishSecret resumes": 18,
    "a foreign key is in the slot": 11,
    "the new key is taken away before finishSecret": 22,
    "a key with a passphrase": 27,
    "a rotation admin from a secret": 37,
    "the user's first key, by workload identity": 25,
}
POINTS_WITH_EVERY_FATE = 33
POINTS_MET_AGAIN = 40
POINTS_ON_OTHER_STACKS = 89
POINTS_LIKE_NO_OTHER = POINTS_WITH_EVERY_FATE + POINTS_MET_AGAIN + POINTS_ON_OTHER_STACKS
LONG_CASES = 621
SHORT_CASES = 5
