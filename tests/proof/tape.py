"""Turns every call of a step into an effect: a kept answer, or something that happens now."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import cast

from rotation.errors.base import RotationError
from rotation.rules.words import Sensitive
from tests.proof import names, watch
from tests.proof.cloning import changed
from tests.proof.faults import READS, Fault, Timing, out_of_time
from tests.proof.invocation import Answer, Effect, Invocation, Target
from tests.proof.world import APP, OpenSession, World


class Stop(BaseException):
    """Ends a run between two effects; nothing in rotation/ catches it."""


class Died(BaseException):
    """The process dies; nothing in rotation/ catches it."""


class ErrandDied(BaseException):
    """The rotation function dies that the retirement function has invoked and waits for."""


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
        self._position = self._keys = self._times = 0
        self._over = self._on_errand = self._errand_over = self._on_command = False

    def draw(self) -> int:
        self._keys += 1
        if self._keys > len(self.invocation.drawn):
            drawn = (*self.invocation.drawn, self.world.draw())
            self.invocation = changed(self.invocation, drawn=drawn)
        return self.invocation.drawn[self._keys - 1]

    def time(self) -> datetime:
        """Return the time. A run that is taken up again was told the same before."""
        self._times += 1
        if self._times > len(self.invocation.times):
            times = (*self.invocation.times, self.world.now)
            self.invocation = changed(self.invocation, times=times)
        return self.invocation.times[self._times - 1]

    @contextmanager
    def errand(self, *, on_command: bool) -> Iterator[None]:
        """Let the rotation function run in here, which may die alone. Raises ErrandDied then.

        ``on_command``: a person wants the key gone, whoever holds it.
        """
        self._on_errand, self._on_command = True, on_command
        try:
            yield
        finally:
            self._on_errand = self._errand_over = self._on_command = False

    def ask(self, target: Target, method: str, *args: object, **named: object) -> object:
        if self._over or self._errand_over:
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
        if answer.died:
            self._errand_over = True
            raise ErrandDied
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
        self._keep(answer, late=fault is not None and fault.timing is Timing.LATE)
        self.world.tick()
        return answer

    def _keep(self, answer: Answer, *, late: bool) -> None:
        known, effect = self.invocation, answer.effect
        listed, rolls = effect.method == "tasks", effect.method == "deployments_since"
        self.invocation = changed(
            known,
            answers=(*known.answers, answer),
            looks=known.looks.after(self.world, effect.target[0], self._position),
            late=known.late or late,
            listed=self.world.now if listed else known.listed,
            rolls_seen=self.world.rolls_begun if rolls else known.rolls_seen,
        )

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
            return self._died(effect)
        if self.invocation.late and out_of_time(effect.target[0], effect.method):
            return _error(effect, out_of_time(effect.target[0], effect.method))
        if fault and fault.timing is Timing.INSTEAD:
            return _error(effect, fault.error())
        is_read = (effect.target[0], effect.method) in READS
        stale = fault is not None and fault.timing is Timing.STALE and is_read
        answer = (self._stale if stale else self._really)(effect, args, named)
        if fault and fault.timing is Timing.DIE_AFTER:
            return self._died(effect)
        if fault and fault.timing is Timing.REPLY_LOST and not answer.error:
            return _error(effect, fault.error())
        return answer

    def _really(self, effect: Effect, args: tuple[object, ...], named: dict[str, object]) -> Answer:
        before = self._before(effect)
        try:
            value = getattr(self.world.resolve(effect.target), effect.method)(*args, **named)
        except RotationError as error:
            answer = _error(effect, error)
        else:
            answer = Answer(effect, value, identity=_identity(value))
        outcome = f" → {answer.error.reason}" if answer.error else ""
        who = f"{self.invocation.step} {self.invocation.version_id}".strip()
        self.world.tell(f"    {who}: {effect.name}{outcome}")
        cut_off = self.invocation.cut_off | watch.after_effect(self.world, before)
        self.invocation = changed(self.invocation, cut_off=cut_off)
        return answer

    def _stale(self, effect: Effect, args: tuple[object, ...], named: dict[str, object]) -> Answer:
        """Read from before the last write of the secret."""
        world = self.world.clone()
        world.secrets[APP] = world.app.before or world.app
        value = getattr(world.resolve(effect.target), effect.method)(*args, **named)
        return Answer(effect, value, identity=_identity(value))

    def _before(self, effect: Effect) -> watch.Before:
        overtaken = self.invocation.looks.overtaken(self.world, self._position)
        if effect.method == "roll":
            overtaken = self.world.rolls_begun > self.invocation.rolls_seen
        circumstances = watch.Circumstances(overtaken, self._on_command, self.invocation.listed)
        return watch.before_effect(self.world, circumstances)

    def _died(self, effect: Effect) -> Answer:
        if not self._on_errand:
            self._end(Died())
        return Answer(effect, died=True, identity="died")

    def _end(self, how: BaseException) -> None:
        self._over = True
        raise how


def _error(effect: Effect, error: RotationError | None) -> Answer:
    return Answer(effect, error=error, identity=(type(error), str(error)))


def _identity(value: object) -> Hashable:
    if isinstance(value, Sensitive):
        return cast("Hashable", value.reveal())
    return repr(value)
