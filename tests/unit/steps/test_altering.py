"""A slot is changed only when nothing has moved since the change was decided on."""

from collections.abc import Callable

import pytest

from rotation.errors.slots import KeyNotStored, Overtaken
from rotation.keys import credential
from rotation.keys.form import AWS_FORM
from rotation.rules.words import Sensitive, Slot, Stage
from rotation.steps import altering
from tests.shared import keys
from tests.shared.fakes import FakeAdmin
from tests.shared.steps import CURRENT, PENDING, World

NEW_KEY = credential.read(Sensitive(keys.secret_text("pending")), AWS_FORM)


def look(world: World, *, fresh: bool, promoted: str | None = None) -> altering.Basis:
    """Look at labels and slots as a step does, and forget the calls of it."""
    session = world.user.log_in(credential.read(Sensitive(keys.secret_text("current")), AWS_FORM))
    labels, user = world.versions.labels(), session.describe()
    world.versions.calls.clear()
    world.user.calls.clear()
    return altering.Basis(world.versions, session, labels, user, fresh=fresh, promoted=promoted)


def install(world: World, basis: altering.Basis) -> None:
    alterer = altering.who_alters(world.admin, keys.ACCOUNT)
    altering.install(alterer, basis, Slot.TWO, NEW_KEY)


def retire(world: World, basis: altering.Basis) -> None:
    altering.retire(altering.who_alters(world.admin, keys.ACCOUNT), basis, Slot.ONE)


Act = Callable[[World, altering.Basis], None]
ACTS = pytest.mark.parametrize("act", [install, retire])


@pytest.fixture(params=[False, True], ids=["the user itself", "an admin"])
def world(request: pytest.FixtureRequest) -> World:
    world = World()
    world.admin = FakeAdmin(world.user) if request.param else None
    return world


def label_moved(world: World) -> None:
    world.versions.stages[PENDING] = set()


def switched_off(world: World) -> None:
    world.versions.rotation_enabled = False


def slot_set(world: World) -> None:
    world.user.two = keys.fingerprint("abandoned")


@ACTS
def test_nobody_is_asked_again_when_the_session_that_looked_alters_at_once(act: Act) -> None:
    world = World()
    act(world, look(world, fresh=True))
    assert world.versions.calls == []
    assert world.user.calls in (["install_key", "describe"], ["retire_key"])


@ACTS
def test_otherwise_labels_and_slots_are_read_again_after_every_login(
    world: World, act: Act
) -> None:
    act(world, look(world, fresh=False))
    assert world.versions.calls == ["labels"]
    login = ["admin.read", "admin.log_in"] if world.admin else []
    assert world.user.calls[: len(login) + 1] == [*login, "describe"]


@ACTS
@pytest.mark.parametrize("moved", [label_moved, switched_off, slot_set])
def test_what_moved_since_the_look_keeps_the_slot_as_it_is(
    world: World, act: Act, moved: Callable[[World], None]
) -> None:
    basis = look(world, fresh=False)
    moved(world)
    held = (world.user.one, world.user.two)
    with pytest.raises(Overtaken):
        act(world, basis)
    assert (world.user.one, world.user.two) == held


@ACTS
@pytest.mark.parametrize("moved", [label_moved, switched_off, slot_set])
def test_an_admins_login_makes_every_look_an_old_one(
    act: Act, moved: Callable[[World], None]
) -> None:
    one = World()

    def meanwhile(call: str) -> None:
        if call == "log_in":
            moved(one)

    one.admin = FakeAdmin(one.user, before=meanwhile)
    with pytest.raises(Overtaken):
        act(one, look(one, fresh=True))


def test_after_its_promotion_a_step_expects_awscurrent_where_it_put_it(world: World) -> None:
    basis = look(world, fresh=False, promoted=PENDING)
    world.versions.stages = {CURRENT: {Stage.PREVIOUS}, PENDING: {Stage.CURRENT}}
    retire(world, basis)
    assert world.user.one is None


def test_a_slot_that_took_nothing_is_reported(world: World) -> None:
    world.user.stores = False
    with pytest.raises(KeyNotStored):
        install(world, look(world, fresh=False))
