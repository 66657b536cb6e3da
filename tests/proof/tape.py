"""Turns every call of a step into an effect: a kept answer, or something that happens now."""

from collections.abc import Callable, Hashable
from dataclasses import replace
from functools import partial
from typing import cast

from rotation.errors import RotationError
from rotation.model import Sensitive
from tests.proof import names, watch
from tests.proof.faults import Fault, Timing, out_of_time
from tests.proof.invocation import Answer, Effect, Invocation, Target
from tests.proof.world import OpenSession, World


class Stop(BaseException):
    """Ends a run between two effects; nothing in rotation/ catches it."""


class Died(BaseException):
    """The process dies; nothing in rotation/ catches it."""


class Gate:
    """Stands for a port: every call on it is an effect, whatever its name."""

    def __init__(self, tape: "Tape", target: Target) -> None:
        self._tape, self._target = tape, target

    def __getattr__(self, method: str) -> Callable[..., object]:
        return partial(self._tape.ask, self._target, method)


class Tape:
    """Gives kept answers first, then lets ``budget`` new effects happen."""

    def __init__(self, world: World, invocation: Invocation, budget: int) -> None:
        self.world, self.invocation, self._budget = world, invocation, budget
        self._position = self._keys = 0
        self._over = False

    def draw(self) -> int:
        self._keys += 1
        if self._keys > len(self.invocation.drawn):
            drawn = (*self.invocation.drawn, self.world.draw())
            self.invocation = replace(self.invocation, drawn=drawn)
        return self.invocation.drawn[self._keys - 1]

    def ask(self, target: Target, method: str, *args: object, **named: object) -> object:
        if self._over:
            return None  # a session is being closed on the way out of a run that is over
        self._position += 1
        kept = self.invocation.answers
        if self._position <= len(kept):
            answer = kept[self._position - 1]
            if (answer.effect.target, answer.effect.method) != (target, method):
                raise AssertionError(f"{method} instead of {answer.effect.name}")
        else:
            answer = self._new(target, method, args, named)
        return self._give(answer)

    def _give(self, answer: Answer) -> object:
        if answer.error is not None:
            raise answer.error.with_traceback(None)
        if isinstance(answer.value, OpenSession):
            return Gate(self, (answer.value.port, answer.value.user))
        return answer.value

    def _new(
        self, target: Target, method: str, args: tuple[object, ...], named: dict[str, object]
    ) -> Answer:
        if self._budget == 0:
            self._end(Stop())
        self._budget -= 1
        effect = Effect(target, method, names.of_effect(self.world, target, method, args))
        fault = self.invocation.faults.get(self._position - 1)
        answer = self._happen(effect, fault, args, named)
        late = self.invocation.late or (fault is not None and fault.timing is Timing.LATE)
        self.invocation = replace(
            self.invocation,
            answers=(*self.invocation.answers, answer),
            looks=self.invocation.looks.after(self.world, effect.target[0], self._position),
            late=late,
        )
        return answer

    def _happen(
        self,
        effect: Effect,
        fault: Fault | None,
        args: tuple[object, ...],
        named: dict[str, object],
    ) -> Answer:
        if fault:
            self.world.tell(f"    {fault.name}, at: {effect.name}")
        if fault and fault.timing is Timing.DIE_BEFORE:
            self._end(Died())
        if self.invocation.late and out_of_time(effect.target[0], effect.method):
            return _error(effect, out_of_time(effect.target[0], effect.method))
        if fault and fault.timing is Timing.INSTEAD:
            return _error(effect, fault.error())
        answer = self._really(effect, args, named)
        if fault and fault.timing is Timing.DIE_AFTER:
            self._end(Died())
        if fault and fault.timing is Timing.REPLY_LOST and not answer.error:
            return _error(effect, fault.error())
        return answer

    def _really(self, effect: Effect, args: tuple[object, ...], named: dict[str, object]) -> Answer:
        before = watch.before_effect(
            self.world, overtaken=self.invocation.looks.overtaken(self.world, self._position)
        )
        try:
            value = getattr(self.world.resolve(effect.target), effect.method)(*args, **named)
        except RotationError as error:
            answer = _error(effect, error)
        else:
            answer = Answer(effect, value, identity=_identity(value))
        outcome = f" → {answer.error.reason}" if answer.error else ""
        self.world.tell(
            f"    {self.invocation.step} {self.invocation.version_id}: {effect.name}{outcome}"
        )
        watch.after_effect(self.world, before)
        return answer

    def _end(self, how: BaseException) -> None:
        self._over = True
        raise how


def _error(effect: Effect, error: RotationError | None) -> Answer:
    return Answer(effect, error=error, identity=(type(error), str(error)))


def _identity(value: object) -> Hashable:
    if isinstance(value, Sensitive):
        return cast("Hashable", value.reveal())
    return repr(value)
