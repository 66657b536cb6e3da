"""The retirement of old keys: a reconciliation without memory.

Each run looks at every attached secret, derives from labels, dates, slots and ECS what is due,
and does it. Repeated, it does nothing. A secret that can't be looked at does not keep the others
from it.

``now`` is read once a secret, before anything else of it. A clock that was read too early keeps
a key longer, and takes a list of tasks for older than it is: both are safe.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from rotation.errors.aws_answers import EcsError
from rotation.errors.base import RotationError
from rotation.errors.function import OutOfTime
from rotation.errors.retirement import RotationFunctionFailed
from rotation.errors.slots import Overtaken
from rotation.ports import Clusters, Errands, RotatingSecrets
from rotation.retirement.lists import ClusterLists
from rotation.retirement.rolling import RolledService, Rolling
from rotation.rules import hourly, promotion, rollouts, staying, tasks
from rotation.rules.errand import Beside, KeyOperation, KeyReport, KeyRequest
from rotation.rules.retention import Retention
from rotation.rules.staying import Asker, Facts, Stays
from rotation.rules.tasks import Task, TasksBySecret
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


@dataclass
class Retirement:
    """One run: secrets one after the other, the clusters read once and again when need be.

    Once the tasks could not be listed, they are not asked for again in this run.
    """

    secrets: RotatingSecrets
    errands: Errands
    clusters: Clusters
    retention: Retention
    lists: ClusterLists = field(default_factory=ClusterLists)
    _out_of_time: OutOfTime | None = None
    _not_listed: EcsError | None = None

    @cached_property
    def _rolling(self) -> Rolling:
        return Rolling(self.clusters, self.lists)

    def look_at(self, secret: AttachedSecret, now: datetime) -> Reconciled:
        """Reconcile one secret. Never raises a RotationError: it is in what is returned.

        Once time has run out, what is due is not begun any more.
        """
        if self._out_of_time is not None:
            return Reconciled(secret, failure=self._out_of_time)
        try:
            return self._looked_at(secret, now)
        except RotationError as error:
            self._out_of_time = error if isinstance(error, OutOfTime) else None
            return Reconciled(secret, failure=error)

    def _looked_at(self, secret: AttachedSecret, now: datetime) -> Reconciled:
        if self._not_listed is not None:
            return self._look_without_ecs(secret, self._not_listed)
        # Of thousands that rest hardly one has an old key: one call tells, and ECS none.
        if hourly.rests(secret, self.retention, now):
            keys = self._look(secret)
            if keys is None or keys.beside is not Beside.OLD_KEY:
                return Reconciled(secret, keys)
        return self._reconcile(secret, now)

    def _look_without_ecs(self, secret: AttachedSecret, error: EcsError) -> Reconciled:
        """Look at the keys, and retire none: who holds an old one is not known."""
        keys = self._look(secret)
        stays = keys is not None and keys.beside is Beside.OLD_KEY
        return Reconciled(secret, keys, failure=error if stays else None)

    def _look(self, secret: AttachedSecret) -> KeyReport | None:
        """Look at the keys of the version that the list calls AWSCURRENT, or of today's.

        The rotation function refuses the first when the label has moved since.
        """
        try:
            if secret.current_version is not None:
                return self._ask(KeyOperation.LOOK, secret, secret.current_version)
        except RotationFunctionFailed as error:
            if error.code != Overtaken.__name__:
                raise
        current = self.secrets.state(secret.arn).labels.version_with(Stage.CURRENT)
        return None if current is None else self._ask(KeyOperation.LOOK, secret, current)

    def _ask(self, operation: KeyOperation, secret: AttachedSecret, current: str) -> KeyReport:
        return self.errands.run(KeyRequest(operation, secret.arn, current))

    def after_promotion(self, secret: AttachedSecret, now: datetime) -> tuple[RolledService, ...]:
        """Roll every service with a task from before the promotion, which was a moment ago.

        Lists of an earlier event's run serve as well when they are from after this promotion:
        whoever holds the old key was created before it, and so is in them, unless it has ended.
        A service that was rolled since is found to be, as its deployments are read now. And no
        key is retired here. Raises SecretsManagerError, EcsError or OutOfTime.
        """
        state = self.secrets.state(secret.arn)
        promoted = promotion.find_latest_promotion(state.labels, state.created)
        if promoted is None:
            return ()
        since = tasks.listed_late_enough_to_roll(promoted.latest, now)
        self.lists.forget_before(since)
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
        named = self._tasks_after(promoted.latest, now).naming(secret.arn)
        return tasks.holders(named, secret.arn, state.labels, promoted.latest)

    def _tasks_after(self, promoted: datetime, now: datetime) -> TasksBySecret:
        # The same instant decides that the grace is over and that the list is late enough: no
        # key goes by a list from before its grace was over.
        since = tasks.listed_late_enough(promoted, now)
        return self.lists.tasks(self.clusters, since, now)

    def _reconcile(self, secret: AttachedSecret, now: datetime) -> Reconciled:
        state = self.secrets.state(secret.arn)
        current = state.labels.version_with(Stage.CURRENT)
        if current is None:
            return Reconciled(secret)
        try:
            held = self.holders(secret, state, now)
        except EcsError as error:
            self._not_listed = error
            return self._look_without_ecs(secret, error)
        arns = tuple(one.arn for one in held)
        facts = Facts(state.labels, state.created, self.retention, now, holders=arns)
        decided = staying.decide(facts, Asker.HOURLY)
        kept = decided if isinstance(decided, Stays) else None
        operation = KeyOperation.LOOK if kept else KeyOperation.RETIRE
        keys = self._ask(operation, secret, current)
        if keys.beside is not Beside.OLD_KEY or keys.retired:
            return Reconciled(secret, keys)
        promoted = promotion.find_promotion(state.labels, state.created)
        services = self._rolling.roll_all(secret, held, promoted, now) if promoted else ()
        because = kept or Stays(keys.because)
        return Reconciled(secret, keys, because, held, services, staying.late(facts))
