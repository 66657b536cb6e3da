"""Long random lives: weeks of rotations, faults, duplicates and hands, as Hypothesis shuffles.

A rule is a step: an effect of a running invocation, a call of the service, a fault, or a
hand. Whatever happened, the life ends with everything settled.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from rotation.rules.words import Step
from tests.proof import faults, service
from tests.proof.actors import Hand
from tests.proof.after_promotion import AfterPromotion
from tests.proof.effects import advance, begin
from tests.proof.hands import BREAKING, FORGETS, ON_ADMIN, PASSING
from tests.proof.tally import Tally
from tests.proof.world import (
    APP,
    Violation,
    World,
    administered_world,
    new_world,
    world_without_key,
)

if TYPE_CHECKING:
    from tests.proof.invocation import Invocation

Progress = Callable[[int], None]
_FAULTS = tuple(
    dict.fromkeys(
        fault
        for port in ("secret", "snowflake", "session", "admin", "admin session")
        for fault in faults.of_effect(port, "any")
    )
)
_WORLDS = (new_world, administered_world, world_without_key)
_MOST_RUNNING = 3
_EVERY_EFFECT = 20


class ViolationError(AssertionError):
    """A story that broke an invariant."""

    def __init__(self, violation: Violation) -> None:
        super().__init__("\n".join(violation.story))
        self.violation = violation


class Life(RuleBasedStateMachine):
    """One secret and one user through many weeks.

    ``version_id`` is the token of the service's latest rotation, ``in_turn`` the invocation
    that it waits for; ``running`` are others that have not ended: doubles, forgotten ones.
    """

    tally = Tally("random lives")
    progress: Progress = staticmethod(lambda _: None)

    def __init__(self) -> None:
        super().__init__()
        self.world: World = new_world()
        self.version_id = ""
        self.running: list[Invocation] = []
        self.in_turn: Invocation | None = None
        self.next_step = 0

    @initialize(build=st.sampled_from(_WORLDS), form=st.sampled_from(AfterPromotion))
    def begins(self, build: Callable[[], World], form: AfterPromotion) -> None:
        """The user alters itself or a rotation admin does, or it has no key yet."""
        self.world = build()
        self.world.app.after_promotion = form

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
        self._begins()
        self._count(1)

    def _begins(self) -> None:
        self.version_id = service.rotate(self.world) or self.version_id
        self.next_step = 0
        if self.in_turn is not None:
            self.running = [*self.running, self.in_turn][-_MOST_RUNNING:]
            self.in_turn = None

    @rule(effects=st.integers(1, 5))
    def the_rotation_goes_on(self, effects: int) -> None:
        """So many effects, of a step or two."""
        self._goes_on(effects)
        self._count(1)

    @rule(steps=st.integers(1, 3))
    def the_rotation_comes_to_the_next_step(self, steps: int) -> None:
        for _ in range(steps):
            self._goes_on(_EVERY_EFFECT)
        self._count(steps)

    def _goes_on(self, effects: int) -> None:
        if self.in_turn is None and not self._calls_the_next_step():
            self._begins()
            self._calls_the_next_step()
        if self.in_turn is not None:
            after = advance(self.world, self.in_turn, effects)
            self.in_turn = after if after.outcome is None else None
            if after.outcome is not None:
                self.next_step = 0 if after.failed else self.next_step + 1
                if self.next_step == len(service.STEPS):
                    self.world.app.completed()

    def _calls_the_next_step(self) -> bool:
        over = self.next_step == len(service.STEPS) or not self.version_id
        if over or not service.may_go_on(self.world, APP, self.version_id):
            return False
        step = service.STEPS[self.next_step]
        self.in_turn = begin(self.world, APP, step, self.version_id)
        return True

    @precondition(lambda self: self.version_id and len(self.running) < _MOST_RUNNING)
    @rule(step=st.sampled_from(Step))
    def a_step_is_called(self, step: Step) -> None:
        """Out of order too: somebody else may call the function."""
        if service.may_go_on(self.world, APP, self.version_id):
            self.running.append(begin(self.world, APP, step, self.version_id))
        self._count(1)

    @precondition(lambda self: self.running)
    @rule(which=st.integers(0, _MOST_RUNNING - 1), effects=st.integers(1, 8))
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

    @rule(hand=st.sampled_from(PASSING), effects=st.integers(0, 3))
    def somebody_acts(self, hand: Hand, effects: int) -> None:
        """A hand, and the rotation goes on at once."""
        self._acts(hand)
        if effects:
            self._goes_on(effects)
        self._count(1 + bool(effects))

    @rule(hand=st.sampled_from((*BREAKING, *ON_ADMIN)), effects=st.integers(1, 30))
    def something_breaks_and_is_repaired(self, hand: Hand, effects: int) -> None:
        self._acts(hand)
        self._goes_on(effects)
        self._settles()
        self._count(6)

    def _acts(self, hand: Hand) -> None:
        self.world.tell(hand.name)
        if hand is FORGETS:
            self._invocations_end()
        hand.act(self.world)

    def _invocations_end(self) -> None:
        """Lambda has ended whatever ran."""
        self.running, self.in_turn = [], None

    @rule()
    def everything_settles(self) -> None:
        """No faults for a while, and people do as they are told."""
        self._settles()
        self._count(4)

    def teardown(self) -> None:
        self._settles()
        self._count(4)

    def _settles(self) -> None:
        service.settle(self.world, remedies_allowed=True)

    def _count(self, steps: int) -> None:
        self.tally.cases += steps
        self.progress(self.tally.cases)
        for violation in self.world.violations:
            if not violation.overtaken:
                raise ViolationError(violation)
            self.tally.record(violation)
        self.world.violations = ()
