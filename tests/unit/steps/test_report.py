"""One log line a step is made of its report, so that the words are asserted whole."""

import json

from rotation.errors.snowflake_answers import (
    SnowflakeUnreachable,
)
from rotation.keys import pair
from rotation.rules.words import (
    Stage,
    Step,
)
from rotation.steps.report import StepReport
from tests.shared import keys
from tests.shared.steps import OLD, PENDING, World


class TestReports:
    SLOTS = {"RSA_PUBLIC_KEY": keys.fingerprint("current")}  # noqa: RUF012 (never changed)

    def test_of_create_secret(self, world: World) -> None:
        del world.versions.values[PENDING]
        report = world.run(Step.CREATE_SECRET)
        made = json.loads(world.versions.values[PENDING] or "")["publicKey"]
        fingerprint = pair.fingerprint(pair.read_public_key(made))
        assert report == StepReport(
            "generate a key pair",
            f"pending version holds {fingerprint}",
            {"current": keys.fingerprint("current"), "pending": "empty"},
        )
        again = world.run(Step.CREATE_SECRET)
        assert again == StepReport("the pending version has a value already")

    def test_of_set_secret(self, world: World) -> None:
        pending = keys.fingerprint("pending")
        assert world.run(Step.SET_SECRET) == StepReport(
            "install in RSA_PUBLIC_KEY_2, which is empty",
            f"RSA_PUBLIC_KEY_2 holds {pending}",
            self.SLOTS | {"RSA_PUBLIC_KEY_2": "empty"},
        )
        assert world.run(Step.SET_SECRET) == StepReport(
            "RSA_PUBLIC_KEY_2 holds the new key already",
            observed=self.SLOTS | {"RSA_PUBLIC_KEY_2": pending},
        )

    def test_of_set_secret_over_a_key_of_ours(self, world: World) -> None:
        world.add_version(OLD, "previous", Stage.PREVIOUS)
        world.user.two = keys.fingerprint("previous")
        report = world.run(Step.SET_SECRET)
        assert report.decided == "install in RSA_PUBLIC_KEY_2, which is ours"

    def test_of_test_secret(self, installed: World) -> None:
        slots = self.SLOTS | {"RSA_PUBLIC_KEY_2": keys.fingerprint("pending")}
        assert installed.run(Step.TEST_SECRET) == StepReport(
            "the new key logs in and is in a slot", observed={"user": keys.USER} | slots
        )

    def test_of_finish_secret(self, installed: World) -> None:
        slots = self.SLOTS | {"RSA_PUBLIC_KEY_2": keys.fingerprint("pending")}
        unset = f"RSA_PUBLIC_KEY unset, it held {keys.fingerprint('current')}"
        assert installed.run(Step.FINISH_SECRET) == StepReport(
            "promote, and retire the old key", f"AWSCURRENT moved; {unset}", slots
        )
        again = installed.run(Step.FINISH_SECRET)
        assert again.decided == "the version is AWSCURRENT already; retire what is left"
        assert again.done == "no slot unset: no slot holds AWSPREVIOUS's key"
        assert again.observed == {
            "RSA_PUBLIC_KEY": "empty",
            "RSA_PUBLIC_KEY_2": keys.fingerprint("pending"),
        }

    def test_of_an_unfinished_retirement(self, installed: World) -> None:
        failure = SnowflakeUnreachable("down.")
        installed.user.failures["retire_key"] = failure
        assert installed.run(Step.FINISH_SECRET) == StepReport(
            "promote, and retire the old key", "AWSCURRENT moved", lingering=failure
        )
        assert installed.run(Step.FINISH_SECRET) == StepReport(
            "the version is AWSCURRENT already; retire what is left", lingering=failure
        )

    def test_of_a_first_rotation_that_is_finished_again(self, installed: World) -> None:
        installed.versions.stages = {PENDING: {Stage.CURRENT}}
        assert installed.run(Step.FINISH_SECRET) == StepReport(
            "the version is AWSCURRENT already; retire what is left",
            "nothing: there is no AWSPREVIOUS",
        )
