"""Stale reads of the secret: the one thing that they hide. What they can not harm: stale.py."""

from rotation.rules.words import Step
from tests.proof import scenarios, stale, watch
from tests.proof.effects import advance, begin
from tests.proof.hands import PASSING
from tests.proof.world import APP, new_world


def test_limit_a_label_moved_back_with_rotation_on_and_not_seen_by_any_read() -> None:
    """docs/limits.md: with rotation off, as the runbook has it, each step refuses."""
    (back,) = (one for one in PASSING if "back to AWSPREVIOUS's" in one.name)
    for rotation_on in (True, False):
        world = new_world()
        version_id = scenarios.with_pending_installed(world)
        world.move_current(version_id)
        world.app.rotation_enabled = rotation_on
        back.act(world)
        reads = stale.EVERY_READ
        advance(world, begin(world, APP, Step.FINISH_SECRET, version_id, reads))
        blamed = [one.kind for one in world.violations]
        assert blamed == ([watch.LOCKOUT] if rotation_on else [])
