"""Nothing planted: a key that AWSCURRENT's holder did not vouch for is never installed."""

import json
from dataclasses import replace

import pytest

from rotation.errors.aws_answers import SecretsManagerError
from rotation.errors.function import OutOfTime
from rotation.errors.secret import PendingNotVouched
from rotation.errors.slots import CurrentKeyNotInstalled, SlotsNotEmpty
from rotation.keys import credential, pair
from rotation.keys.form import AWS_FORM, SecretForm
from rotation.rules.vouching import Claim, voucher
from rotation.rules.words import SecretLabels, Sensitive, Stage, Step
from rotation.steps import vouchers
from tests.shared import keys
from tests.shared.dated import ARN
from tests.shared.fakes import FakeAdmin, FakeVersions
from tests.shared.steps import CURRENT, OLD, PENDING, World

NAMES = {"privateKey": "pem", "publicKey": "pub", "account": "acc", "user": "login"}


@pytest.fixture(autouse=True)
def known_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fake user knows the keys of these tests only."""
    monkeypatch.setattr(pair, "generate", lambda _: keys.key("pending"))


@pytest.fixture
def planted() -> World:
    """A writer has put a key pair of their own under AWSPENDING; they can read nothing."""
    world = World(vouched=False)
    world.versions.values[PENDING] = keys.secret_text("planted")
    return world


def vouched_by(text: str, made_for: str, version_id: str = PENDING) -> str:
    own = credential.read(Sensitive(text), AWS_FORM)
    return voucher(own.voucher_key, Claim(ARN, version_id, keys.fingerprint(made_for)))


class TestAPlantedKey:
    def test_is_not_installed_and_nobody_logs_in(self, planted: World) -> None:
        error = planted.fails(Step.SET_SECRET)
        assert isinstance(error, PendingNotVouched)
        assert planted.user.calls == []
        assert keys.fingerprint("planted") not in {planted.user.one, planted.user.two}

    def test_is_not_promoted_though_it_is_in_a_slot_by_some_other_way(self, planted: World) -> None:
        planted.user.two = keys.fingerprint("planted")
        assert isinstance(planted.fails(Step.FINISH_SECRET), PendingNotVouched)
        assert "promote" not in planted.versions.calls
        assert planted.user.calls == []

    @pytest.mark.parametrize("label", ["their own key's", "an honest version's", "a made-up one"])
    def test_is_refused_with_any_voucher_that_its_writer_can_have(
        self, planted: World, label: str
    ) -> None:
        theirs = {
            "their own key's": vouched_by(keys.secret_text("planted"), "planted"),
            "an honest version's": vouched_by(keys.secret_text("current"), "pending"),
            "a made-up one": "vouched-v1-" + "0" * 64,
        }
        planted.versions.vouchers[PENDING] = {theirs[label]}
        assert isinstance(planted.fails(Step.SET_SECRET), PendingNotVouched)
        assert isinstance(planted.fails(Step.FINISH_SECRET), PendingNotVouched)

    def test_is_left_where_it_is_by_create_secret(self, planted: World) -> None:
        """AWS takes no other value under the rotation's token; the next step says what to do."""
        planted.run(Step.CREATE_SECRET)
        assert planted.versions.values[PENDING] == keys.secret_text("planted")
        assert not planted.versions.vouchers.get(PENDING)

    def test_is_refused_in_a_teams_own_field_names(self) -> None:
        texts = {name: json.loads(keys.secret_text(name)) for name in ("current", "planted")}
        renamed = {
            name: json.dumps({NAMES[field]: value for field, value in text.items()})
            for name, text in texts.items()
        }
        world = World(vouched=False, form=SecretForm(names=NAMES))
        world.versions.values = {CURRENT: renamed["current"], PENDING: renamed["planted"]}
        assert isinstance(world.fails(Step.SET_SECRET), PendingNotVouched)
        world.versions.values[PENDING] = None
        world.run(Step.CREATE_SECRET)
        world.run(Step.SET_SECRET)
        assert world.user.two is not None


class TestAWriterWhoMovesLabels:
    """They may name any version AWSCURRENT, so that a key of theirs vouches for what they like."""

    def named_current(self, pending: str) -> World:
        world = World(vouched=False)
        world.versions.values = {
            CURRENT: keys.secret_text("theirs"),
            PENDING: keys.secret_text(pending),
        }
        forged = vouched_by(keys.secret_text("theirs"), pending)
        world.versions.vouchers[PENDING] = {forged}
        return world

    def test_has_no_key_installed_since_theirs_does_not_log_in(self) -> None:
        world = self.named_current("planted")
        assert isinstance(world.fails(Step.SET_SECRET), CurrentKeyNotInstalled)
        assert world.user.calls == ["log_in", "log_in"]

    def test_can_but_have_a_genuine_key_promoted_that_is_installed(self) -> None:
        """It logs in as AWSPENDING's key, as after a lockout."""
        world = self.named_current("current")
        world.run(Step.SET_SECRET)
        world.run(Step.FINISH_SECRET)
        assert Stage.CURRENT in world.versions.stages[PENDING]
        assert (world.user.one, world.user.two) == (keys.fingerprint("current"), None)
        assert not {"install_key", "retire_key"} & set(world.user.calls)

    def test_has_no_key_installed_beside_a_genuine_one_by_emptying_the_secret(self) -> None:
        world = World(vouched=False)
        world.versions.values = {
            CURRENT: json.dumps({"account": keys.ACCOUNT, "user": keys.USER}),
            PENDING: keys.secret_text("planted"),
        }
        world.admin = FakeAdmin(world.user)
        assert isinstance(world.fails(Step.SET_SECRET), SlotsNotEmpty)
        assert (world.user.one, world.user.two) == (keys.fingerprint("current"), None)

    @pytest.mark.parametrize("installed", [True, False])
    def test_does_not_bring_an_older_key_back(self, *, installed: bool) -> None:
        """Its own voucher was made with the key before it."""
        world = World(vouched=False)
        del world.versions.stages[PENDING]
        world.add_version(OLD, "previous", Stage.PREVIOUS, Stage.PENDING)
        own = vouched_by(keys.secret_text("left"), "previous", OLD)
        world.versions.vouchers[OLD] = {own}
        world.user.two = keys.fingerprint("previous") if installed else None
        for step in (Step.SET_SECRET, Step.FINISH_SECRET):
            with pytest.raises(PendingNotVouched):
                world.run(step, OLD)
        assert world.user.calls == []


class TestAnHonestKey:
    def test_is_vouched_for_in_the_same_call_and_kept_through_retries(self) -> None:
        world = World(vouched=False)
        world.versions.values[PENDING] = None
        world.run(Step.CREATE_SECRET)
        made = credential.read(Sensitive(world.versions.values[PENDING] or ""), AWS_FORM)
        own = credential.read(Sensitive(keys.secret_text("current")), AWS_FORM)
        claim = Claim(ARN, PENDING, made.fingerprint)
        assert world.versions.vouchers[PENDING] == {voucher(own.voucher_key, claim)}
        assert "remove_label" not in world.versions.calls
        for step in (Step.CREATE_SECRET, Step.SET_SECRET, Step.SET_SECRET, Step.TEST_SECRET):
            world.run(step)
        assert world.run(Step.FINISH_SECRET).lingering is None
        assert Stage.CURRENT in world.versions.stages[PENDING]

    def test_is_taken_though_the_first_look_at_the_labels_was_stale(self) -> None:
        """DescribeSecret may answer from before createSecret's write, a moment after it."""

        class StaleOnce(FakeVersions):
            def labels(self) -> SecretLabels:
                told = super().labels()
                stale = self.calls.count("labels") == 1
                return replace(told, vouchers={}) if stale else told

        world = World()
        world.versions = StaleOnce(world.versions.values, world.versions.stages)
        world.run(Step.SET_SECRET)
        assert world.user.two == keys.fingerprint("pending")
        assert world.versions.calls.count("labels") == 2

    def test_loses_its_voucher_with_the_promotion(self) -> None:
        world = World()
        world.user.two = keys.fingerprint("pending")
        world.run(Step.FINISH_SECRET)
        assert not world.versions.vouchers[PENDING]

    def test_a_rolled_back_key_does_not_come_back(self) -> None:
        """AWSPENDING may stay on the version; a retry of its rotation would install it again."""
        world = World()
        world.user.two = keys.fingerprint("pending")
        world.run(Step.FINISH_SECRET)
        world.vouched = False
        world.versions.stages = {CURRENT: {Stage.CURRENT}, PENDING: {Stage.PENDING}}
        world.user.one, world.user.two = keys.fingerprint("current"), None
        assert isinstance(world.fails(Step.SET_SECRET), PendingNotVouched)

    @pytest.mark.parametrize(
        "error", [SecretsManagerError("throttled."), OutOfTime("Only 1 s is left.")]
    )
    def test_is_promoted_though_its_voucher_can_not_be_taken_off(self, error: Exception) -> None:
        world = World()
        world.user.two = keys.fingerprint("pending")
        world.versions.failures["remove_label"] = error  # type: ignore[assignment]
        report = world.run(Step.FINISH_SECRET)
        assert report.lingering is None
        assert world.user.one is None, "the old key is retired all the same"

    def test_a_resumed_finish_takes_it_off(self) -> None:
        world = World()
        world.user.two = keys.fingerprint("pending")
        world.vouch()
        world.versions.stages = {CURRENT: {Stage.PREVIOUS}, PENDING: {Stage.CURRENT}}
        world.run(Step.FINISH_SECRET)
        assert not world.versions.vouchers[PENDING]


class TestTheNextRotation:
    def test_takes_the_vouchers_of_abandoned_versions_off_first(self) -> None:
        world = World(vouched=False)
        world.versions.values[PENDING] = None
        world.versions.values["v-left"] = keys.secret_text("left")
        world.versions.vouchers["v-left"] = {"vouched-v1-b", "vouched-v1-a"}
        world.run(Step.CREATE_SECRET)
        assert not world.versions.vouchers["v-left"]
        calls = world.versions.calls
        assert calls.index("remove_label") < calls.index("fill_pending")

    def test_leaves_its_own_versions_alone(self) -> None:
        """Another createSecret may have put it there with a value that does not show yet."""
        world = World(vouched=False)
        world.versions.values[PENDING] = None
        world.versions.vouchers[PENDING] = {"vouched-v1-a"}
        world.run(Step.CREATE_SECRET)
        assert "remove_label" not in world.versions.calls

    def test_goes_on_when_one_is_gone_already(self) -> None:
        world = World(vouched=False)
        world.versions.values[PENDING] = None
        world.versions.vouchers["v-left"] = {"vouched-v1-a"}
        world.versions.failures["remove_label"] = SecretsManagerError("no such label.")
        world.run(Step.CREATE_SECRET)
        assert world.versions.values[PENDING]

    def test_takes_the_others_off_though_one_is_gone(self) -> None:
        versions = FakeVersions(vouchers={"v-left": {"vouched-v1-b"}})
        vouchers.tidy(versions, (("v-left", "vouched-v1-a"), ("v-left", "vouched-v1-b")))
        assert not versions.vouchers["v-left"]

    def test_of_a_secret_without_a_key_has_nobody_to_vouch(self) -> None:
        world = World(vouched=False)
        world.versions.values = {
            CURRENT: json.dumps({"account": keys.ACCOUNT, "user": keys.USER}),
            PENDING: None,
        }
        world.user.one = None
        world.admin = FakeAdmin(world.user)
        world.run(Step.CREATE_SECRET)
        assert not world.versions.vouchers.get(PENDING)
        world.run(Step.SET_SECRET)
        assert world.user.one is not None
