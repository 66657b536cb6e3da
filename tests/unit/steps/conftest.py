"""The secret and user that most tests of the steps begin with."""

import pytest

from tests.shared import keys
from tests.shared.steps import World


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def installed(world: World) -> World:
    """The state in which testSecret and finishSecret find them."""
    world.user.two = keys.fingerprint("pending")
    return world
