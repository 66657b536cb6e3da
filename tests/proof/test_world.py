"""The simulated Secrets Manager and Snowflake behave as the real ones where it matters."""

import pytest

from rotation.errors.aws_answers import SecretsManagerError
from rotation.errors.snowflake_answers import LoginRejected, UserLockedOrDisabled
from rotation.keys import credential as credentials
from rotation.keys.form import AWS_FORM
from rotation.rules.words import (
    Sensitive,
    Slot,
    Stage,
    Step,
)
from tests.proof import keypool, scenarios, service
from tests.proof.after_promotion import AfterPromotion
from tests.proof.effects import advance, begin
from tests.proof.world import APP, SERVICE, World, new_world


@pytest.fixture
def world() -> World:
    return new_world()


def rotated(world: World) -> str:
    version_id = service.rotate(world)
    assert version_id
    assert not service.attempt(world, version_id).failed
    return version_id


@pytest.mark.parametrize("form", AfterPromotion)
def test_a_rotation_ends_with_one_slot_and_previous_following(
    world: World, form: AfterPromotion
) -> None:
    world.app.let_pending(form)
    version_id = rotated(world)
    assert world.is_clean()
    assert world.app.holder(Stage.CURRENT) == version_id
    assert world.app.holder(Stage.PREVIOUS) == "v-first"
    stays = form is AfterPromotion.STAYS
    assert world.app.holder(Stage.PENDING) == (version_id if stays else None)
    assert world.violations == ()


def test_moving_current_needs_the_version_that_holds_it(world: World) -> None:
    version_id = service.rotate(world)
    assert version_id
    with pytest.raises(SecretsManagerError):
        world.app.promote("v-first", instead_of=version_id)


def test_other_data_under_the_same_token_is_refused(world: World) -> None:
    version_id = service.rotate(world)
    assert version_id
    token = Sensitive("token")
    one, two = (Sensitive(keypool.secret_text(n, SERVICE)) for n in (world.draw(), world.draw()))
    assert world.app.fill_pending(version_id, one, token, None)
    assert world.app.fill_pending(version_id, one, token, None), "the same data again is no change"
    assert not world.app.fill_pending(version_id, two, token, None)
    assert world.app.versions[version_id].value == one.reveal()


def test_an_incomplete_rotation_is_reattempted_with_its_token(world: World) -> None:
    assert service.rotate(world) == service.rotate(world)


def test_a_cancelled_rotation_with_its_label_left_blocks_the_next(world: World) -> None:
    service.rotate(world)
    world.app.rotation_enabled = False
    assert service.rotate(world) is None


def test_a_put_by_hand_abandons_the_rotation(world: World) -> None:
    version_id = service.rotate(world)
    scenarios.put_by_hand(world, 0)
    assert world.app.holder(Stage.PENDING) is None
    assert version_id in world.app.versions, "an abandoned version can still be read"


def test_a_session_outlives_its_key_and_a_login_does_not(world: World) -> None:
    with keypool.swapped(lambda: 0):
        credential = credentials.read(
            Sensitive(world.app.versions["v-first"].value or ""), AWS_FORM
        )
    session = world.account.log_in(credential)
    world.account.put(SERVICE, Slot.ONE, None)
    assert session.user == SERVICE
    with pytest.raises(LoginRejected):
        world.account.log_in(credential)
    world.account.change(SERVICE, disabled=True)
    with pytest.raises(UserLockedOrDisabled):
        world.account.log_in(credential)


def test_a_step_that_waits_between_effects_does_the_same_as_one_that_does_not() -> None:
    slow, fast = new_world(), new_world()
    version_id = service.rotate(slow)
    assert version_id
    assert service.rotate(fast) == version_id
    for step in Step:
        running = begin(slow, APP, step, version_id)
        while running.outcome is None:
            running = advance(slow, running, 1)
        advance(fast, begin(fast, APP, step, version_id))
    told = [line for line in slow.story if not line.startswith("steps of")]
    assert tuple(told) == fast.story
    assert slow.state() == fast.state()


def test_copies_of_a_world_go_their_own_ways(world: World) -> None:
    before = world.state()
    rotated(world.clone())
    assert world.state() == before
