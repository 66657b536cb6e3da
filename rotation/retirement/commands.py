"""What a person asks for when a key has to go now: end its grace, or replace a leaked one."""

from collections.abc import Callable
from dataclasses import dataclass

from rotation.errors.base import RotationError
from rotation.errors.retirement import (
    LeakedKeyStays,
    RotationFunctionFailed,
    RotationNotFinished,
    SecretNotAttached,
)
from rotation.errors.secret import NoCurrentVersion
from rotation.errors.slots import Overtaken
from rotation.retirement.reconcile import Retirement, RolledService
from rotation.rules import promotion
from rotation.rules.errand import KeyOperation, KeyReport, KeyRequest
from rotation.rules.tasks import Task
from rotation.rules.words import AttachedSecret, Fingerprint, SecretState, Stage

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


@dataclass
class _Asked:
    """ECS asked for whom a command cuts off. ``unknown`` is what it failed with last."""

    retirement: Retirement
    secret: AttachedSecret
    unknown: RotationError | None = None

    def holders(self, state: SecretState) -> tuple[Task, ...]:
        """Return the tasks that may hold another key than AWSCURRENT's, none when not told."""
        try:
            return self.retirement.holders(self.secret, state)
        except RotationError as error:
            self.unknown = error
            return ()

    def rolled(self) -> tuple[RolledService, ...]:
        """Roll the services, as far as ECS lets us."""
        try:
            return self.retirement.after_promotion(self.secret)
        except RotationError as error:
            self.unknown = error
            return ()


@dataclass(frozen=True)
class Commands:
    """Both commands. ``seconds_to_wait`` is the longest that a rotation is waited for."""

    retirement: Retirement
    pause: Callable[[float], None]
    seconds_to_wait: float

    def end_grace(self, name: str) -> CutOff:
        """Retire the old key at once, whoever holds it. Raises a RotationError."""
        secret = self._attached(name)
        state = self.retirement.secrets.state(secret.arn)
        asked = _Asked(self.retirement, secret)
        holders = asked.holders(state)
        retired = self._retire(secret, _current(state)).retired
        return CutOff((retired,) if retired else (), holders if retired else (), (), asked.unknown)

    def replace_leaked_key(self, name: str) -> CutOff:
        """Rotate, roll the services, and retire the leaked key at once. Raises a RotationError.

        The key before it goes first, since the new key needs its slot. Given again, the command
        goes on: a rotation that stopped is taken up, or the new key is rotated once more.
        """
        secret = self._attached(name)
        state = self.retirement.secrets.state(secret.arn)
        asked = _Asked(self.retirement, secret)
        older = asked.holders(state)
        before = self._retire(secret, _current(state))
        state = self._rotated(secret, state)
        holders = asked.holders(state)
        services = asked.rolled()
        _check_gone(before.current, self._retire_again(secret, _current(state)))
        tasks = {one.arn: one for one in (*(older if before.retired else ()), *holders)}
        # Without a grace and clusters finishSecret has retired it.
        retired = tuple(one for one in (before.retired, before.current) if one)
        return CutOff(retired, tuple(tasks.values()), services, asked.unknown)

    def _attached(self, name: str) -> AttachedSecret:
        secret = self.retirement.secrets.find(name)
        if secret is None:
            raise SecretNotAttached(f"Secret {name!r} does not name this rotation function.")
        return secret

    def _retire(self, secret: AttachedSecret, current: str) -> KeyReport:
        request = KeyRequest(KeyOperation.RETIRE, secret.arn, current, end_grace=True)
        return self.retirement.keys.run(request)

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
        if not started and not _incomplete(before):
            raise RotationNotFinished("AWS refuses to start a rotation of this secret.")
        seen = 0
        for _ in range(int(self.seconds_to_wait / _POLL_SECONDS)):
            self.pause(_POLL_SECONDS)
            state = self.retirement.secrets.state(secret.arn)
            seen += _current(state) != _current(before)
            if seen > _POLLS_TO_COMPLETE or (seen and _is_completed(state)):
                return state
        raise RotationNotFinished(f"AWSCURRENT has not moved in {self.seconds_to_wait:.0f} s.")


def _check_gone(leaked: Fingerprint | None, after: KeyReport) -> None:
    if leaked is not None and after.fingerprint == leaked and not after.retired:
        raise LeakedKeyStays(
            f"{after.slot} of {after.user} still holds the key that leaked, {leaked}: the rotation "
            f"function takes it for {after.beside}."
        )


def _is_completed(state: SecretState) -> bool:
    """Tell whether AWS has noted the end of the rotation: it comes a moment after the label."""
    promoted = promotion.find_promotion(state.labels, state.created)
    return promoted is not None and promoted.by_rotation


def _incomplete(state: SecretState) -> bool:
    pending = state.labels.version_with(Stage.PENDING)
    return pending is not None and pending != _current(state)


def _current(state: SecretState) -> str:
    current = state.labels.version_with(Stage.CURRENT)
    if current is None:
        raise NoCurrentVersion("The secret has no AWSCURRENT version.")
    return current
