"""Runs cases on several benches at once: threads in two processes.

A case is sent as three numbers, and recorded anew by whoever runs it: the fates hold
functions, and a course belongs to the stack that it was recorded on.
"""

from __future__ import annotations

import multiprocessing
import queue
import sys
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeVar

from tests.proof.tally import Tally
from tests.proof.wire.bench import LOUD, Bench
from tests.proof.wire.fates import FATES
from tests.proof.wire.interruptions import Case, run_case
from tests.proof.wire.scenarios import SCENARIOS, Course, beginning, record
from tests.proof.wire.watch import FOREIGN, LEAK, LIMIT, LOCKOUT, STUCK, Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tests.proof.wire.plan import Job

Thing = TypeVar("Thing")
PROCESSES = 2
# Of each process. Cases that do not wait keep a core busy: more at once would only be slower.
THREADS, WAITING_THREADS = 2, 4

Story = tuple[str, Violation]
_COLUMNS = {
    LOCKOUT: "lockouts",
    FOREIGN: "foreign_keys_touched",
    LEAK: "leaks",
    STUCK: "stuck",
    LIMIT: "limits",
}


@dataclass
class Worker:
    """One bench and the courses recorded on it so far."""

    bench: Bench
    courses: dict[int, Course] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Remember the fresh stack."""
        self._beginning = beginning(self.bench)

    def course(self, scenario: int) -> Course:
        """Record a scenario, once."""
        if scenario not in self.courses:
            self.courses[scenario] = record(self.bench, SCENARIOS[scenario], self._beginning)
        return self.courses[scenario]

    def run(self, job: Job, until: str | None = None) -> list[Story]:
        """Run one case, at most until this kind of violation, and tell what went wrong."""
        course = self.course(job.scenario)
        case = Case(course, course.points[job.point], FATES[job.fate])
        return [(str(case), violation) for violation in run_case(self.bench, case, until)]


def new_bench(*, timeout_seconds: float = 60, **stack: Any) -> Bench:  # noqa: ANN401
    """Return a bench, not yet entered, that logs all it can."""
    return Bench(environment=LOUD, timeout_seconds=timeout_seconds, **stack)


def record_all() -> Iterator[Course]:
    """Record every scenario once, each on a stack of its kind."""
    for options, numbers in _by_stack(range(len(SCENARIOS)), lambda number: number):
        with new_bench(**options) as bench:
            worker = Worker(bench)
            yield from (worker.course(number) for number in numbers)


def _by_stack(
    things: Iterable[Thing], scenario_of: Callable[[Thing], int]
) -> Iterator[tuple[Mapping[str, Any], Iterator[Thing]]]:
    """Put neighbours together whose scenarios need the same kind of stack."""
    return groupby(things, lambda thing: SCENARIOS[scenario_of(thing)].stack)


def run_jobs(todo: Sequence[Job], threads: int, done: Callable[[], None]) -> list[Story]:
    """Run cases on as many benches as there are threads, in this process."""

    def work(part: Sequence[Job]) -> list[Story]:
        stories: list[Story] = []
        for options, same in _by_stack(part, lambda job: job.scenario):
            with new_bench(**options) as bench:
                worker = Worker(bench)
                for job in same:
                    stories += worker.run(job)
                    done()
        return stories

    with ThreadPoolExecutor(threads) as pool:
        return [story for stories in pool.map(work, cut(todo, threads)) for story in stories]


def cut(todo: Sequence[Job], parts: int) -> list[Sequence[Job]]:
    """Cut a list into stretches: neighbours share a scenario, which is recorded once for them."""
    size = -(-len(todo) // parts)
    return [todo[start : start + size] for start in range(0, len(todo), size)]


def run_in_processes(todo: Sequence[Job], done: Callable[[], None]) -> list[Story]:
    """Run cases on both cores, those first that wait; ``done`` is called after each."""
    context = multiprocessing.get_context("spawn")
    ended = context.Queue()
    waiting = [job for job in todo if FATES[job.fate].waits]
    busy = [job for job in todo if not FATES[job.fate].waits]
    with ProcessPoolExecutor(PROCESSES, context, _set_up, (ended,)) as pool:
        parts = [pool.submit(_run_part, part, WAITING_THREADS) for part in cut(waiting, PROCESSES)]
        parts += [pool.submit(_run_part, part, THREADS) for part in cut(busy, PROCESSES)]
        stop = threading.Event()
        teller = threading.Thread(target=_tell, args=(ended, done, stop))
        teller.start()
        try:
            return [story for part in parts for story in part.result()]
        finally:
            stop.set()
            teller.join()


def tally(kind: str, cases: int, stories: Sequence[Story]) -> Tally:
    """Count stories into the columns of the proof's table."""
    counted = Tally(kind, cases)
    for case, violation in stories:
        column = _COLUMNS[violation.kind]
        setattr(counted, column, getattr(counted, column) + 1)
        if violation.kind == LIMIT:
            counted.limit_stories.setdefault(case, (case, violation.what))
        else:
            counted.stories.append(f"{case}: {violation.kind}: {violation.what}")
    return counted


_ended: list[multiprocessing.Queue[int]] = []


def take_short_turns() -> None:
    """Let the threads of this process change every millisecond, not every five.

    Servers answer in some of them while others search for leaks; one that waits for its turn too
    often lets a client's time-out pass.
    """
    sys.setswitchinterval(0.001)


def _set_up(ended: multiprocessing.Queue[int]) -> None:
    take_short_turns()
    _ended.append(ended)


def _run_part(todo: Sequence[Job], threads: int) -> list[Story]:
    return run_jobs(todo, threads, lambda: _ended[0].put(1))


def _tell(
    ended: multiprocessing.Queue[int], done: Callable[[], None], stop: threading.Event
) -> None:
    while not (stop.is_set() and ended.empty()):
        try:
            ended.get(timeout=0.2)
        except queue.Empty:
            continue
        done()
