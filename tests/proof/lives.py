"""Runs many random lives (life.py) and counts their steps."""

from collections.abc import Callable

from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.proof.life import Life, ViolationError
from tests.proof.life_with_tasks import LifeOfAReplica, LifeWithTasks
from tests.proof.tally import Tally

Progress = Callable[[int], None]


def run_lives(  # noqa: PLR0913 (each caller varies one of them)
    lives: int,
    rules_a_life: int,
    tally: Tally,
    progress: Progress = lambda _: None,
    *,
    same_each_time: bool = True,
    shrink: bool = True,
    kind: type[Life] = Life,
) -> None:
    """Run so many lives; the first broken one is shrunk and kept as a story."""

    class Counted(kind):  # type: ignore[valid-type,misc]
        """The machine with this run's tally."""

    Counted.tally = tally
    Counted.progress = staticmethod(progress)
    chosen = settings(
        max_examples=lives,
        stateful_step_count=rules_a_life,
        deadline=None,
        database=None,
        derandomize=same_each_time,
        verbosity=Verbosity.quiet,
        phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    try:
        run_state_machine_as_test(Counted, settings=chosen)
    except ViolationError as error:
        tally.record(error.violation)


_SHORT, _LONG = (8, 30), (900, 50)
_SHORT_WITH_TASKS, _LONG_WITH_TASKS = (6, 30), (250, 45)
_SHORT_OF_A_REPLICA, _LONG_OF_A_REPLICA = (3, 30), (80, 45)


def run(*, long: bool, progress: Progress = lambda _: None) -> Tally:
    """Short: a few lives, the same ones each time. Long: other ones, over 100,000 steps."""
    tally = Tally("random lives (steps)")
    lives, rules = _LONG if long else _SHORT
    run_lives(lives, rules, tally, progress, same_each_time=not long)
    return tally


def run_with_tasks(*, long: bool, progress: Progress = lambda _: None) -> Tally:
    """Run lives in which old keys stay for tasks and replicas. Long: over 20,000 steps."""
    tally = Tally("lives with tasks (steps)")
    kinds: dict[type[Life], tuple[int, int]] = {
        LifeWithTasks: _LONG_WITH_TASKS if long else _SHORT_WITH_TASKS,
        LifeOfAReplica: _LONG_OF_A_REPLICA if long else _SHORT_OF_A_REPLICA,
    }
    for kind, (lives, rules) in kinds.items():
        run_lives(lives, rules, tally, progress, same_each_time=not long, kind=kind)
    return tally
