"""What a step may log in with is checked where it is read, in every step, before any effect."""

from collections.abc import Iterator

import pytest

from rotation.errors.secret import IdentityNotAllowed
from rotation.keys import pair
from rotation.keys.form import AWS_FORM
from rotation.rules.who import AllowedIdentities, NamePatterns
from rotation.rules.words import (
    SecretLabels,
    Stage,
    Step,
)
from rotation.steps import observation
from rotation.steps.rotation import Rotation
from tests.shared import keys
from tests.shared.fakes import FakeUser, FakeVersions
from tests.shared.steps import CURRENT, PENDING, World

ALLOWED = AllowedIdentities(NamePatterns(("MYORG-*",)), NamePatterns(("SVC_*",)))
EDITED = [{"user": "ADMIN"}, {"account": "EVIL-ACCOUNT"}, {"account": "EVIL-A", "user": "ADMIN"}]
CHANGES = {"fill_pending", "promote"}


def secret(current: dict[str, str], pending: dict[str, str] | None) -> FakeVersions:
    filled = None if pending is None else keys.secret_text("pending", **pending)
    return FakeVersions(
        values={CURRENT: keys.secret_text("current", **current), PENDING: filled},
        stages={CURRENT: {Stage.CURRENT}, PENDING: {Stage.PENDING}},
    )


def rotation(step: Step, versions: FakeVersions, user: FakeUser) -> Rotation:
    return World(versions, user, allowed=ALLOWED).rotation(step)


@pytest.fixture
def user() -> FakeUser:
    """A user for whom every step would succeed."""
    return FakeUser(one=keys.fingerprint("current"), two=keys.fingerprint("pending"))


def cases() -> Iterator[tuple[Step, dict[str, str], dict[str, str] | None, str]]:
    """Yield a step, what is edited in AWSCURRENT and in AWSPENDING, and who is blamed."""
    for edit in EDITED:
        yield Step.CREATE_SECRET, edit, None, "AWSCURRENT"
        yield Step.SET_SECRET, edit, {}, "AWSCURRENT"
        yield Step.SET_SECRET, {}, edit, "AWSPENDING"
        yield Step.SET_SECRET, edit, edit, "AWSPENDING"
        yield Step.TEST_SECRET, {}, edit, "AWSPENDING"
        yield Step.FINISH_SECRET, edit, {}, "AWSCURRENT"
        yield Step.FINISH_SECRET, {}, edit, "AWSPENDING"
        yield Step.FINISH_SECRET, edit, edit, "AWSPENDING"


@pytest.mark.parametrize(("step", "current", "pending", "blamed"), list(cases()))
def test_a_step_refuses_who_is_not_allowed_before_any_login_and_any_effect(
    step: Step, current: dict[str, str], pending: dict[str, str] | None, blamed: str, user: FakeUser
) -> None:
    versions = secret(current, pending)
    before = dict(versions.values)
    with pytest.raises(IdentityNotAllowed, match=f"In the {blamed} version: "):
        rotation(step, versions, user).run()
    assert user.calls == []
    assert not CHANGES & set(versions.calls)
    assert versions.values == before


@pytest.mark.parametrize("step", [Step.CREATE_SECRET, Step.SET_SECRET])
@pytest.mark.parametrize("edit", EDITED)
def test_no_key_is_made_or_installed_for_who_is_not_allowed(
    step: Step, edit: dict[str, str], user: FakeUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pair, "generate", lambda _: pytest.fail("a key was made"))
    user.two = None
    with pytest.raises(IdentityNotAllowed):
        rotation(step, secret(edit, None if step is Step.CREATE_SECRET else edit), user).run()
    assert user.two is None


@pytest.mark.parametrize("edit", EDITED)
def test_a_finish_secret_that_resumes_unsets_nothing_of_who_is_not_allowed(
    edit: dict[str, str], user: FakeUser
) -> None:
    versions = secret({}, edit)
    versions.stages = {PENDING: {Stage.CURRENT}, CURRENT: {Stage.PREVIOUS}}
    report = rotation(Step.FINISH_SECRET, versions, user).run()
    assert isinstance(report.lingering, IdentityNotAllowed)
    assert user.calls == []
    assert user.one == keys.fingerprint("current")


def test_what_is_allowed_is_read() -> None:
    versions = secret({}, {})
    labels = SecretLabels(True, {CURRENT: frozenset({Stage.CURRENT})})  # noqa: FBT003
    version_id, current = observation.current(versions, labels, ALLOWED, AWS_FORM)
    assert (version_id, current.identity) == (CURRENT, (keys.ACCOUNT, keys.USER))
    context = rotation(Step.SET_SECRET, versions, FakeUser())
    assert observation.pending(context).identity == (keys.ACCOUNT, keys.USER)
    assert versions.calls == ["read", "read"], "the check costs no request"
