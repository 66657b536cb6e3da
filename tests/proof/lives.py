"""Long random lives: weeks of rotations, faults, duplicates and hands, as Hypothesis shuffles.

A rule is a step: an effect of a running invocation, a call of the service, a fault, or a
hand. Whatever happened, the life ends with everything settled.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from rotation.model import Step
from tests.proof import faults, service
from tests.proof.actors import Hand
from tests.proof.effects import advance, begin
from tests.proof.hands import HANDS
from tests.proof.tally import Tally
from tests.proof.world import APP, Violation, World, new_world

if TYPE_CHECKING:
    from tests.proof.invocation import Invocation

Progress = Callable[[int], None]
_FAULTS = tuple(
    dict.fromkeys(
        fault
        for port in ("secret", "snowflake", "session")
        for fault in faults.of_effect(port, "any")
    )
)
_MOST_RUNNING = 3


class ViolationError(AssertionError):
    """A story that broke an invariant."""

    def __init__(self, violation: Violation) -> None:
        super().__init__("\n".join(violation.story))
        self.violation = violation


class Life(RuleBasedStateMachine):
    """One secret and one user through many weeks.

    ``version_id`` is the token of the service's latest rotation; ``running`` are invocations
    that have not ended, also ones that the service has forgotten.
    """

    tally = Tally("random lives")
    progress: Progress = staticmethod(lambda _: None)

    def __init__(self) -> None:
        super().__init__()
        self.world: World = new_world()
        self.version_id = ""
        self.running: list[Invocation] = []

    @rule()
    def whole_rotation(self) -> None:
        """The schedule comes due, or the service retries."""
        if version_id := service.rotate(self.world):
            self.version_id = version_id
            service.attempt(self.world, version_id)
        self._count(4)

    @rule(step=st.sampled_from(Step), position=st.integers(0, 9), fault=st.sampled_from(_FAULTS))
    def interrupted_rotation(self, step: Step, position: int, fault: faults.Fault) -> None:
        """A rotation is struck by a fault that its effect may have."""
        if version_id := service.rotate(self.world):
            self.version_id = version_id
            service.attempt(self.world, version_id, {step: {position: fault}})
        self._count(4)

    @rule()
    def rotation_begins(self) -> None:
        self.version_id = service.rotate(self.world) or self.version_id
        self._count(1)

    @precondition(lambda self: self.version_id and len(self.running) < _MOST_RUNNING)
    @rule(step=st.sampled_from(Step))
    def a_step_is_called(self, step: Step) -> None:
        """Out of order too: somebody else may call the function."""
        if service.may_go_on(self.world, APP, self.version_id):
            self.running.append(begin(self.world, APP, step, self.version_id))
        self._count(1)

    @precondition(lambda self: self.running)
    @rule(which=st.integers(0, _MOST_RUNNING - 1), effects=st.integers(1, 12))
    def a_step_goes_on(self, which: int, effects: int) -> None:
        index = which % len(self.running)
        after = advance(self.world, self.running.pop(index), effects)
        if after.outcome is None:
            self.running.insert(index, after)
        self._count(1)

    @precondition(lambda self: self.running)
    @rule()
    def a_step_dies(self) -> None:
        self.running.pop()
        self._count(1)

    @rule(hand=st.sampled_from(HANDS))
    def somebody_acts(self, hand: Hand) -> None:
        self.world.tell(hand.name)
        hand.act(self.world)
        self._count(1)

    @rule()
    def everything_settles(self) -> None:
        """No faults for a while, and people do as they are told."""
        service.settle(self.world, remedies_allowed=True)
        self._count(4)

    def teardown(self) -> None:
        self.running.clear()
        service.settle(self.world, remedies_allowed=True)
        self._count(4)

    def _count(self, steps: int) -> None:
        self.tally.cases += steps
        self.progress(self.tally.cases)
        for violation in self.world.violations:
            if not violation.overtaken:
                raise ViolationError(violation)
            self.tally.record(violation)
        self.world.violations = ()


def run_lives(
    lives: int,
    rules_a_life: int,
    tally: Tally,
    progress: Progress = lambda _: None,
    *,
    same_each_time: bool = True,
    shrink: bool = True,
) -> None:
    """Run so many lives; the first broken one is shrunk and kept as a story."""

    class Counted(Life):
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


def run(*, long: bool, progress: Progress = lambda _: None) -> Tally:
    """Short: a few lives, the same ones each time. Long: other ones, over 100,000 steps."""
    tally = Tally("random lives, in steps")
    lives, rules = _LONG if long else _SHORT
    run_lives(lives, rules, tally, progress, same_each_time=not long)
    return tally
