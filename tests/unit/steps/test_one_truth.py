"""Nothing that says "nothing was changed" stands beside what was changed."""

import pytest

from rotation.errors.base import RotationError
from rotation.rules.words import Step
from tests.shared.fakes import FakeUser
from tests.shared.reasons import every_class
from tests.shared.steps import World

CLASSES = sorted(every_class() - {RotationError}, key=lambda one: one.__name__)
DENIAL = "nothing was changed"


def is_denied(error: RotationError) -> bool:
    return DENIAL in str(error).lower()


class BreaksAfterTheChange(FakeUser):
    """Whatever is asked after ALTER USER … SET fails."""

    def called(self, method: str) -> None:
        super().called(method)
        if method == "install_key":
            self.failures["describe"] = self.failures["later"]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda one: one.__name__)
def test_after_the_promotion(installed: World, kind: type[RotationError]) -> None:
    installed.user.failures["retire_key"] = kind("Found this.")
    report = installed.run(Step.FINISH_SECRET)
    assert report.done == "AWSCURRENT moved"
    assert type(report.lingering) is kind
    assert not is_denied(report.lingering)
    assert report.lingering.remedy == kind.remedy


@pytest.mark.parametrize("kind", CLASSES, ids=lambda one: one.__name__)
def test_after_the_new_key_was_set(world: World, kind: type[RotationError]) -> None:
    world.user = BreaksAfterTheChange(one=world.user.one, failures={"later": kind("Found this.")})
    error = world.fails(Step.SET_SECRET)
    assert type(error) is kind
    assert not is_denied(error)


def test_a_step_that_changed_nothing_says_so(world: World) -> None:
    world.versions.values["v-current"] = "{}"
    assert is_denied(world.fails(Step.SET_SECRET))
