"""Runs of the built artefact, as numbers. Times in seconds, memory in MB of 2**20 bytes."""

import statistics
import subprocess
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from artefact.launcher import Launcher, launched
from artefact.metrics import metric
from artefact.stack import BuiltStack
from layers.built import BuiltFunction

UNHURRIED_SECONDS = 900.0  # a throttled step must not run into its time-out here
_KEYS = """
import sys, time
sys.path[:0] = sys.argv[3:]
from rotation.keys.pair import generate
for _ in range(int(sys.argv[2])):
    started = time.process_time()
    generate(int(sys.argv[1]))
    print(time.process_time() - started)
"""


@dataclass
class Series:
    """Values of one kind."""

    values: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.values)

    @property
    def longest(self) -> float:
        """The greatest one."""
        return max(self.values)

    def quantile(self, share: float) -> float:
        """Return the value that ``share`` of the values don't exceed."""
        ordered = sorted(self.values)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass
class Run:
    """What was measured with one key size and one memory size; None: a whole CPU, no limit.

    ``init`` is from the start of the process to the call of the handler, ``warm`` and ``cold`` are
    the invocations by step, without init.
    """

    key_size: int
    memory_mb: int | None
    init: Series = field(default_factory=Series)
    cold: dict[str, Series] = field(default_factory=lambda: defaultdict(Series))
    warm: dict[str, Series] = field(default_factory=lambda: defaultdict(Series))
    peak_memory_mb: float = 0.0

    def longest(self, step: str) -> float:
        """Return the longest that a step took, in a new process or in a warm one."""
        return max(self.cold[step].longest, self.warm[step].longest)


@dataclass(frozen=True)
class Plan:
    """``cold`` rotations with a process for every step, then ``warm`` ones in one process."""

    functions: list[BuiltFunction]
    python: Path
    cold: int
    warm: int


def measure(plan: Plan, key_size: int, memory_mb: int | None) -> Run:
    """Rotate as the plan says. Raises RuntimeError when a rotation fails."""
    run = Run(key_size, memory_mb)
    with launched(plan.python, memory_mb) as launcher, _stack(plan, launcher, key_size) as stack:
        stack.attach()
        stack.always_cold = True
        _rotations(stack, plan.cold, run)
        stack.always_cold = False
        _rotations(stack, plan.warm, run)
        run.peak_memory_mb = launcher.peak_memory_mb()
    return run


def key_generation(function: BuiltFunction, python: Path, key_size: int, count: int) -> Series:
    """Generate ``count`` keys with the built artefact; the CPU time of each."""
    paths = [str(path) for path in (function.code, *function.import_paths)]
    command = [str(python), "-I", "-B", "-c", _KEYS, str(key_size), str(count), *paths]
    output = subprocess.check_output(command, text=True)  # noqa: S603 - our own arguments
    return Series([float(line) for line in output.split()])


def _rotations(stack: BuiltStack, count: int, run: Run) -> None:
    for _ in range(count):
        stack.invocations.clear()
        outcome = stack.rotate()
        if not outcome.succeeded:
            raise RuntimeError(f"a rotation failed: {outcome}")
        for step, invocation in zip(outcome.steps, stack.invocations, strict=True):
            if invocation.cold_start:
                own = metric(invocation.log, "StepSeconds") or 0.0
                run.init.values.append(invocation.seconds - own)
                run.cold[step.step].values.append(own)
            else:
                run.warm[step.step].values.append(invocation.seconds)


def _stack(plan: Plan, launcher: Launcher, key_size: int) -> BuiltStack:
    return BuiltStack(
        functions=plan.functions,
        python=launcher.write(),
        environment={"KEY_SIZE": str(key_size)},
        timeout_seconds=UNHURRIED_SECONDS,
    )
