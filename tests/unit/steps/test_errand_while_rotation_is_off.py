"""Rotation is switched off while a person puts an old key back: the errand must not take it."""

import pytest

from rotation.errors.slots import Overtaken
from rotation.rules.words import SecretLabels
from tests.shared.errands import World
from tests.shared.fakes import FakeVersions


def test_the_old_key_stays_while_rotation_is_off() -> None:
    world = World()
    world.versions.rotation_enabled = False
    assert world.run().because == "rotation is switched off"
    assert world.kept()


def test_it_goes_all_the_same_when_a_person_ends_its_grace() -> None:
    world = World()
    world.versions.rotation_enabled = False
    assert world.run(end_grace=True).retired
    assert not world.kept()


def test_it_stays_when_rotation_is_switched_off_after_the_look() -> None:
    class SwitchedOff(FakeVersions):
        """Off from the second time that the labels are read."""

        def labels(self) -> SecretLabels:
            found = super().labels()
            self.rotation_enabled = False
            return found

    world = World()
    before = world.versions
    world.versions = SwitchedOff(before.values, before.stages, created=before.created)
    world.versions.last_rotated, world.versions.last_changed = (
        before.last_rotated,
        before.last_changed,
    )
    with pytest.raises(Overtaken) as caught:
        world.run()
    assert caught.value.found == "Rotation was switched on or off during this step."
    assert world.kept()
