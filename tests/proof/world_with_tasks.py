"""A world in which time passes, and tasks of an ECS cluster read the secret."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rotation.rules.retention import Retention
from rotation.rules.words import Fingerprint, Stage
from tests.proof import ecs, ecs_ports, keypool
from tests.proof.account import User
from tests.proof.cloning import changed
from tests.proof.dated_secret import DatedSecret
from tests.proof.replica import READERS
from tests.proof.secret import BEGINNING
from tests.proof.world import APP, SERVICE, World

_CACHES = "whoever caches "
_TICK = timedelta(milliseconds=700)


@dataclass
class WorldWithTasks(World):
    """``rolls`` counts our rollouts of a service for one AWSCURRENT, since a person's hand.

    ``lists_lag``: ECS lists tasks minutes late.
    """

    tasks: dict[int, ecs.Task] = field(default_factory=dict)
    services: dict[str, ecs.Service] = field(default_factory=dict)
    numbered: int = 0
    lists_lag: bool = False
    rolls: dict[tuple[str, str | None, int], int] = field(default_factory=dict)
    service_works: bool = True

    def clone(self) -> "WorldWithTasks":
        secrets = {name: secret.clone() for name, secret in self.secrets.items()}
        return changed(
            self,
            secrets=secrets,
            account=self.account.clone(),
            tasks=dict(self.tasks),
            services=dict(self.services),
            rolls=dict(self.rolls),
        )

    def state(self) -> tuple[object, ...]:
        """Return what a run of the retirement function may leave behind, without dates."""
        rolled = tuple(len(one.deployments) for one in self.services.values())
        return (*super().state(), tuple(self.tasks.values()), rolled)

    @property
    def dated(self) -> DatedSecret:
        secret = self.app
        if not isinstance(secret, DatedSecret):
            raise TypeError("time passes for this secret")
        return secret

    def resolve(self, target: tuple[str, str]) -> object:
        match target[0]:
            case "secrets":
                return ecs_ports.ListedSecrets(self)
            case "ecs":
                return ecs_ports.ListedClusters(self)
            case "keys":
                return ecs_ports.Invoked()
            case "clock":
                return ecs_ports.WaitingClock(self)
            case _:
                return super().resolve(target)

    def tick(self) -> None:
        self.passes(_TICK)

    def passes(self, span: timedelta) -> None:
        """Let time pass in which nobody does anything."""
        self.now += span
        self.dated.now = self.now

    def number(self) -> int:
        self.numbered += 1
        return self.numbered

    @property
    def changes(self) -> int:
        return super().changes + self.rolls_begun

    @property
    def rolled_too_often(self) -> int:
        return sum(times - 1 for times in self.rolls.values())

    # --- who can log in ---------------------------------------------------------------------

    def let_in(self) -> AbstractSet[str]:
        """Return who can log in: tasks, caches of a key whose grace runs, a replica's readers."""
        accepted = {key for key in self.user.slots.occupied if self.user.accepts(key)}
        ceased, grace = self.dated.ceased, self.retention.grace
        kept = {key for key in accepted if key in ceased and self.now < ceased[key] + grace}
        others = {_CACHES + keypool.name(key) for key in kept} | self._readers(accepted)
        if not self.retention.clusters:
            return others
        return others | {one.name for one in self.tasks.values() if self._key_of(one) in accepted}

    def _readers(self, accepted: AbstractSet[Fingerprint]) -> AbstractSet[str]:
        replica = self.dated.replica
        return {READERS} if replica and replica.readers_key in accepted else set()

    def _key_of(self, task: ecs.Task) -> Fingerprint | None:
        """Return the key that it holds, or would get now."""
        return task.key if task.has_fetched else self.key_for(task)

    def key_for(self, task: ecs.Task) -> Fingerprint | None:
        """Return the key that a task gets that fetches its secret now."""
        reference = task.reference
        if reference is None:
            return None
        if not reference.version_id:
            return self.app.fingerprint_with(Stage(reference.stage or Stage.CURRENT))
        version = self.app.versions.get(reference.version_id)
        return keypool.fingerprint_of_secret(version.value) if version and version.value else None

    def is_unprotected(self, name: str, listed: datetime | None) -> bool:
        """Tell whether docs/limits.md says so of this task, or of a replica that is astray.

        Astray; pinned to a version that has neither AWSCURRENT nor AWSPREVIOUS; or pinned to one
        that is not AWSCURRENT, and started when the tasks had been listed.
        """
        if name == READERS:
            return self.dated.replica is not None and self.dated.replica.is_unseen(self.now)
        task = self._named(name)
        if task is None or task.reference is None:
            return False
        pinned, version = not task.reference.follows_current, task.reference.version_id
        labels = self.app.labels().versions.get(version, frozenset())
        unlabelled = bool(version) and labels.isdisjoint({Stage.CURRENT, Stage.PREVIOUS})
        return task.astray or unlabelled or (pinned and self.is_listed_late(name, listed))

    def is_listed_late(self, name: str, listed: datetime | None) -> bool:
        task = self._named(name)
        seen_from = (listed or self.now) - (ecs.LISTS_LAG if self.lists_lag else timedelta())
        return task is not None and (task.created is None or task.created > seen_from)

    def _named(self, name: str) -> ecs.Task | None:
        return next((one for one in self.tasks.values() if one.name == name), None)

    def names_of(self, arns: AbstractSet[str]) -> AbstractSet[str]:
        tasks = {one.name for one in self.tasks.values() if one.arn in arns}
        return tasks | {READERS} | {_CACHES + keypool.name(key) for key in self.app.ever_ours}

    # --- a person's hand --------------------------------------------------------------------

    def move_current(self, version_id: str) -> None:
        """Move AWSCURRENT by hand.

        Away and back after a rotation leaves no trace in the dates (docs/limits.md): tasks that
        started in between are astray, and whoever caches their key, or a replica that got it.
        """
        secret = self.dated
        known, rotated = dict(secret.ceased), secret.last_rotated
        back = version_id == secret.rotated_to
        secret.attach(Stage.CURRENT, version_id)
        if back and rotated:
            secret.ceased = known
            secret.replica_goes_astray()
            for number, task in self.tasks.items():
                if task.created is None or task.created > rotated:
                    self.tasks[number] = changed(task, astray=True)

    def roll_begun(self, name: str) -> None:
        """Count a rollout of ours; a second one for the same AWSCURRENT is one too many.

        Unless no rotation put it there, and something was modified since (docs/adr/0012).
        """
        self.rolls_begun += 1
        if self.dated.whole_seconds:
            return  # AWS's dates have fractions; cut ones can't tell what happens in a second
        key = (name, self.app.holder(Stage.CURRENT), self.dated.edits)
        self.rolls[key] = self.rolls.get(key, 0) + 1


def new_world_with_tasks(retention: Retention, *, administered: bool = False) -> WorldWithTasks:
    """Return a secret that rotates, a user with its key, and no task."""
    world = WorldWithTasks(retention=retention)
    first = world.draw()
    secret = DatedSecret(APP, SERVICE)
    secret.put("v-first", keypool.secret_text(first, SERVICE), Stage.CURRENT)
    world.secrets[APP] = secret
    world.account.users[SERVICE] = User(SERVICE, one=keypool.fingerprint(first))
    world.account.administered = administered
    world.now = BEGINNING
    world.passes(timedelta(days=30))
    return world
