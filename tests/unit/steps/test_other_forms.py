"""Every step reads a secret whose fields have the team's names, wherever it reads one."""

import json
from dataclasses import dataclass, field

import pytest

from rotation.errors.slots import CurrentKeyNotInstalled
from rotation.keys.form import SecretForm
from rotation.rules.words import (
    Stage,
    Step,
)
from tests.shared import keys
from tests.shared.fakes import FakeAdmin
from tests.shared.steps import CURRENT, LEFT, NAMES, OLD, PENDING, renamed
from tests.shared.steps import World as WorldOfOne


@dataclass
class World(WorldOfOne):
    """A secret with the team's names."""

    form: SecretForm = field(default_factory=lambda: SecretForm(NAMES))

    def __post_init__(self) -> None:
        self.versions.values = {v: renamed(t) for v, t in self.versions.values.items() if t}

    def add_version(self, version_id: str, key: str, *stages: Stage) -> None:
        super().add_version(version_id, key, *stages)
        self.versions.values[version_id] = renamed(self.versions.values[version_id] or "")


@pytest.fixture
def world() -> World:
    return World()


def test_a_whole_rotation_and_a_resumed_end(world: World) -> None:
    for step in Step:
        world.run(step)
    assert (world.user.one, world.user.two) == (None, keys.fingerprint("pending"))
    world.user.one = keys.fingerprint("current")
    assert world.run(Step.FINISH_SECRET).lingering is None
    assert world.user.one is None


def test_a_new_key_is_written_under_the_teams_names(world: World) -> None:
    del world.versions.values[PENDING]
    world.run(Step.CREATE_SECRET)
    assert set(json.loads(world.versions.values[PENDING] or "")) == set(NAMES.values())


@pytest.mark.parametrize(("version_id", "stages"), [(OLD, {Stage.PREVIOUS}), (LEFT, set())])
def test_an_older_version_vouches_for_its_key(
    world: World, version_id: str, stages: set[Stage]
) -> None:
    world.add_version(version_id, "abandoned", *stages)
    world.user.two = keys.fingerprint("abandoned")
    world.run(Step.SET_SECRET)
    assert world.user.two == keys.fingerprint("pending")


def test_a_users_first_key(world: World) -> None:
    without_key = json.dumps({"account": keys.ACCOUNT, "user": keys.USER})
    world.versions.values[CURRENT] = renamed(without_key)
    world.user.one = None
    world.admin = FakeAdmin(world.user)
    for step in Step:
        world.run(step)
    assert world.user.one == keys.fingerprint("pending")


def test_the_account_and_user_are_named_when_no_key_logs_in(world: World) -> None:
    world.user.one = None
    with pytest.raises(CurrentKeyNotInstalled, match=keys.USER):
        world.run(Step.SET_SECRET)
