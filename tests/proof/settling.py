"""The end of every life with tasks: faults stop, rollouts end, time passes, all converges.

A person does what a refusal or a finding says, and nothing more.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from rotation.errors.retirement import RotationFunctionFailed
from rotation.errors.slots import PreviousKeyInGrace
from rotation.retirement.reconcile import Reconciled
from rotation.rules.errand import Beside
from rotation.rules.rollouts import BAD
from rotation.rules.tasks import SecretReference
from rotation.rules.words import Stage
from tests.proof import ecs, remedies, retiring, rollouts, service, watch
from tests.proof.effects import advance
from tests.proof.invocation import Done

if TYPE_CHECKING:
    from tests.proof.world_with_tasks import WorldWithTasks

_ATTEMPTS = 12
_HOUR = timedelta(hours=1)
_ALL_IS_WELL_AFTER_LOOKS = 2


@dataclass
class Settling:
    """``events``: the label's event comes, as it does nearly always."""

    world: "WorldWithTasks"
    events: bool = True
    latest: Reconciled | None = None
    _told: tuple[str, ...] = field(default=(), repr=False)

    def go(self) -> None:
        """Rotate until nothing is left to do; blame when that never comes."""
        self.world.tell("faults stop")
        self.world.dated.replication_is_mended()
        for _ in range(_ATTEMPTS):
            if self._settled_by_a_rotation() or self.world.violations:
                return
        self.world.blame(watch.STUCK)

    def _settled_by_a_rotation(self) -> bool:
        version_id = service.rotate(self.world)
        if version_id is None:
            remedies.remove_pending(self.world)
            return False
        before = self.world.app.holder(Stage.CURRENT)
        run = service.attempt(self.world, version_id)
        if self.events and self.world.app.holder(Stage.CURRENT) != before:
            self._run("AWSCURRENT's event")
        error = run.error
        if error is not None and not isinstance(error, PreviousKeyInGrace):
            self.world.tell(f"refused: {error.reason}")
            remedies.follow(self.world, error)
            return False
        clean = self._time_passes()
        return clean and not run.failed and self.world.app.holder(Stage.CURRENT) == version_id

    def _time_passes(self) -> bool:
        """Let the grace and two days pass, and more when a finding asks a person to act."""
        if self._hours():
            return True
        finding = self.latest
        if finding is not None and isinstance(finding.failure, RotationFunctionFailed):
            remedies.follow_reason(self.world, finding.failure.code or "Overtaken")
            return self._hours()
        if finding is None or finding.keys is None or finding.keys.beside is Beside.FOREIGN_KEY:
            return False  # the next rotation says so
        if not self.world.retention.keeps:
            return False  # a key that no rotation replaced stays until the next one
        if not self._is_explained(finding):
            self.world.tell(f"the finding is {finding.kept}")
            self.world.blame(watch.STUCK)
            return False
        self._does_as_found(finding)
        return self._hours()

    def _hours(self) -> bool:
        """Look now and then; return whether the world is clean at last.

        Most hourly looks are left out, as if those runs were lost: they find what the next does.
        A replica syncs late, and standalone tasks end late: the grace alone is over before.
        """
        self.latest = None
        for number, span in enumerate(self._spans()):
            self.world.passes(span)
            late = number > _ALL_IS_WELL_AFTER_LOOKS
            self._ecs_goes_on(standalone_end=late)
            if late:
                self.world.dated.replica_syncs()
            self._run("scheduled run")
            if self.world.is_clean():
                return True
        return False

    def _spans(self) -> Iterator[timedelta]:
        """Yield the time until each look: some in the grace, some after, two in its daily hour."""
        yield from (_HOUR, _HOUR, self.world.retention.grace, _HOUR, 6 * _HOUR)
        hour = zlib.crc32(ecs.SECRET_ARN.encode()) % 24
        for _ in range(2):
            yield timedelta(hours=24 + (hour - self.world.now.hour) % 24)

    def _ecs_goes_on(self, *, standalone_end: bool) -> None:
        for name in self.world.services:
            rollouts.finish(self.world, name)
        for _ in range(4):
            rollouts.everyone_goes_on(self.world)
        for task in list(self.world.tasks.values()):
            plain = task.reference is None or task.reference.follows_current
            if standalone_end and plain and not task.group.startswith("service:"):
                del self.world.tasks[task.number]

    @staticmethod
    def _is_explained(finding: Reconciled) -> bool:
        """Tell whether the finding says which tasks hold the key and why nobody ends them."""
        services = {one.service.name for one in finding.services if one.rollout in BAD}
        explained = [
            one
            for one in finding.holders
            if one.group.removeprefix("service:") in services or _is_pinned(one.references)
        ]
        return bool(explained) and finding.kept is not None

    def _does_as_found(self, finding: Reconciled) -> None:
        """Deploy the services that it names, and end the tasks that are pinned."""
        self.world.tell("a person does as the finding says")
        for one in finding.services:
            rollouts.deploy(self.world, one.service.name)
        for task in list(self.world.tasks.values()):
            if _is_pinned(task.references):
                del self.world.tasks[task.number]
        for name, service_ in list(self.world.services.items()):
            if _is_pinned(service_.references):
                del self.world.services[name]

    def _run(self, job: str) -> None:
        """Run it whole; keep what it found, and tell it once when it is the same as before."""
        before = len(self.world.story)
        done = advance(self.world, retiring.begin(self.world, job)).outcome
        told = self.world.story[before:]
        if told == self._told:
            self.world.story = self.world.story[:before]
        self._told = told
        result = done.result if isinstance(done, Done) else None
        found = result[0] if isinstance(result, tuple) and result else None
        if isinstance(found, Reconciled) and (found.keys is not None or found.failure is not None):
            self.latest = found


def _is_pinned(references: tuple[SecretReference, ...]) -> bool:
    return any(one.secret_arn == ecs.SECRET_ARN and not one.follows_current for one in references)
