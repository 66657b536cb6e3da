"""The retirement of old keys: a reconciliation without memory.

Each run looks at every attached secret, derives from labels, dates, slots and ECS what is due,
and does it. Repeated, it does nothing. A secret that can't be looked at does not keep the others
from it.
"""

import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from rotation.errors.base import RotationError
from rotation.errors.function import OutOfTime
from rotation.ports import Clusters, Keys, RotatingSecrets
from rotation.rules import promotion
from rotation.rules import staying as retention
from rotation.rules import tasks as consumers
from rotation.rules.errand import (
    Beside,
    KeyOperation,
    KeyReport,
    KeyRequest,
)
from rotation.rules.promotion import Promotion
from rotation.rules.staying import LISTS_SETTLE, Held, Retention
from rotation.rules.tasks import Rollout, Service, Task
from rotation.rules.words import AttachedSecret, SecretState, Stage

_EVERY_HOUR = timedelta(days=2)
_HOURS = 24
# ListSecrets may be five minutes behind.
# https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html
_BEHIND = timedelta(minutes=5)
_CLOCKS_DIFFER = timedelta(minutes=1)
_COMPLETED_WITHIN_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True)
class RolledService:
    """A service that reads the secret, and how its rollout stands after this run."""

    service: Service
    rollout: Rollout
    failure: RotationError | None = None


@dataclass(frozen=True)
class Reconciled:
    """What was seen of one secret, and done.

    ``kept`` says why the old key stays; ``holders`` are the tasks for which it does. ``late`` is
    how long its grace has been over. ``keys`` is None when nobody looked at the slots.
    """

    secret: AttachedSecret
    keys: KeyReport | None = None
    kept: Held | None = None
    holders: tuple[Task, ...] = ()
    services: tuple[RolledService, ...] = ()
    late: timedelta = timedelta()
    failure: RotationError | None = None

    @property
    def bad_rollouts(self) -> tuple[RolledService, ...]:
        """Services whose tasks are not being replaced, though one holds the old key."""
        return tuple(one for one in self.services if one.rollout in consumers.BAD)


@dataclass(frozen=True)
class _Seen:
    """The clusters' tasks, and when they began to be listed."""

    at: datetime
    tasks: tuple[Task, ...]


def in_turn(secrets: Iterable[AttachedSecret], now: datetime) -> list[AttachedSecret]:
    """Return the secrets in an order that is another one every hour.

    A run that has not time enough for all leaves out others each time, without memory.
    """
    return sorted(secrets, key=lambda one: zlib.crc32(f"{one.arn} {now:%Y-%m-%d %H}".encode()))


@dataclass
class Retirement:
    """One run: secrets one after the other, the clusters read once and again when need be."""

    secrets: RotatingSecrets
    keys: Keys
    clusters: Clusters
    retention: Retention
    now: Callable[[], datetime]
    _seen: _Seen | None = None
    _out_of_time: OutOfTime | None = None
    _rolled: set[str] = field(default_factory=set)

    @cached_property
    def services(self) -> tuple[Service, ...]:
        """All services of the clusters."""
        return tuple(self.clusters.services())

    def look_at(self, secret: AttachedSecret) -> Reconciled:
        """Reconcile one secret. Never raises a RotationError: it is in the finding.

        Once time has run out, what is due is not begun any more.
        """
        if not self._is_worth_a_look(secret):
            return Reconciled(secret)
        if self._out_of_time is not None:
            return Reconciled(secret, failure=self._out_of_time)
        try:
            return self._reconcile(secret)
        except RotationError as error:
            self._out_of_time = error if isinstance(error, OutOfTime) else None
            return Reconciled(secret, failure=error)

    def after_promotion(self, secret: AttachedSecret) -> tuple[RolledService, ...]:
        """Roll every service with a task from before the promotion, which was a moment ago.

        One that fails does not keep the next from being rolled. A secret without AWSPREVIOUS has
        just been created.
        """
        state = self.secrets.state(secret.arn)
        promoted = promotion.find_promotion(state.labels, state.created)
        if promoted is None or state.labels.version_with(Stage.PREVIOUS) is None:
            return ()
        surely = replace(promoted, by_rotation=True)
        return self._roll_all(secret, self.holders(secret, state), surely)

    def wait_for_completion(self, secret: AttachedSecret, pause: Callable[[float], None]) -> None:
        """Wait a little for the rotation that moved AWSCURRENT to be completed.

        Then its date is known. A service that is rolled before would be taken for one that was
        rolled before the promotion, and rolled once more. Other moves of the label have no end.
        """
        for seconds in _COMPLETED_WITHIN_SECONDS:
            state = self.secrets.state(secret.arn)
            promoted = promotion.find_promotion(state.labels, state.created)
            just_created = state.labels.version_with(Stage.PREVIOUS) is None
            if just_created or promoted is None or promoted.by_rotation:
                return
            pause(seconds)

    def holders(self, secret: AttachedSecret, state: SecretState) -> tuple[Task, ...]:
        """Return the tasks that may hold another key of the secret than AWSCURRENT's."""
        promoted = promotion.find_promotion(state.labels, state.created)
        if not self.retention.clusters or promoted is None:
            return ()
        tasks = self._tasks_after(promoted.latest)
        return consumers.holders(tasks, secret.arn, state.labels, promoted.latest)

    def _tasks_after(self, promoted: datetime) -> tuple[Task, ...]:
        """Return tasks that were listed after this time: later ones get AWSCURRENT.

        A list that is older still has every task that was created before; one that has ended
        since keeps the key until the next run. Once the key may go, the list has to be one of
        when ECS's lists had settled.
        """
        settled = promoted + LISTS_SETTLE
        since = settled if self.now() >= settled else promoted + _CLOCKS_DIFFER
        if self._seen is None or self._seen.at < since:
            self._seen = _Seen(self.now(), tuple(self.clusters.tasks()))
        return self._seen.tasks

    def _is_worth_a_look(self, secret: AttachedSecret) -> bool:
        """Tell from the list alone whether anything can be due: most secrets rest for weeks.

        Every secret is looked at until two days after its grace, when its old key is to be
        retired or to be told of as late, and beyond that once a day, in an hour of its own: a key
        that does not log in must not be tried every hour, and thousands of secrets not at once.
        """
        now, changed = self.now(), secret.last_changed
        if changed is None or now < changed + self.retention.shortest + _EVERY_HOUR + _BEHIND:
            return True
        return now.hour == zlib.crc32(secret.arn.encode()) % _HOURS

    def _reconcile(self, secret: AttachedSecret) -> Reconciled:
        state = self.secrets.state(secret.arn)
        current = state.labels.version_with(Stage.CURRENT)
        if current is None:
            return Reconciled(secret)
        # The grace first: when it is over, the list of tasks has to be one of since then.
        kept = retention.in_grace(self.retention, state.labels, state.created, self.now())
        held = self.holders(secret, state)
        if kept is None and held:
            kept = Held(f"tasks may hold it, {len(held)} in number; the first is {held[0].arn}")
        operation = KeyOperation.LOOK if kept else KeyOperation.RETIRE
        keys = self.keys.run(KeyRequest(operation, secret.arn, current))
        if keys.beside is not Beside.OLD_KEY or keys.retired:
            return Reconciled(secret, keys)
        promoted = promotion.find_promotion(state.labels, state.created)
        services = self._roll_all(secret, held, promoted) if promoted else ()
        because = kept or Held(keys.because)
        return Reconciled(secret, keys, because, held, services, self._late(state))

    def _late(self, state: SecretState) -> timedelta:
        """Tell how long the key has stayed beyond its grace, by the earliest reckoning."""
        promoted = promotion.find_promotion(state.labels, state.created)
        if promoted is None:
            return timedelta()
        since = promoted.latest if promoted.by_rotation else promoted.earliest
        return max(self.now() - since - self.retention.of(state.labels).shortest, timedelta())

    def _roll_all(
        self, secret: AttachedSecret, held: tuple[Task, ...], promoted: Promotion
    ) -> tuple[RolledService, ...]:
        old = consumers.from_before(held, promoted)
        if not old:
            return ()
        found = consumers.to_roll(self.services, secret.arn, old)
        now = self.now()
        return tuple(
            self._roll(one, consumers.counts_since(one, old, promoted, now)) for one in found
        )

    def _roll(self, service: Service, since: datetime) -> RolledService:
        if not service.rolls:
            return RolledService(service, Rollout.BY_OTHERS)
        if service.arn in self._rolled:
            return RolledService(service, Rollout.UNDER_WAY)
        try:
            deployments = self.clusters.deployments_since(service, since)
            rollout = consumers.rollout_of(deployments, self.now())
            if rollout is Rollout.DUE:
                self.clusters.roll(service)
                self._rolled.add(service.arn)
                rollout = Rollout.UNDER_WAY
        except RotationError as error:
            return RolledService(service, Rollout.NOT_STARTED, error)
        return RolledService(service, rollout)
