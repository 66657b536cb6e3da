"""A secret that was just attached: no rotation moved its AWSCURRENT, and its old key stays."""

import pytest

from rotation.rules.retention import AT_ONCE
from tests.shared import keys
from tests.shared.dated import DAY, HOUR
from tests.shared.errands import World
from tests.shared.steps import CURRENT


class TestASecretThatWasJustAttached:
    """Both of its user's keys may be in use, as before the first rotation."""

    @pytest.fixture
    def world(self) -> World:
        world = World(retention=AT_ONCE)
        world.versions.last_rotated = None
        return world

    def test_keeps_the_key_of_its_previous_version(self, world: World) -> None:
        assert world.run().because == "no rotation moved AWSCURRENT to its version"
        assert world.kept()

    def test_so_does_one_whose_value_a_person_put(self, world: World) -> None:
        world.versions.last_rotated = world.versions.created[CURRENT] - DAY
        assert world.run().because == "no rotation moved AWSCURRENT to its version"
        assert world.kept()

    def test_loses_it_on_command(self, world: World) -> None:
        assert world.run(end_grace=True).retired == keys.fingerprint("previous")

    def test_loses_it_after_a_rotation(self, world: World) -> None:
        world.rotated(HOUR)
        assert world.run().retired == keys.fingerprint("previous")
