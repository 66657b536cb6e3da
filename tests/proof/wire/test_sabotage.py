"""A function that is wrong in one thing is found out, by the check for that thing."""

from collections.abc import Iterator

import pytest

from tests.proof.wire import crew, plan
from tests.proof.wire.fates import FATES
from tests.proof.wire.watch import FOREIGN, LEAK, LOCKOUT, STUCK

FOUND = {
    "prints_the_key": (0, LEAK),
    "prints_a_piece_in_hexadecimal": (0, LEAK),
    "promotes_before_the_login": (5, LOCKOUT),
    "unsets_the_wrong_slot": (0, LOCKOUT),
    "overwrites_a_foreign_key": (4, FOREIGN),
    "retires_nothing": (0, STUCK),
    "raises_what_it_likes": (0, STUCK),
    "dies_by_itself": (0, STUCK),
}


FINAL = next(number for number, fate in enumerate(FATES) if fate.name == "a final error")


@pytest.fixture(scope="module")
def worker() -> Iterator[crew.Worker]:
    with crew.new_bench(handler="tests.proof.wire.sabotage.lambda_handler") as bench:
        yield crew.Worker(bench)


def last_point(worker: crew.Worker, scenario: int) -> plan.Job:
    return plan.Job(scenario, len(worker.course(scenario).points) - 1, FINAL)


@pytest.mark.parametrize("variant", FOUND)
def test_is_found_out(variant: str, worker: crew.Worker) -> None:
    scenario, kind = FOUND[variant]
    job = last_point(worker, scenario)
    with worker.bench.working_wrongly(variant):
        stories = worker.run(job, until=kind)
    assert kind in {violation.kind for _, violation in stories}, stories


@pytest.mark.parametrize("scenario", sorted({scenario for scenario, _ in FOUND.values()}))
def test_without_sabotage_the_same_case_is_sound(scenario: int, worker: crew.Worker) -> None:
    assert worker.run(last_point(worker, scenario)) == []
