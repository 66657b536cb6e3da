"""Which keys are found to be ours, and how many versions are read to find out."""

import pytest

from rotation.keys import credential, pair
from rotation.keys.credential import Credential
from rotation.keys.form import AWS_FORM, SecretForm
from rotation.rules.words import Sensitive, Stage, Step
from rotation.steps import observation
from tests.shared import keys
from tests.shared.fakes import FakeVersions
from tests.shared.steps import World

MINE = "v-mine"
PREVIOUS, ABANDONED, FOREIGN = (
    keys.fingerprint(name) for name in ("previous", "abandoned", "foreign")
)


def held(stages: dict[str, set[str]], **versions: str) -> FakeVersions:
    values = {f"v-{name}": keys.secret_text(key) for name, key in versions.items()}
    return FakeVersions(values=dict(values), stages=stages)


def test_a_key_of_a_version_with_a_label_of_the_team_is_ours() -> None:
    versions = held({MINE: {"mine"}}, mine="abandoned")
    wanted = frozenset({ABANDONED})
    assert observation.owned(versions, versions.labels(), wanted, AWS_FORM).keys() == wanted


def test_keys_of_several_versions_are_ours_together() -> None:
    stages: dict[str, set[str]] = {"v-old": {Stage.PREVIOUS}}
    versions = held(stages, old="previous", left="abandoned", other="current")
    wanted = frozenset({PREVIOUS, ABANDONED, FOREIGN})
    assert observation.owned(versions, versions.labels(), wanted, AWS_FORM).keys() == wanted - {
        FOREIGN
    }


def test_current_and_pending_are_not_read_again() -> None:
    stages: dict[str, set[str]] = {"v-now": {Stage.CURRENT}, "v-new": {Stage.PENDING}}
    versions = held(stages, now="current", new="pending")
    assert observation.owned(versions, versions.labels(), frozenset({FOREIGN}), AWS_FORM) == {}
    assert versions.calls == ["labels", "version_dates"]


def test_no_version_is_read_for_a_key_that_is_installed_already() -> None:
    world = World()
    world.user.two = keys.fingerprint("pending")
    world.run(Step.SET_SECRET)
    assert world.versions.calls == ["labels", "read", "read"]


def test_a_private_key_is_read_only_where_the_public_one_is_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[str] = []
    original = credential.read

    def counted(text: Sensitive[str], form: SecretForm) -> Credential:
        found = original(text, form)
        read.append(found.fingerprint)
        return found

    monkeypatch.setattr(credential, "read", counted)
    versions = held({}, one="previous", two="current", three="abandoned", four="foreign")
    wanted = frozenset({ABANDONED})
    assert observation.owned(versions, versions.labels(), wanted, AWS_FORM).keys() == wanted
    assert read == [ABANDONED]


def test_a_version_without_its_public_key_vouches_all_the_same() -> None:
    versions = held({})
    versions.values["v-left"] = keys.secret_text("abandoned", publicKey=None)
    wanted = frozenset({ABANDONED})
    assert observation.owned(versions, versions.labels(), wanted, AWS_FORM).keys() == wanted


@pytest.mark.parametrize(("private", "public"), [("current", "foreign"), ("foreign", "current")])
def test_one_half_of_a_key_vouches_for_nothing(private: str, public: str) -> None:
    other = pair.public_key_pem(keys.key(public).public_key())
    versions = held({})
    versions.values["v-left"] = keys.secret_text(private, publicKey=other)
    assert observation.owned(versions, versions.labels(), frozenset({FOREIGN}), AWS_FORM) == {}


def test_a_secret_without_a_current_version_is_not_read_as_if_it_had_one() -> None:
    versions = held({"v-new": {Stage.PENDING}}, new="pending")
    assert observation.previous(versions, versions.labels(), AWS_FORM) is None
    assert versions.calls == ["labels"]
