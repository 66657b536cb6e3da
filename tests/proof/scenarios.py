"""Worlds in which a rotation is about to begin, one for each path that the steps know."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from rotation.rules.words import Slot, Stage, Step
from tests.proof import keypool, service
from tests.proof.after_promotion import AfterPromotion
from tests.proof.effects import advance, begin
from tests.proof.secret import Secret
from tests.proof.world import SERVICE, World, administered_world, new_world, world_without_key


@dataclass(frozen=True)
class Scenario:
    """A world and the token of the rotation that Secrets Manager works on.

    ``needs_person_when_given_up``: the retry ends it, but not a rotation with another token.
    """

    name: str
    build: Callable[[], tuple[World, str]]
    needs_person: bool = False
    needs_person_when_given_up: bool = False


def started(world: World) -> tuple[World, str]:
    """Return the world with RotateSecret called."""
    version_id = service.rotate(world)
    if version_id is None:
        raise AssertionError("this world can't begin a rotation")
    return world, version_id


def run(world: World, version_id: str, *steps: Step) -> None:
    for step in steps:
        advance(world, begin(world, world.app.name, step, version_id))


def with_pending_installed(world: World) -> str:
    """Rotate up to and including setSecret; return the token."""
    version_id = started(world)[1]
    run(world, version_id, Step.CREATE_SECRET, Step.SET_SECRET)
    return version_id


def new_secret(name: str, text: str) -> Secret:
    """Return another secret for the same user."""
    secret = Secret(name, SERVICE)
    secret.put(f"{name}-1", text, Stage.CURRENT)
    return secret


def put_by_hand(world: World, number: int, note: str = "edited") -> None:
    """PutSecretValue by a person: a new AWSCURRENT."""
    world.begun += 1
    text = keypool.secret_text(number, SERVICE, note)
    world.app.put(f"hand-{world.begun}", text, Stage.CURRENT)


def _plain() -> tuple[World, str]:
    return started(new_world())


def _mirrored() -> tuple[World, str]:
    world = new_world()
    service.attempt(world, started(world)[1])
    return started(world)


def _previous_lingers() -> tuple[World, str]:
    world = new_world()
    first = world.user.one
    service.attempt(world, started(world)[1])
    world.account.put(SERVICE, Slot.ONE, first)
    return started(world)


def _abandoned_lingers() -> tuple[World, str]:
    world = new_world()
    with_pending_installed(world)
    world.app.detach(Stage.PENDING)
    return started(world)


def _abandoned_by_hand() -> tuple[World, str]:
    world = new_world()
    with_pending_installed(world)
    put_by_hand(world, 0)
    return started(world)


def _current_key_taken() -> tuple[World, str]:
    world = new_world()
    version_id = with_pending_installed(world)
    world.account.put(SERVICE, Slot.ONE, None)
    return world, version_id


def _promoted_not_retired() -> tuple[World, str]:
    world = new_world()
    version_id = with_pending_installed(world)
    world.app.attach(Stage.CURRENT, version_id)
    return world, version_id


def _same_key_in_both() -> tuple[World, str]:
    world = new_world()
    world.account.put(SERVICE, Slot.TWO, world.user.one)
    return started(world)


def _edited_by_hand() -> tuple[World, str]:
    world = new_world()
    put_by_hand(world, 0)
    return started(world)


def _slowly_accepted() -> tuple[World, str]:
    world = new_world()
    world.account.change(SERVICE, slow_logins=2)
    return started(world)


def _foreign_beside() -> tuple[World, str]:
    world = new_world()
    world.account.put(SERVICE, Slot.TWO, keypool.fingerprint(world.draw()))
    return started(world)


def _administered() -> tuple[World, str]:
    return started(administered_world())


def _first_key() -> tuple[World, str]:
    return started(world_without_key())


def _first_key_beside_another() -> tuple[World, str]:
    world = world_without_key()
    world.account.put(SERVICE, Slot.TWO, keypool.fingerprint(world.draw()))
    return started(world)


def _named_pair() -> tuple[World, str]:
    world = new_world()
    world.account.change(SERVICE, one=None, named_pairs=frozenset({world.user.one}))
    return started(world)


def _named_pair_and_no_slot() -> tuple[World, str]:
    world, version_id = _named_pair()
    one, two = (keypool.fingerprint(world.draw()) for _ in Slot)
    world.account.change(SERVICE, one=one, two=two)
    return world, version_id


SCENARIOS = (
    Scenario("first rotation", _plain),
    Scenario("second rotation", _mirrored),
    Scenario("AWSPREVIOUS's key lingers", _previous_lingers),
    Scenario("an abandoned rotation's key lingers", _abandoned_lingers),
    Scenario("a put by hand abandoned a rotation", _abandoned_by_hand),
    Scenario("AWSCURRENT's key was taken after setSecret", _current_key_taken, needs_person=True),
    Scenario("promoted, the old key not retired", _promoted_not_retired),
    Scenario("AWSCURRENT's key in both slots", _same_key_in_both),
    Scenario("the secret was edited by hand, same key", _edited_by_hand),
    Scenario("the new key is accepted at the third login", _slowly_accepted),
    Scenario("a foreign key in the other slot", _foreign_beside, needs_person=True),
    Scenario("AWSCURRENT's key is a named key pair", _named_pair),
    Scenario("the same, foreign keys in the slots", _named_pair_and_no_slot, needs_person=True),
    Scenario("a rotation admin alters the user", _administered),
    # A first rotation that is given up may leave a key in the slot, which a person has to judge.
    Scenario("the user's first key", _first_key, needs_person_when_given_up=True),
    Scenario("no key yet, but one in a slot", _first_key_beside_another, needs_person=True),
)


def _in_form(scenario: Scenario, form: AfterPromotion) -> tuple[World, str]:
    world, version_id = scenario.build()
    world.app.let_pending(form)
    return world, version_id


def in_form(scenario: Scenario, form: AfterPromotion) -> Scenario:
    """Return the scenario where AWS does so with AWSPENDING; in SCENARIOS it stays."""
    return replace(
        scenario, name=f"{scenario.name}; {form}", build=partial(_in_form, scenario, form)
    )


OTHER_FORMS = (AfterPromotion.GONE_WHEN_COMPLETE, AfterPromotion.GONE_IN_THE_CALL)
IN_OTHER_FORMS = tuple(in_form(one, form) for form in OTHER_FORMS for one in SCENARIOS)
WITH_ADMIN = tuple(one for one in SCENARIOS if one.build()[0].account.administered)
