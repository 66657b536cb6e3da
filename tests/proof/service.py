"""Secrets Manager's part in a rotation, and a person who does what a refusal says.

RotateSecret starts a rotation, or reattempts the one whose AWSPENDING waits; a failed step
stops it; an abandoned or cancelled rotation is not called again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rotation.errors.base import RotationError
from rotation.rules.words import Stage, Step
from tests.proof import remedies, watch
from tests.proof.effects import advance, begin
from tests.proof.faults import Fault
from tests.proof.invocation import Invocation
from tests.proof.world import APP, World

STEPS = tuple(Step)
_ATTEMPTS = 12


def rotate(world: World, secret: str = APP) -> str | None:
    """RotateSecret: return the token that the steps get, None when AWS refuses.

    A rotation that was cancelled with AWSPENDING left behind is incomplete for ever; AWS
    refuses a new one until somebody removes the label.
    """
    held = world.secrets[secret]
    pending, current = held.holder(Stage.PENDING), held.holder(Stage.CURRENT)
    if pending and pending != current:
        return pending if held.rotation_enabled else None
    held.rotation_enabled = True
    world.begun += 1
    version_id = f"v{world.begun}"
    world.tell(f"RotateSecret {version_id}")
    held.begin_version(version_id)
    return version_id


def pending(world: World, secret: str = APP) -> str | None:
    """Return the token of the rotation that the service works on, if it does."""
    held = world.secrets[secret]
    version_id, current = held.holder(Stage.PENDING), held.holder(Stage.CURRENT)
    return version_id if held.rotation_enabled and version_id != current else None


def may_go_on(world: World, secret: str, version_id: str) -> bool:
    """Tell whether the service calls the next step."""
    held = world.secrets[secret]
    version = held.versions.get(version_id)
    wanted = {Stage.PENDING, Stage.CURRENT}
    return held.rotation_enabled and version is not None and bool(wanted & version.labels)


@dataclass
class Attempt:
    """One run through the steps of a version."""

    version_id: str
    invocations: list[Invocation] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        return any(invocation.failed for invocation in self.invocations)

    @property
    def completed(self) -> bool:
        """Whether the service has seen finishSecret succeed."""
        return len(self.invocations) == len(STEPS) and not self.failed

    @property
    def error(self) -> RotationError | None:
        return self.invocations[-1].error if self.invocations else None


def attempt(
    world: World,
    version_id: str,
    faults: Mapping[Step, Mapping[int, Fault]] | None = None,
    between: Callable[[Step], None] = lambda _: None,
    secret: str = APP,
) -> Attempt:
    """Call the four steps as the service does, with these faults."""
    run = Attempt(version_id)
    world.tell(f"steps of {version_id}")
    # Retries are minutes apart and consumers log in meanwhile: counted for each run alone.
    remedies.others_log_in(world)
    for step in STEPS:
        between(step)
        if run.failed or not may_go_on(world, secret, version_id):
            break
        begun = begin(world, secret, step, version_id, (faults or {}).get(step, {}))
        run.invocations.append(advance(world, begun))
    if run.completed:
        world.secrets[secret].completed()
    watch.logins(world)
    return run


def settle(world: World, *, remedies_allowed: bool, retried: str | None = None) -> None:
    """Repeat rotations, without faults, until nothing is left to do; blame when it never ends.

    ``retried`` is the token that the service tries first. A world is settled after a whole
    rotation that leaves AWSCURRENT's key in one slot and nothing of ours in the other.
    """
    rounds = 0
    while rounds < _ATTEMPTS:
        rounds += 1
        if _settled_by(world, retried, remedies_allowed=remedies_allowed):
            return
        retried = None
        if world.violations and world.violations[-1].kind in {watch.STUCK, watch.NOT_NAMED}:
            return
    world.blame(watch.STUCK)


def _settled_by(world: World, retried: str | None, *, remedies_allowed: bool) -> bool:
    version_id = retried or rotate(world)
    if version_id is None:
        remedies.remove_pending(world)
        return False
    run = attempt(world, version_id)
    if not run.failed:
        return world.app.holder(Stage.CURRENT) == version_id and world.is_clean()
    error = run.error
    if error is None or (not remedies_allowed and not remedies.is_rotate_again(error)):
        world.blame(watch.STUCK)
    else:
        world.tell(f"refused: {error.reason}")
        remedies.follow(world, error)
    return False
