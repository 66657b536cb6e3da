"""What ``replace-leaked-key`` waits for, meets and tells while the rotation it began goes on."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from rotation.errors.aws_answers import EcsDenied
from rotation.errors.retirement import LeakedKeyStays, RotationFunctionFailed
from rotation.rules.errand import Beside
from rotation.rules.retention import AT_ONCE
from rotation.rules.words import Fingerprint, SecretState, Slot
from tests.shared.commands import LEAKED_KEY, World
from tests.shared.dated import ARN
from tests.shared.retirement import OLD_KEY, Run

RETIRE = "retire at once app"
NOT_TOLD = EcsDenied("no.")
OVERTAKEN = RotationFunctionFailed("labels moved.", code="Overtaken")


@pytest.fixture
def world() -> World:
    return World()


def after_promotion(world: World, change: Callable[[World], None]) -> None:
    """Let something more happen at the instant at which AWSCURRENT moves."""
    promote = world.promote

    def promote_and_change() -> None:
        promote()
        change(world)

    world.promote = promote_and_change  # type: ignore[method-assign]


def not_completed(world: World) -> None:
    """finishSecret has moved the label, and AWS has not noted the rotation's end."""
    state = world.run.secrets.states[ARN]
    labels = replace(state.labels, last_rotated=None)
    world.run.secrets.states[ARN] = SecretState(labels, state.created)


def overtaken(world: World) -> None:
    world.run.keys.failures_once[RETIRE] = OVERTAKEN


def overtaken_for_good(world: World) -> None:
    world.run.keys.failures[RETIRE] = OVERTAKEN


def refused(world: World) -> None:
    failure = RotationFunctionFailed("no.", code="InsufficientPrivilege")
    world.run.keys.failures_once[RETIRE] = failure


def unreadable(world: World) -> None:
    """No version vouches any more for the key that leaked, and it stays in its slot."""
    world.run.keys.beside[ARN] = Beside.FOREIGN_KEY


def someone_elses(world: World) -> None:
    """finishSecret has retired the leaked key, and a person set another in its slot."""
    world.run.keys.beside[ARN] = Beside.FOREIGN_KEY
    world.run.keys.old_key = Fingerprint("SHA256:a person's")


def nothing_beside(world: World) -> None:
    world.run.keys.beside[ARN] = Beside.NOTHING


def test_a_rotation_whose_end_is_not_noted_is_waited_for_five_looks_more(world: World) -> None:
    after_promotion(world, not_completed)
    cut_off = world.commands.replace_leaked_key("app")
    assert cut_off.retired == (OLD_KEY, LEAKED_KEY)
    assert len(world.pauses) == 2 + 5


def test_finish_secret_at_the_same_is_met_by_asking_once_more(world: World) -> None:
    after_promotion(world, overtaken)
    cut_off = world.commands.replace_leaked_key("app")
    assert cut_off.retired == (OLD_KEY, LEAKED_KEY)
    assert world.run.calls.count(RETIRE) == 3
    assert {one.secret_id for one in world.run.keys.requests} == {ARN}
    assert [one.version_id for one in world.run.keys.requests] == ["new", "next", "next"]


def test_it_asks_once_more_and_not_for_ever(world: World) -> None:
    after_promotion(world, overtaken_for_good)
    with pytest.raises(RotationFunctionFailed):
        world.commands.replace_leaked_key("app")
    assert world.run.calls.count(RETIRE) == 3


def test_any_other_refusal_is_raised_at_once(world: World) -> None:
    after_promotion(world, refused)
    with pytest.raises(RotationFunctionFailed):
        world.commands.replace_leaked_key("app")
    assert world.run.calls.count(RETIRE) == 2


def test_a_leaked_key_that_stays_is_an_error_and_all_else_is_done(world: World) -> None:
    after_promotion(world, unreadable)
    with pytest.raises(LeakedKeyStays) as caught:
        world.commands.replace_leaked_key("app")
    assert caught.value.found == (
        f"{Slot.TWO} of SVC_APP still holds the key that leaked, {LEAKED_KEY}: the rotation "
        f"function takes it for {Beside.FOREIGN_KEY}."
    )
    assert {"roll web", "roll worker"} <= set(world.run.calls)


def test_a_leaked_key_that_is_a_named_key_pair_still_opens_the_door(world: World) -> None:
    world.run.keys.beside[ARN] = Beside.NAMED_KEY_PAIR
    after_promotion(world, nothing_beside)
    with pytest.raises(LeakedKeyStays, match="REMOVE KEY PAIR") as caught:
        world.commands.replace_leaked_key("app")
    found = f"The key that leaked, {LEAKED_KEY}, is a named key pair of SVC_APP."
    assert caught.value.found == found
    assert {"roll web", "roll worker"} <= set(world.run.calls)


def test_another_key_that_stays_beside_is_not_the_one_that_leaked(world: World) -> None:
    after_promotion(world, someone_elses)
    assert world.commands.replace_leaked_key("app").retired == (OLD_KEY, LEAKED_KEY)


def test_a_secret_that_held_no_key_has_lost_none(world: World) -> None:
    world.run.keys.current_key = None
    world.run.keys.beside[ARN] = Beside.NOTHING
    after_promotion(world, nothing_beside)
    assert world.commands.replace_leaked_key("app").retired == ()


def test_a_leaked_key_that_finish_secret_retired_is_told_of() -> None:
    world = World(Run(AT_ONCE))
    promote = world.promote

    def promote_and_retire() -> None:
        promote()
        world.run.keys.beside[ARN] = Beside.NOTHING

    world.promote = promote_and_retire  # type: ignore[method-assign]
    world.run.keys.beside[ARN] = Beside.NOTHING
    assert world.commands.replace_leaked_key("app").retired == (LEAKED_KEY,)


def tasks_fail_once(world: World) -> None:
    world.run.clusters.failures_once["tasks"] = NOT_TOLD


def services_fail(world: World) -> None:
    world.run.clusters.failures["services"] = NOT_TOLD


@pytest.mark.parametrize("happens", [tasks_fail_once, services_fail])
def test_what_ecs_could_not_tell_after_the_rotation_is_told(
    world: World, happens: Callable[[World], None]
) -> None:
    after_promotion(world, happens)
    cut_off = world.commands.replace_leaked_key("app")
    assert cut_off.unknown is NOT_TOLD
    assert cut_off.retired == (OLD_KEY, LEAKED_KEY)


def test_what_ecs_could_not_tell_before_the_rotation_is_told(world: World) -> None:
    tasks_fail_once(world)
    assert world.commands.replace_leaked_key("app").unknown is NOT_TOLD
