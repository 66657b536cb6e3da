"""testSecret on in-memory ports: what it observes, decides and does, and in which order."""

import pytest

from rotation.errors.slots import (
    PendingKeyNotInstalled,
    WrongUser,
)
from rotation.errors.snowflake_answers import (
    LoginRejected,
)
from rotation.rules.words import (
    Step,
)
from tests.shared import keys
from tests.shared.fakes import FakeUser
from tests.shared.steps import CURRENT, PENDING, World


class TestTestSecret:
    def test_logs_in_once_and_checks_user_and_slot(self, installed: World) -> None:
        installed.run(Step.TEST_SECRET)
        assert installed.user.calls == ["log_in", "current_user", "describe", "close"]
        assert installed.pauses == []

    def test_passes_on_a_copy_of_the_current_version(self, world: World) -> None:
        world.versions.values[PENDING] = world.versions.values[CURRENT]
        world.run(Step.TEST_SECRET)

    @pytest.mark.parametrize(("rejections", "pauses"), [(1, [1.0]), (2, [1.0, 3.0])])
    def test_waits_for_a_key_that_is_not_accepted_yet(
        self, installed: World, rejections: int, pauses: list[float]
    ) -> None:
        installed.user.rejections = rejections
        installed.run(Step.TEST_SECRET)
        assert installed.pauses == pauses

    def test_gives_up_after_three_tries(self, installed: World) -> None:
        installed.user.rejections = 9
        with pytest.raises(PendingKeyNotInstalled) as caught:
            installed.run(Step.TEST_SECRET)
        assert installed.user.calls == ["log_in"] * 3
        for cause in ("in no slot", "LOGIN_NAME", "another form", "clock"):
            assert cause in str(caught.value)

    def test_does_not_wait_when_the_key_is_not_the_reason(self, installed: World) -> None:
        installed.user.failures["log_in"] = LoginRejected("clock.", code=394302)
        with pytest.raises(LoginRejected):
            installed.run(Step.TEST_SECRET)
        assert installed.user.calls == ["log_in"]
        assert installed.pauses == []

    def test_refuses_another_user(self, installed: World) -> None:
        installed.user.name = installed.user.login_name = "ADMIN"
        with pytest.raises(WrongUser):
            installed.run(Step.TEST_SECRET)

    def test_accepts_a_user_whose_login_name_differs(self, installed: World) -> None:
        installed.user.name = "svc app"
        installed.run(Step.TEST_SECRET)

    def test_refuses_a_key_that_logs_in_from_outside_the_slots(self, world: World) -> None:
        class NamedKeyPair(FakeUser):
            def log_in(self, credential: object) -> object:  # type: ignore[override]
                self.one = keys.fingerprint("pending")
                session = super().log_in(credential)  # type: ignore[arg-type]
                self.one = keys.fingerprint("current")
                return session

        world.user = NamedKeyPair()
        with pytest.raises(PendingKeyNotInstalled, match="neither slot"):
            world.run(Step.TEST_SECRET)
