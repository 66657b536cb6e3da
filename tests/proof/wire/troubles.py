"""Runs the troubles of the wire: each at each step, on each line of the connector."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.proof.wire.bench import LOUD, STEPS, Bench
from tests.proof.wire.interruptions import recover, require_answers, shown
from tests.proof.wire.scenarios import SCENARIOS, Course, beginning, record
from tests.proof.wire.watch import LIMIT, STUCK, Violation
from tests.proof.wire.wire_faults import AT_AWS, AT_SNOWFLAKE, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sandbox.aws.lambda_runtime.invocation import Invocation

TRIALS_OF_A_BENCH = 16
TIMED_OUT = "Sandbox.Timedout"
# As template.yaml has it.
TIMEOUT_SECONDS = 60
ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Line:
    """A line of the connector, and the interpreter that has it."""

    name: str
    python: str


# What no time-out of a client ends: for docs/limits.md. Lambda's own deadline does, and the next
# try finds whatever state that left.
LIMITS = {
    "AWS drips": "boto3 starts its time-out anew with every byte",
    "connector 4.x; replies drip": "connector 4.x starts its time-out anew with every byte",
    "connector 4.x; session expired, for good": "connector 4.x renews the session without end",
}
OTHER_LINE = Line("connector 4.x", str(ROOT / ".venv-connector-4/bin/python"))


def lines() -> list[Line]:
    """Return the line of this interpreter, and the other where it is installed."""
    import snowflake.connector  # noqa: PLC0415 - slow, and not needed for the rest

    major = int(str(snowflake.connector.__version__).partition(".")[0])
    own = Line(f"connector {major}.x", sys.executable)
    there = own.name != OTHER_LINE.name and Path(OTHER_LINE.python).exists()
    return [own, OTHER_LINE] if there else [own]


@dataclass(frozen=True)
class Trial:
    """A trouble that begins right before a step."""

    line: Line
    trouble: Trouble
    step: str

    def __str__(self) -> str:
        """Tell the case in one line."""
        return f"{self.line.name}; {self.trouble.name}; {self.step}"


def _limit(trial: Trial) -> str | None:
    return LIMITS.get(trial.trouble.name) or LIMITS.get(f"{trial.line.name}; {trial.trouble.name}")


def trials(line: Line) -> list[Trial]:
    """Return every trouble with every step that talks to the side that has it.

    The connector has no part in troubles at AWS: the other line is spared those.
    """
    at_snowflake = [Trial(line, one, step) for one in AT_SNOWFLAKE for step in STEPS[1:]]
    at_aws = [Trial(line, one, step) for one in AT_AWS for step in STEPS]
    return at_snowflake + (at_aws if line != OTHER_LINE else [])


def run_trials(
    todo: Sequence[Trial], threads: int, done: Callable[[], None]
) -> list[tuple[str, Violation]]:
    """Run trials that mostly wait, several at once, grouped by what the function needs."""
    groups: dict[tuple[object, ...], list[Trial]] = {}
    for trial in todo:
        groups.setdefault(_needs(trial), []).append(trial)
    parts = [part for group in groups.values() for part in _spread(group)]

    def work(part: Sequence[Trial]) -> list[tuple[str, Violation]]:
        return _run_group(part, done)

    with ThreadPoolExecutor(threads) as pool:
        return [story for stories in pool.map(work, parts) for story in stories]


def _spread(group: Sequence[Trial]) -> list[Sequence[Trial]]:
    """Deal a group out, so that neighbours, which take equally long, run side by side."""
    hands = -(-len(group) // TRIALS_OF_A_BENCH)
    return [group[hand::hands] for hand in range(hands)]


def _needs(trial: Trial) -> tuple[object, ...]:
    environment = tuple(sorted(trial.trouble.environment.items()))
    return trial.line, environment


def _run_group(group: Sequence[Trial], done: Callable[[], None]) -> list[tuple[str, Violation]]:
    line, trouble = group[0].line, group[0].trouble
    stories = []
    # Its function meets no trouble: it records the course and repeats the steps afterwards.
    with Bench(environment=LOUD, python=line.python, timeout_seconds=TIMEOUT_SECONDS) as sound:
        course = record(sound, SCENARIOS[0], beginning(sound))
        spoiled = sound.another_function(trouble.environment)
        with spoiled:
            for trial in group:
                found = _run(sound, course, trial, spoiled.invoke)
                stories += [(str(trial), violation) for violation in found]
                done()
    return stories


def _run(
    bench: Bench, course: Course, trial: Trial, invoke: Callable[[object], Invocation]
) -> list[Violation]:
    bench.restore(course.states[trial.step])
    clock = bench.account.clock
    trial.trouble.begin(bench)
    answer = invoke(bench.event(trial.step))
    bench.invocations.append(answer)
    bench.account.clock = clock
    bench.calm()
    name = answer.error_field("errorType")
    limit = _limit(trial) if name == TIMED_OUT else None
    if limit:
        bench.watch.blame(LIMIT, f"{limit}; Lambda ended it after {answer.seconds:.0f} s")
    elif name is not None and name not in trial.trouble.errors:
        bench.watch.blame(STUCK, f"{shown(answer)}, after {answer.seconds:.1f} s")
    require_answers(bench, frozenset({TIMED_OUT} if limit else ()))
    recover(bench)
    return list(bench.watch.found)
