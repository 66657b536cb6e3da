"""A secret an hour after a rotation, whose next rotation is watched by a command."""

from dataclasses import dataclass, field

from rotation.retirement.commands import Commands
from rotation.rules.errand import Beside
from rotation.rules.words import Fingerprint, SecretLabels, SecretState, Stage
from tests.shared.dated import (
    ARN,
    HOUR,
    NOW,
    SECOND,
    WITH_CLUSTERS,
    ago,
    rotated_ago,
    service,
    task,
)
from tests.shared.retirement import Run

LEAKED_KEY, NEW_KEY = Fingerprint("SHA256:leaked"), Fingerprint("SHA256:new")
WEB, WORKER = service("web"), service("worker")
BEFORE, BETWEEN, AFTER = (
    task("before", group="service:worker"),
    task("between", created=ago(HOUR / 2)),
    task("after", created=NOW + HOUR),
)


@dataclass
class World:
    """An hour after a rotation. The next one is promoted after ``polls`` looks, or never.

    ``end_with_the_rotation``: all tasks end while it is at work.
    """

    run: Run = field(default_factory=lambda: Run(WITH_CLUSTERS))
    polls: int | None = 2
    pauses: list[float] = field(default_factory=list)
    end_with_the_rotation: bool = False

    def __post_init__(self) -> None:
        self.run.secrets.states[ARN] = rotated_ago(HOUR)
        self.run.secrets.on_rotate = self.begin_rotation
        self.run.keys.current_key = LEAKED_KEY
        self.run.clusters.all_services = [WEB, WORKER]
        self.run.clusters.all_tasks = [BEFORE, BETWEEN, AFTER]
        self.commands = Commands(self.run.retirement, self.pause, 20.5, NOW)

    def begin_rotation(self, arn: str) -> bool:
        state = self.run.secrets.states[arn]
        waits = {**state.labels.versions, "next": frozenset({Stage.PENDING})}
        self.run.secrets.states[arn] = SecretState(SecretLabels(True, waits), state.created)  # noqa: FBT003
        return True

    def pause(self, seconds: float) -> None:
        self.run.calls.append("pause")
        self.pauses.append(seconds)
        if len(self.pauses) == self.polls:
            self.promote()

    def promote(self) -> None:
        """The rotation is completed: the key that was current is beside the new one."""
        moved = rotated_ago(SECOND, old="", new=Stage.PREVIOUS, next=Stage.CURRENT)
        created = {**moved.created, "next": ago(2 * SECOND)}
        self.run.secrets.states[ARN] = SecretState(moved.labels, created)
        keys = self.run.keys
        keys.beside[ARN], keys.old_key, keys.current_key = Beside.OLD_KEY, LEAKED_KEY, NEW_KEY
        if self.end_with_the_rotation:
            self.run.clusters.all_tasks.clear()

    def incomplete(self) -> None:
        """A rotation waits for its retry: AWS refuses a second one."""
        self.begin_rotation(ARN)
        self.run.secrets.on_rotate = lambda _: False
