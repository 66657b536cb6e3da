"""Which step is done, and for which versions none is."""

import pytest

from rotation.errors.secret import (
    VersionNotPending,
)
from rotation.rules.words import (
    Step,
)
from tests.shared.steps import PENDING, World


@pytest.mark.parametrize("step", list(Step))
def test_every_step_refuses_a_version_without_its_label_and_touches_nothing(
    world: World, step: Step
) -> None:
    world.versions.stages[PENDING] = {"mine"}
    with pytest.raises(VersionNotPending):
        world.run(step)
    assert world.versions.calls == ["labels"]
    assert world.user.calls == []
