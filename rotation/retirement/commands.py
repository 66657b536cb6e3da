"""What a person asks for when a key has to go now: end its grace, or replace a leaked one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from rotation.errors.base import RotationError
from rotation.errors.retirement import (
    RotationFunctionFailed,
    RotationNotFinished,
    SecretNotAttached,
)
from rotation.errors.secret import NoCurrentVersion
from rotation.errors.slots import Overtaken
from rotation.retirement.naming import some, some_of
from rotation.retirement.reconcile import Retirement
from rotation.retirement.rolling import RolledService
from rotation.rules import errand
from rotation.rules.errand import KeyOperation, KeyReport, KeyRequest
from rotation.rules.promotion import incomplete_version, is_completed
from rotation.rules.tasks import Task
from rotation.rules.words import AttachedSecret, Fingerprint, SecretState, Stage

Told = TypeVar("Told")
_POLL_SECONDS = 2.0
_POLLS_TO_COMPLETE = 5


@dataclass(frozen=True)
class CutOff:
    """What was done. ``retired`` are the keys that no longer log in.

    ``tasks`` are those that may have started with one of them: their next login fails.
    ``unknown`` is why not all of them can be told: a key that leaked goes all the same.
    """

    retired: tuple[Fingerprint, ...]
    tasks: tuple[Task, ...]
    services: tuple[RolledService, ...] = ()
    unknown: RotationError | None = None

    def to_json(self) -> dict[str, object]:
        """Return it as the answer that the person sees."""
        return {
            "retiredKeys": list(self.retired),
            "tasksCutOff": [f"{one.group} {one.arn}" for one in self.tasks],
            "services": {one.service.arn: str(one.failure or one.rollout) for one in self.services},
            **({"notTold": str(self.unknown)} if self.unknown else {}),
        }

    def to_line(self) -> dict[str, object]:
        """Return it for the log, which names a few of the tasks and services."""
        told = {one.service.arn: str(one.failure or one.rollout) for one in self.services}
        tasks = some(f"{one.group} {one.arn}" for one in self.tasks)
        return self.to_json() | {"tasksCutOff": tasks, "services": some_of(told)}


@dataclass(frozen=True)
class Commands:
    """Both commands. ``seconds_to_wait`` is the longest that a rotation is waited for.

    ``now`` is when the command began. Tasks are listed again for a promotion since then.
    """

    retirement: Retirement
    pause: Callable[[float], None]
    seconds_to_wait: float
    now: datetime

    def end_grace(self, name: str) -> CutOff:
        """Retire the old key at once, whoever holds it. Raises a RotationError."""
        secret = self._attached(name)
        state = self.retirement.secrets.state(secret.arn)
        holders, unknown = self._holders(secret, state)
        retired = self._retire(secret, _current(state)).retired
        return CutOff((retired,) if retired else (), holders if retired else (), (), unknown)

    def replace_leaked_key(self, name: str) -> CutOff:
        """Rotate, roll the services, and retire the leaked key at once. Raises a RotationError.

        The key before it goes first, since the new key needs its slot. Given again, the command
        goes on: a rotation that stopped is taken up, or the new key is rotated once more.
        """
        secret = self._attached(name)
        state = self.retirement.secrets.state(secret.arn)
        older, unknown_before = self._holders(secret, state)
        before = self._retire(secret, _current(state))
        state = self._rotated(secret, state)
        holders, unknown = self._holders(secret, state)
        services, not_rolled = _told(lambda: self.retirement.after_promotion(secret, self.now))
        after = self._retire_again(secret, _current(state))
        if stays := errand.check_gone(before, after):
            raise stays
        tasks = {one.arn: one for one in (*(older if before.retired else ()), *holders)}
        # Without a grace and clusters finishSecret has retired it.
        retired = tuple(one for one in (before.retired, before.current) if one)
        unknown = not_rolled or unknown or unknown_before
        return CutOff(retired, tuple(tasks.values()), services, unknown)

    def _attached(self, name: str) -> AttachedSecret:
        secret = self.retirement.secrets.find(name)
        if secret is None:
            raise SecretNotAttached(f"Secret {name!r} does not name this rotation function.")
        return secret

    def _holders(
        self, secret: AttachedSecret, state: SecretState
    ) -> tuple[tuple[Task, ...], RotationError | None]:
        return _told(lambda: self.retirement.holders(secret, state, self.now))

    def _retire(self, secret: AttachedSecret, current: str) -> KeyReport:
        request = KeyRequest(KeyOperation.RETIRE, secret.arn, current, end_grace=True)
        return self.retirement.errands.run(request)

    def _retire_again(self, secret: AttachedSecret, current: str) -> KeyReport:
        """Retire the old key; once more when finishSecret was at the same."""
        try:
            return self._retire(secret, current)
        except RotationFunctionFailed as error:
            if error.code != Overtaken.__name__:
                raise
        return self._retire(secret, current)

    def _rotated(self, secret: AttachedSecret, before: SecretState) -> SecretState:
        """Rotate, and wait until AWSCURRENT has moved. An incomplete rotation is waited for."""
        started = self.retirement.secrets.rotate(secret.arn)
        if not started and incomplete_version(before.labels) is None:
            raise RotationNotFinished("AWS refuses to start a rotation of this secret.")
        seen = 0
        for _ in range(int(self.seconds_to_wait / _POLL_SECONDS)):
            self.pause(_POLL_SECONDS)
            state = self.retirement.secrets.state(secret.arn)
            seen += _current(state) != _current(before)
            if seen > _POLLS_TO_COMPLETE or (seen and is_completed(state.labels, state.created)):
                return state
        raise RotationNotFinished(f"AWSCURRENT has not moved in {self.seconds_to_wait:.0f} s.")


def _told(ask: Callable[[], tuple[Told, ...]]) -> tuple[tuple[Told, ...], RotationError | None]:
    """Ask ECS for a key that goes all the same: return nothing and why, where it can't tell."""
    try:
        return ask(), None
    except RotationError as error:
        return (), error


def _current(state: SecretState) -> str:
    current = state.labels.version_with(Stage.CURRENT)
    if current is None:
        raise NoCurrentVersion("The secret has no AWSCURRENT version.")
    return current
