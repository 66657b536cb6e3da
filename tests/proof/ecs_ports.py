"""The retirement function's ports on a world with tasks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from rotation.rules import rollouts as rollout_rules
from rotation.rules import tasks as consumers
from rotation.rules.errand import KeyReport, KeyRequest
from rotation.rules.words import AttachedSecret, SecretState, Stage
from tests.proof import ecs, rollouts, service
from tests.proof.world import APP

if TYPE_CHECKING:
    from tests.proof.world_with_tasks import WorldWithTasks

_LIST_IS_BEHIND = timedelta(minutes=5)


@dataclass(frozen=True)
class ListedSecrets:
    """Implements ``ports.RotatingSecrets``; the list is five minutes behind."""

    world: "WorldWithTasks"

    def every_secret(self) -> list[AttachedSecret]:
        return [self._attached()]

    def key_created(self, arn: str) -> datetime:
        raise AssertionError(f"the retirement does not ask for an age: {arn}")

    def find(self, name: str) -> AttachedSecret | None:
        return self._attached() if name in {ecs.SECRET_ARN, APP} else None

    def state(self, arn: str) -> SecretState:
        if arn != ecs.SECRET_ARN:
            raise AssertionError(arn)
        return SecretState(self.world.app.labels(), self.world.app.version_dates())

    def rotate(self, arn: str) -> bool:
        if arn != ecs.SECRET_ARN:
            raise AssertionError(arn)
        return service.rotate(self.world) is not None

    def _attached(self) -> AttachedSecret:
        secret = self.world.dated
        told = self.world.now - _LIST_IS_BEHIND
        changed = max((one for one in secret.changed_before if one <= told), default=None)
        return AttachedSecret(
            ecs.SECRET_ARN,
            APP,
            secret.rotation_enabled,
            last_rotated=secret.last_rotated,
            last_changed=changed,
            current_version=self.world.app.labels().version_with(Stage.CURRENT),
        )


@dataclass(frozen=True)
class ListedClusters:
    """Implements ``ports.Clusters``."""

    world: "WorldWithTasks"

    def services(self) -> list[rollout_rules.Service]:
        return [_service(one) for one in self.world.services.values()]

    def tasks(self) -> list[consumers.Task]:
        seen = self.world.now - (ecs.LISTS_LAG if self.world.lists_lag else timedelta())
        return [
            consumers.Task(one.arn, ecs.CLUSTER, one.group, one.created, one.references)
            for one in self.world.tasks.values()
            if one.created is None or one.created <= seen
        ]

    def deployments_since(
        self, service: rollout_rules.Service, when: datetime
    ) -> tuple[rollout_rules.Deployment, ...]:
        found = self.world.services[service.name].deployments
        return tuple(
            rollout_rules.Deployment(one.created, one.status) for one in found if one.created > when
        )

    def roll(self, service: rollout_rules.Service) -> None:
        rollouts.deploy(self.world, service.name)
        self.world.roll_begun(service.name)


@dataclass(frozen=True)
class Invoked:
    """Lambda's part: both are answers of the rotation function's invocation."""

    def invoke(self, request: KeyRequest) -> None:
        """Begin; what follows are the rotation function's own effects."""

    def answer(self, report: KeyReport) -> KeyReport:
        return report


@dataclass(frozen=True)
class WaitingClock:
    """Who waits, lets the service do the rotation that is due."""

    world: "WorldWithTasks"

    def pause(self, seconds: float) -> None:
        self.world.passes(timedelta(seconds=seconds))
        if self.world.service_works and (version_id := service.pending(self.world)):
            service.attempt(self.world, version_id)


def _service(one: ecs.Service) -> rollout_rules.Service:
    return rollout_rules.Service(one.arn, one.name, ecs.CLUSTER, one.rolls, one.references)
