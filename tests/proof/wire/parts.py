"""The parts of the proof that go over the wire, for ``python -m tests.proof``.

Each is called with ``long`` and a function that is told the number of cases so far.
"""

from __future__ import annotations

import functools
import threading
from typing import TYPE_CHECKING

from tests.proof.parts import Part
from tests.proof.wire import crew, fuzzing, plan, troubles

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.proof.tally import Tally
    from tests.proof.wire.scenarios import Course

    Progress = Callable[[int], None]

LONG_EXAMPLES, SHORT_EXAMPLES = 1000, 50
SHORT_TROUBLES = {
    ("cut after at a statement", "setSecret"),
    ("session expired, once", "setSecret"),
    ("the clocks differ by an hour", "testSecret"),
    ("AWS denies", "finishSecret"),
}
# Of the short form, beside other tests; of the long one, whose cases mostly wait for a time-out.
THREADS, WAITING_THREADS = 1, 10


class Counted:
    """Counts cases from several threads and tells of their sum."""

    def __init__(self, progress: Progress) -> None:
        self.cases = 0
        self._progress = progress
        self._lock = threading.Lock()

    def add(self) -> None:
        """One more case has ended."""
        with self._lock:
            self.cases += 1
            self._progress(self.cases)


@functools.cache
def recorded() -> tuple[Course, ...]:
    """Record every scenario once."""
    return tuple(crew.record_all())


def interruptions(*, long: bool, progress: Progress) -> Tally:
    """Strike at every request of every scenario, with the fates that plan.py says."""
    done = Counted(progress)
    if not long:
        return crew.tally("interrupted at a request", *_short_interruptions(done.add))
    todo = list(plan.jobs(recorded()))
    return crew.tally("interrupted at a request", len(todo), crew.run_in_processes(todo, done.add))


def _short_interruptions(done: Callable[[], None]) -> tuple[int, list[crew.Story]]:
    """Return the number of cases, and what went wrong."""
    stories: list[crew.Story] = []
    with crew.new_bench() as bench:
        worker = crew.Worker(bench)
        todo = plan.short_jobs(worker.course(0))
        for job in todo:
            stories += worker.run(job)
            done()
    return len(todo), stories


def wire(*, long: bool, progress: Progress) -> Tally:
    """Every trouble of networks and servers, at every step, on both lines of the connector."""
    crew.take_short_turns()
    todo = [trial for line in troubles.lines() for trial in troubles.trials(line)]
    if not long:
        own = troubles.trials(troubles.lines()[0])
        todo = [one for one in own if (one.trouble.name, one.step) in SHORT_TROUBLES]
    stories = troubles.run_trials(todo, WAITING_THREADS if long else THREADS, Counted(progress).add)
    return crew.tally("trouble on the wire", len(todo), stories)


def bad_input(*, long: bool, progress: Progress) -> Tally:
    """Events and secrets that nobody should send."""
    done = Counted(progress)
    with crew.new_bench() as bench:
        state = crew.Worker(bench).course(0).states["setSecret"]
        examples = LONG_EXAMPLES if long else SHORT_EXAMPLES
        stories = fuzzing.fuzz(bench, state, examples, done.add)
    return crew.tally("bad events and secrets", done.cases, stories)


PARTS = (
    Part(
        "interrupted at a request",
        lambda long, tell: interruptions(long=long, progress=tell),
        604,
    ),
    Part("trouble on the wire", lambda long, tell: wire(long=long, progress=tell), 252),
    Part(
        "bad events and secrets",
        lambda long, tell: bad_input(long=long, progress=tell),
        2 * LONG_EXAMPLES,
    ),
)
