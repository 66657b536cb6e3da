"""The short form of every search: it finds nothing, and it searches."""

import pytest

from rotation.rules.words import Step
from tests.proof.interruptions import Search
from tests.proof.parts import PARTS, Part
from tests.proof.sabotage import SABOTAGES, Sabotage
from tests.proof.sabotage_with_tasks import SABOTAGES_WITH_TASKS
from tests.proof.scenarios import SCENARIOS, Scenario
from tests.proof.tally import Tally

FEWEST = {
    "interruptions": 1_500,
    "the same step at once": 5_000,
    "old invocations": 5_000,
    "hands": 5_000,
    "lives": 500,
    "the retirement, interrupted": 1_400,
    "others in a retirement": 700,
    "lives with tasks": 500,
    "stale reads": 40,
}
REFUSED_IN_SET_SECRET = {
    "a foreign key in the other slot",
    "the same, foreign keys in the slots",
    "no key yet, but one in a slot",
}
WITHOUT_LIMITS = {
    "stale reads",
    "interruptions",
    "the same step at once",
    "the retirement, interrupted",
}


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_nobody_is_locked_out_and_nothing_foreign_touched(part: Part) -> None:
    tally = part.run(False, lambda _: None)  # noqa: FBT003 (the part's own signature)
    assert tally.stories == []
    assert (tally.lockouts, tally.foreign_keys_touched, tally.leaks, tally.stuck) == (0, 0, 0, 0)
    assert tally.cases >= FEWEST[part.name]
    if part.name in WITHOUT_LIMITS:
        assert tally.limits == 0


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_every_effect_of_every_path_is_struck(scenario: Scenario) -> None:
    search = Search(scenario, 1, second_in_step=False, tally=Tally(scenario.name))
    search.go()
    steps = {step for step, _ in search.points}
    refused_in_set = scenario.name in REFUSED_IN_SET_SECRET
    assert steps == ({Step.CREATE_SECRET, Step.SET_SECRET} if refused_in_set else set(Step))


@pytest.mark.parametrize(
    "sabotage", [*SABOTAGES, *SABOTAGES_WITH_TASKS], ids=lambda sabotage: sabotage.name
)
def test_what_is_broken_on_purpose_is_reported(sabotage: Sabotage) -> None:
    tally = sabotage.run()
    assert getattr(tally, sabotage.found) > 0
    assert tally.stories
