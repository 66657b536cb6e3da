"""Deliberately broken rules and steps: the same searches must report each of them.

A proof that finds nothing is worth what it would have found. Each sabotage swaps one
function of rotation/ while a search of the short form runs.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from rotation.rules import labels, old_key, slots, vouching
from rotation.rules.words import Step
from rotation.steps import (
    altering,
    create_secret,
    finish_secret,
    observation,
    set_secret,
    test_secret,
)
from tests.proof import broken, changes, interleavings, interruptions, lives
from tests.proof.actors import Actor
from tests.proof.hands import HANDS
from tests.proof.scenarios import SCENARIOS
from tests.proof.tally import Tally
from tests.proof.world import Violation

Search = Callable[[Tally], None]


@dataclass(frozen=True)
class Sabotage:
    """One function of a module, its broken stand-in, the search and the count that must rise."""

    name: str
    module: object
    function: str
    stand_in: object
    search: Search
    found: str

    def run(self) -> Tally:
        """Search until the wanted count has risen: what else is broken does not matter."""
        tally = UntilFound(self.name, wanted=self.found)
        with _swapped(self.module, self.function, self.stand_in), suppress(FoundError):
            self.search(tally)
        return tally


class FoundError(Exception):
    """A search has found what it was to find."""


@dataclass
class UntilFound(Tally):
    """Ends the search with FoundError as soon as the count named ``wanted`` has risen."""

    wanted: str = "violations"

    def record(self, violation: Violation) -> None:
        super().record(violation)
        if getattr(self, self.wanted):
            raise FoundError


@contextmanager
def _swapped(module: object, name: str, stand_in: object) -> Iterator[None]:
    real = getattr(module, name)
    setattr(module, name, stand_in)
    try:
        yield
    finally:
        setattr(module, name, real)


# --- searches -----------------------------------------------------------------------------------


def _named(name: str) -> int:
    return next(n for n, scenario in enumerate(SCENARIOS) if name in scenario.name)


def _interrupted(name: str) -> Search:
    def search(tally: Tally) -> None:
        interruptions.Search(SCENARIOS[_named(name)], 1, second_in_step=False, tally=tally).go()

    return search


def _with_hands(tally: Tally) -> None:
    for hand in HANDS[:5]:
        changes.explore(SCENARIOS[0], (hand,), tally)


def _with_hands_and_admin(tally: Tally) -> None:
    for hand in HANDS:
        changes.explore(SCENARIOS[_named("a rotation admin")], (hand,), tally)


def _with_a_writer(tally: Tally) -> None:
    for hand in HANDS:
        if "plants" in hand.name:
            changes.explore(SCENARIOS[0], (hand,), tally)


def _beside_successors(name: str) -> Search:
    def search(tally: Tally) -> None:
        for start in interleavings.starts((SCENARIOS[_named(name)],)):
            if start.step is Step.SET_SECRET:
                successor = Actor(interleavings.GIVEN_UP, start.version_id)
                interleavings.explore(start, (successor,), tally)

    return search


def _lived(tally: Tally) -> None:
    lives.run_lives(200, 30, tally, shrink=False)


LOCKOUTS, FOREIGN, LEAKS, STUCK = "lockouts", "foreign_keys_touched", "leaks", "stuck"
_PLAIN, _FOREIGN = _interrupted("first rotation"), _interrupted("a foreign key in the other")
_LINGERS = _interrupted("AWSPREVIOUS's key lingers")

SABOTAGES = (
    Sabotage(
        "the slot of the current key is overwritten",
        slots,
        "choose_slot",
        broken.over_the_current_key,
        _PLAIN,
        LOCKOUTS,
    ),
    Sabotage(
        "slot two is always chosen",
        slots,
        "choose_slot",
        broken.always_slot_two,
        _interrupted("second rotation"),
        LOCKOUTS,
    ),
    Sabotage(
        "foreign keys are overwritten",
        slots,
        "choose_slot",
        broken.over_any_key,
        _FOREIGN,
        FOREIGN,
    ),
    Sabotage(
        "every key counts as ours", observation, "owned", broken.owns_everything, _FOREIGN, FOREIGN
    ),
    Sabotage(
        "nothing is ever retired",
        old_key,
        "choose_retirement",
        broken.never_retire,
        _PLAIN,
        STUCK,
    ),
    Sabotage(
        "the slot of the new key is retired",
        old_key,
        "choose_retirement",
        broken.retire_the_other_slot,
        _PLAIN,
        LOCKOUTS,
    ),
    Sabotage(
        "whatever is beside the new key is retired",
        old_key,
        "choose_retirement",
        broken.retire_whatever_is_beside,
        _with_hands,
        FOREIGN,
    ),
    Sabotage(
        "a user's first key overwrites another",
        slots,
        "choose_first_slot",
        broken.first_key_over_any,
        _interrupted("no key yet, but one in a slot"),
        FOREIGN,
    ),
    Sabotage(
        "the admin unsets without a look at the labels",
        labels,
        "check_still_current",
        broken.always_current,
        _with_hands_and_admin,
        LOCKOUTS,
    ),
    Sabotage(
        "the admin alters without a second look",
        altering,
        "check_unchanged",
        broken.unchanged,
        _with_hands_and_admin,
        FOREIGN,
    ),
    Sabotage(
        "a key is replaced without a second look",
        altering,
        "check_unchanged",
        broken.unchanged,
        _beside_successors("first rotation"),
        LOCKOUTS,
    ),
    Sabotage(
        "whatever is in AWSPENDING is installed",
        vouching,
        "check_vouched",
        broken.unchanged,
        _with_a_writer,
        FOREIGN,
    ),
    Sabotage(
        "finishSecret retires before it promotes",
        finish_secret,
        "run",
        broken.retires_before_it_promotes,
        _PLAIN,
        LOCKOUTS,
    ),
    Sabotage(
        "finishSecret promotes without a login",
        finish_secret,
        "run",
        broken.promotes_without_a_login,
        _with_hands,
        LOCKOUTS,
    ),
    Sabotage(
        "createSecret generates each time",
        create_secret,
        "run",
        broken.generates_each_time,
        _PLAIN,
        STUCK,
    ),
    Sabotage("setSecret does nothing", set_secret, "run", broken.sets_nothing, _PLAIN, STUCK),
    Sabotage(
        "a report shows the private key",
        test_secret,
        "run",
        broken.reports_the_key,
        _PLAIN,
        LEAKS,
    ),
    Sabotage(
        "an error shows the private key",
        test_secret,
        "run",
        broken.fails_with_the_key,
        _PLAIN,
        LEAKS,
    ),
    Sabotage(
        "foreign keys are overwritten, in a life",
        slots,
        "choose_slot",
        broken.over_any_key,
        _lived,
        FOREIGN,
    ),
)
