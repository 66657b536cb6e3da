"""AWSCURRENT's key may be a named key pair: it logs in and is in no slot."""

import pytest

from rotation.errors.slots import CurrentKeyNotInstalled, ForeignKey, NamedKeyPairStays
from rotation.errors.snowflake_answers import InsufficientPrivilege
from rotation.rules.retention import AT_ONCE, Retention
from rotation.rules.words import Stage, Step
from tests.shared import keys
from tests.shared.steps import CURRENT, GRACE, PENDING, World


@pytest.fixture
def world() -> World:
    world = World()
    world.user.one, world.user.named_pairs = None, frozenset({keys.fingerprint("current")})
    return world


def through(world: World) -> World:
    """Run the steps up to finishSecret."""
    world.run(Step.SET_SECRET)
    world.run(Step.TEST_SECRET)
    return world


def test_the_new_key_goes_into_an_empty_slot_and_the_report_says_what_the_old_one_is(
    world: World,
) -> None:
    report = world.run(Step.SET_SECRET)
    assert (world.user.one, world.user.two) == (keys.fingerprint("pending"), None)
    assert report.decided == (
        "AWSCURRENT's key is a named key pair, which stays; install in RSA_PUBLIC_KEY, which is "
        "empty"
    )


def test_again_it_is_installed_already(world: World) -> None:
    world.run(Step.SET_SECRET)
    assert "already" in world.run(Step.SET_SECRET).decided


def test_without_an_empty_slot_it_is_refused(world: World) -> None:
    world.user.one = world.user.two = keys.fingerprint("foreign")
    error = world.fails(Step.SET_SECRET)
    assert isinstance(error, ForeignKey)
    assert "named key pair" in error.found
    assert "install_key" not in world.user.calls


def test_a_pending_key_that_logs_in_does_not_speak_for_awscurrents(world: World) -> None:
    """Nobody knows where AWSCURRENT's key is then: no slot is taken."""
    world.user.named_pairs = frozenset({keys.fingerprint("pending")})
    assert isinstance(world.fails(Step.SET_SECRET), CurrentKeyNotInstalled)
    assert "install_key" not in world.user.calls


def test_a_slot_that_holds_a_key_of_ours_is_as_good_as_an_empty_one(world: World) -> None:
    world.user.one, world.user.two = keys.fingerprint("foreign"), keys.fingerprint("abandoned")
    world.add_version("v-abandoned", "abandoned")
    report = world.run(Step.SET_SECRET)
    assert world.user.two == keys.fingerprint("pending")
    assert report.decided.endswith("which is ours")


@pytest.mark.parametrize("retention", [AT_ONCE, GRACE], ids=["at once", "a grace"])
def test_it_is_left_and_told_after_the_promotion(world: World, retention: Retention) -> None:
    world.retention = retention
    report = through(world).run(Step.FINISH_SECRET)
    assert world.versions.stages[PENDING] == {Stage.CURRENT}
    assert isinstance(report.lingering, NamedKeyPairStays)
    for part in (keys.fingerprint("current"), "is a named key pair", "REMOVE KEY PAIR"):
        assert part in str(report.lingering)
    assert "retire_key" not in world.user.calls
    assert world.user.named_pairs == {keys.fingerprint("current")}


def test_a_finish_secret_that_resumes_tells_it_again(world: World) -> None:
    through(world).run(Step.FINISH_SECRET)
    assert isinstance(world.run(Step.FINISH_SECRET).lingering, NamedKeyPairStays)


def test_one_that_is_removed_meanwhile_is_not_told(world: World) -> None:
    through(world).user.named_pairs = frozenset()
    assert world.run(Step.FINISH_SECRET).lingering is None


def test_where_pairs_may_not_be_seen_that_is_told(world: World) -> None:
    through(world).user.failures["named_key_pairs"] = InsufficientPrivilege("no.", code=3001)
    lingering = world.run(Step.FINISH_SECRET).lingering
    assert isinstance(lingering, NamedKeyPairStays)
    assert "could not be seen (code 3001)" in lingering.found


def test_a_key_that_was_in_a_slot_costs_no_look_at_pairs() -> None:
    world = World()
    through(world).run(Step.FINISH_SECRET)
    assert "named_key_pairs" not in world.user.calls
    assert CURRENT in world.versions.stages
