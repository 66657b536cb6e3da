"""The retirement of old keys: a reconciliation without memory.

Each run looks at every attached secret, derives from labels, dates, slots and ECS what is due,
and does it. Repeated, it does nothing. A secret that can't be looked at does not keep the others
from it.

``now`` is read once a secret, before anything else of it. A clock that was read too early keeps
a key longer, and takes a list of tasks for older than it is: both are safe.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from rotation.errors.base import RotationError
from rotation.errors.function import OutOfTime
from rotation.ports import Clusters, Errands, RotatingSecrets
from rotation.retirement.rolling import RolledService, Rolling
from rotation.rules import hourly, promotion, rollouts, staying, tasks
from rotation.rules.errand import Beside, KeyOperation, KeyReport, KeyRequest
from rotation.rules.retention import Retention
from rotation.rules.staying import Asker, Facts, Stays
from rotation.rules.tasks import Task
from rotation.rules.words import AttachedSecret, SecretState, Stage

_COMPLETED_WITHIN_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True)
class Reconciled:
    """What was seen of one secret, and done.

    ``kept`` says why the old key stays; ``holders`` are the tasks for which it does. ``late`` is
    how long its grace has been over. ``keys`` is None when nobody looked at the slots.
    """

    secret: AttachedSecret
    keys: KeyReport | None = None
    kept: Stays | None = None
    holders: tuple[Task, ...] = ()
    services: tuple[RolledService, ...] = ()
    late: timedelta = timedelta()
    failure: RotationError | None = None

    @property
    def bad_rollouts(self) -> tuple[RolledService, ...]:
        """Services whose tasks are not being replaced, though one holds the old key."""
        return tuple(one for one in self.services if one.rollout in rollouts.BAD)


@dataclass(frozen=True)
class _Listed:
    """The clusters' tasks; they began to be listed ``at`` this time or later."""

    at: datetime
    tasks: tuple[Task, ...]


@dataclass
class Retirement:
    """One run: secrets one after the other, the clusters read once and again when need be."""

    secrets: RotatingSecrets
    errands: Errands
    clusters: Clusters
    retention: Retention
    _listed: _Listed | None = None
    _out_of_time: OutOfTime | None = None

    @cached_property
    def _rolling(self) -> Rolling:
        return Rolling(self.clusters)

    def look_at(self, secret: AttachedSecret, now: datetime) -> Reconciled:
        """Reconcile one secret. Never raises a RotationError: it is in what is returned.

        Once time has run out, what is due is not begun any more.
        """
        if not hourly.is_worth_a_look(secret, self.retention, now):
            return Reconciled(secret)
        if self._out_of_time is not None:
            return Reconciled(secret, failure=self._out_of_time)
        try:
            return self._reconcile(secret, now)
        except RotationError as error:
            self._out_of_time = error if isinstance(error, OutOfTime) else None
            return Reconciled(secret, failure=error)

    def after_promotion(self, secret: AttachedSecret, now: datetime) -> tuple[RolledService, ...]:
        """Roll every service with a task from before the promotion, which was a moment ago.

        Raises SecretsManagerError, EcsError or OutOfTime.
        """
        state = self.secrets.state(secret.arn)
        promoted = promotion.find_latest_promotion(state.labels, state.created)
        if promoted is None:
            return ()
        held = self.holders(secret, state, now)
        return self._rolling.roll_all(secret, held, promoted, now)

    def wait_for_completion(self, secret: AttachedSecret, pause: Callable[[float], None]) -> None:
        """Wait a little for the rotation that moved AWSCURRENT to be completed.

        Then its date is known. A service that is rolled before would be taken for one that was
        rolled before the promotion, and rolled once more.
        """
        for seconds in _COMPLETED_WITHIN_SECONDS:
            state = self.secrets.state(secret.arn)
            if not promotion.may_be_completed_yet(state.labels, state.created):
                return
            pause(seconds)

    def holders(
        self, secret: AttachedSecret, state: SecretState, now: datetime
    ) -> tuple[Task, ...]:
        """Return the tasks that may hold another key of the secret than AWSCURRENT's."""
        promoted = promotion.find_promotion(state.labels, state.created)
        if not self.retention.clusters or promoted is None:
            return ()
        listed = self._tasks_after(promoted.latest, now)
        return tasks.holders(listed, secret.arn, state.labels, promoted.latest)

    def _tasks_after(self, promoted: datetime, now: datetime) -> tuple[Task, ...]:
        # The same instant decides that the grace is over and that the list is late enough: no
        # key goes by a list from before its grace was over.
        since = tasks.listed_late_enough(promoted, now)
        if self._listed is None or self._listed.at < since:
            self._listed = _Listed(now, tuple(self.clusters.tasks()))
        return self._listed.tasks

    def _reconcile(self, secret: AttachedSecret, now: datetime) -> Reconciled:
        state = self.secrets.state(secret.arn)
        current = state.labels.version_with(Stage.CURRENT)
        if current is None:
            return Reconciled(secret)
        held = self.holders(secret, state, now)
        arns = tuple(one.arn for one in held)
        facts = Facts(state.labels, state.created, self.retention, now, holders=arns)
        decided = staying.decide(facts, Asker.HOURLY)
        kept = decided if isinstance(decided, Stays) else None
        operation = KeyOperation.LOOK if kept else KeyOperation.RETIRE
        keys = self.errands.run(KeyRequest(operation, secret.arn, current))
        if keys.beside is not Beside.OLD_KEY or keys.retired:
            return Reconciled(secret, keys)
        promoted = promotion.find_promotion(state.labels, state.created)
        services = self._rolling.roll_all(secret, held, promoted, now) if promoted else ()
        because = kept or Stays(keys.because)
        return Reconciled(secret, keys, because, held, services, staying.late(facts))
