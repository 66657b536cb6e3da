"""createSecret on in-memory ports: what it observes, decides and does, and in which order."""

import json

import pytest

from rotation.errors.secret import (
    NoCurrentVersion,
)
from rotation.keys import pair
from rotation.rules.words import (
    Sensitive,
    Step,
)
from tests.shared import keys
from tests.shared.fakes import FakeVersions
from tests.shared.steps import CURRENT, PENDING, World


class TestCreateSecret:
    def test_fills_the_pending_version_with_a_new_pair_and_keeps_every_other_field(
        self, world: World
    ) -> None:
        world.versions.values = {CURRENT: keys.secret_text("current", warehouse="WH", note="ü")}
        world.run(Step.CREATE_SECRET)
        made = json.loads(world.versions.values[PENDING] or "")
        before = json.loads(world.versions.values[CURRENT] or "")
        assert {k for k in made if made[k] != before[k]} == {"privateKey", "publicKey"}
        assert pair.read_private_key(made["privateKey"]).key_size == 2048
        assert world.versions.token_seen is not None
        assert world.versions.token_seen.reveal() == "token"
        assert world.user.calls == [], "createSecret does not talk to Snowflake"

    def test_makes_no_second_pair(self, world: World) -> None:
        before = dict(world.versions.values)
        world.run(Step.CREATE_SECRET)
        assert world.versions.values == before
        assert world.versions.calls == ["labels", "read"]

    def test_steps_back_when_another_invocation_was_faster(self, world: World) -> None:
        class Overtaken(FakeVersions):
            def read(self, version_id: str) -> Sensitive[str] | None:
                return None if version_id == PENDING else super().read(version_id)

        world.versions = Overtaken(world.versions.values, world.versions.stages)
        before = dict(world.versions.values)
        report = world.run(Step.CREATE_SECRET)
        assert "another invocation" in report.decided
        assert world.versions.values == before

    @pytest.mark.parametrize("labelled", [True, False])
    def test_needs_a_current_version_with_a_value(self, world: World, labelled: bool) -> None:  # noqa: FBT001
        world.versions.values = {}
        if not labelled:
            world.versions.stages.pop(CURRENT)
        with pytest.raises(NoCurrentVersion):
            world.run(Step.CREATE_SECRET)
        assert "fill_pending" not in world.versions.calls
