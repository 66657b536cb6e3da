"""Every part of the proof at the level of the ports; the wire's parts are in tests/proof/wire."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.proof import (
    changes,
    interleavings,
    interruptions,
    lives,
    retirement_interruptions,
    retirement_overlaps,
    stale,
)
from tests.proof.tally import Tally


@dataclass(frozen=True)
class Part:
    """``run(long, progress)`` searches and calls ``progress`` with its cases so far.

    ``usual_cases`` is about what the long form tries, for the progress bar.
    """

    name: str
    run: Callable[[bool, Callable[[int], None]], Tally]
    usual_cases: int


# The longest that can't be cut come first: the other core has enough left to do then.
PARTS = (
    Part("lives", lambda long, tell: lives.run(long=long, progress=tell), 116_000),
    Part(
        "lives with tasks",
        lambda long, tell: lives.run_with_tasks(long=long, progress=tell),
        26_000,
    ),
    Part("interruptions", lambda long, tell: interruptions.run(long=long, progress=tell), 21_000),
    Part(
        "the same step at once",
        lambda long, tell: interleavings.same_step_twice(long=long, progress=tell),
        66_000,
    ),
    Part(
        "old invocations",
        lambda long, tell: interleavings.old_invocation(long=long, progress=tell),
        492_000,
    ),
    Part("hands", lambda long, tell: changes.run(long=long, progress=tell), 185_000),
    Part(
        "the retirement, interrupted",
        lambda long, tell: retirement_interruptions.run(long=long, progress=tell),
        20_000,
    ),
    Part("stale reads", lambda long, tell: stale.run(long=long, progress=tell), 30_000),
    Part(
        "others in a retirement",
        lambda long, tell: retirement_overlaps.run(long=long, progress=tell),
        10_000,
    ),
)
