"""Rolls the services whose tasks may hold an old key: each once, whichever secrets it reads."""

from dataclasses import dataclass, field
from datetime import datetime

from rotation.errors.aws_answers import EcsError
from rotation.errors.base import RotationError
from rotation.ports import Clusters
from rotation.retirement.lists import ClusterLists
from rotation.rules import rollouts
from rotation.rules.promotion import Promotion
from rotation.rules.rollouts import Rollout, Service
from rotation.rules.tasks import Task
from rotation.rules.words import AttachedSecret


@dataclass(frozen=True)
class RolledService:
    """A service that reads the secret, and how its rollout stands after this run."""

    service: Service
    rollout: Rollout
    failure: RotationError | None = None


@dataclass
class Rolling:
    """One run: what it has rolled for one secret is not rolled again for the next."""

    clusters: Clusters
    lists: ClusterLists
    _rolled: set[str] = field(default_factory=set)
    _not_listed: EcsError | None = None

    def roll_all(
        self, secret: AttachedSecret, held: tuple[Task, ...], promoted: Promotion, now: datetime
    ) -> tuple[RolledService, ...]:
        """Roll the services of these tasks, as far as that frees them of the old key.

        One that fails does not keep the next from being rolled. Raises EcsError or OutOfTime
        when the services can't be listed.
        """
        old = rollouts.from_before(held, promoted)
        if not old:
            return ()
        found = rollouts.to_roll(self._services(), secret.arn, old)
        return tuple(
            self._roll(one, rollouts.counts_since(one, old, promoted, now), now) for one in found
        )

    def _services(self) -> tuple[Service, ...]:
        """List the services; where that failed, they are not asked for again in this run."""
        if self._not_listed is not None:
            # Raised anew, so that it does not grow by a traceback a secret.
            raise type(self._not_listed)(self._not_listed.found)
        try:
            return self.lists.services(self.clusters)
        except EcsError as error:
            self._not_listed = error
            raise

    def _roll(self, service: Service, since: datetime, now: datetime) -> RolledService:
        if not service.rolls:
            return RolledService(service, Rollout.BY_OTHERS)
        if service.arn in self._rolled:
            return RolledService(service, Rollout.UNDER_WAY)
        try:
            deployments = self.clusters.deployments_since(service, since)
            rollout = rollouts.rollout_of(deployments, now)
            if rollout is Rollout.DUE:
                self.clusters.roll(service)
                self._rolled.add(service.arn)
                rollout = Rollout.UNDER_WAY
        except RotationError as error:
            return RolledService(service, Rollout.NOT_STARTED, error)
        return RolledService(service, rollout)
