"""No message quotes an account or user that may be a passphrase typed into the wrong field."""

import pytest

from rotation.keys import credential
from rotation.keys.form import AWS_FORM
from rotation.rules.names import NOT_SHOWN
from rotation.rules.who import AllowedIdentities, NamePatterns
from rotation.rules.words import Sensitive, Step
from tests.shared import keys
from tests.shared.steps import CURRENT, PENDING, World

TYPED = "correct horse battery staple"
EVERYBODY = AllowedIdentities(NamePatterns(("*",)), NamePatterns(("*",)))


@pytest.mark.parametrize("step", [Step.CREATE_SECRET, Step.SET_SECRET, Step.TEST_SECRET])
@pytest.mark.parametrize("allowed", [None, EVERYBODY])
def test_as_a_user(step: Step, allowed: AllowedIdentities | None) -> None:
    world = World()
    if allowed is not None:
        world.allowed = allowed
    # Nobody logs in with the key of this name, and whoever does is somebody else.
    world.user.rejections = 0 if step is Step.TEST_SECRET else 9
    world.user.two = keys.fingerprint("pending")
    world.versions.values[CURRENT] = keys.secret_text("current", user=TYPED)
    world.versions.values[PENDING] = (
        None if step is Step.CREATE_SECRET else keys.secret_text("pending", user=TYPED)
    )
    if (step, allowed) == (Step.CREATE_SECRET, EVERYBODY):
        world.run(step)
        return
    error = world.fails(step)
    assert NOT_SHOWN in str(error)
    assert TYPED not in str(error)


def test_nor_one_that_is_the_passphrase_of_the_same_secret() -> None:
    text = keys.secret_text("current", user="sesame", account="sesame", passphrase="sesame")
    whose = credential.read_identity(Sensitive(text), AWS_FORM)
    assert repr(whose) == f"Identity(account={NOT_SHOWN}, user={NOT_SHOWN})"
