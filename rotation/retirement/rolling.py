"""Rolls the services whose tasks may hold an old key: each once, whichever secrets it reads."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from rotation.errors.base import RotationError
from rotation.ports import Clusters
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
    _rolled: set[str] = field(default_factory=set)

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
        found = rollouts.to_roll(self._services, secret.arn, old)
        return tuple(
            self._roll(one, rollouts.counts_since(one, old, promoted, now), now) for one in found
        )

    @cached_property
    def _services(self) -> tuple[Service, ...]:
        return tuple(self.clusters.services())

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
