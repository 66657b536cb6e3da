"""What a person asks for when a key has to go now: each outcome, each refusal, and again."""

import pytest

from rotation.errors.aws_answers import EcsDenied, SecretsManagerDenied
from rotation.errors.retirement import (
    RotationFunctionFailed,
    RotationNotFinished,
    SecretNotAttached,
)
from rotation.errors.secret import NoCurrentVersion
from rotation.retirement.commands import Commands, CutOff
from rotation.retirement.rolling import RolledService
from rotation.rules.errand import Beside, KeyOperation, KeyRequest
from rotation.rules.rollouts import Rollout
from rotation.rules.words import SecretLabels, SecretState, Stage
from tests.shared.commands import (
    BEFORE,
    BETWEEN,
    LEAKED_KEY,
    WEB,
    WORKER,
    World,
)
from tests.shared.dated import (
    ARN,
    HOUR,
    IN_GRACE,
    NOW,
    OTHER_CLUSTER,
    rotated_ago,
    service,
)
from tests.shared.retirement import OLD_KEY, Run


@pytest.fixture
def world() -> World:
    return World()


class TestEndGrace:
    @pytest.mark.parametrize("name", ["app", ARN])
    def test_retires_the_old_key_at_once_and_names_who_is_cut_off(
        self, world: World, name: str
    ) -> None:
        assert world.commands.end_grace(name) == CutOff((OLD_KEY,), (BEFORE,))
        asked = [f"find {name}", "state app", "tasks", "retire at once app"]
        assert world.run.calls == asked
        request = KeyRequest(KeyOperation.RETIRE, ARN, "new", end_grace=True)
        assert world.run.keys.requests == [request]

    @pytest.mark.parametrize("beside", [Beside.NOTHING, Beside.PENDING_KEY, Beside.FOREIGN_KEY])
    def test_cuts_nobody_off_where_there_is_no_old_key(self, world: World, beside: Beside) -> None:
        world.run.keys.beside[ARN] = beside
        assert world.commands.end_grace("app") == CutOff((), ())

    def test_repeated_it_cuts_nobody_off(self, world: World) -> None:
        world.commands.end_grace("app")
        assert world.commands.end_grace("app") == CutOff((), ())

    def test_knows_no_task_without_clusters(self) -> None:
        world = World(Run(IN_GRACE))
        assert world.commands.end_grace("app") == CutOff((OLD_KEY,), ())
        assert "tasks" not in world.run.calls

    def test_rolls_and_rotates_nothing(self, world: World) -> None:
        world.commands.end_grace("app")
        assert not {"services", "rotate app"} & set(world.run.calls)


class TestReplaceLeakedKey:
    def test_rotates_rolls_and_retires_both_keys(self, world: World) -> None:
        rolled = (
            RolledService(WEB, Rollout.UNDER_WAY),
            RolledService(WORKER, Rollout.UNDER_WAY),
        )
        cut_off = world.commands.replace_leaked_key("app")
        assert cut_off == CutOff((OLD_KEY, LEAKED_KEY), (BEFORE, BETWEEN), rolled)
        assert world.run.calls == [
            *("find app", "state app", "tasks", "retire at once app"),
            *("rotate app", "pause", "state app", "pause", "state app", "tasks"),
            *("state app", "tasks", "services"),
            *("deployments web", "roll web", "deployments worker", "roll worker"),
            "retire at once app",
        ]
        assert [one.version_id for one in world.run.keys.requests] == ["new", "next"]
        assert world.pauses == [2.0, 2.0]

    def test_names_no_holder_of_a_key_that_was_gone_already(self, world: World) -> None:
        world.run.keys.beside[ARN] = Beside.NOTHING
        world.run.clusters.all_tasks = [BETWEEN]
        cut_off = world.commands.replace_leaked_key("app")
        assert (cut_off.retired, cut_off.tasks) == ((LEAKED_KEY,), (BETWEEN,))

    @pytest.mark.parametrize("gone", [True, False])
    def test_names_a_task_that_ended_meanwhile_only_where_its_key_was_unset(
        self, world: World, *, gone: bool
    ) -> None:
        if gone:
            world.run.keys.beside[ARN] = Beside.NOTHING
        world.run.clusters.all_tasks = [BEFORE]
        world.polls = 1
        world.end_with_the_rotation = True
        cut_off = world.commands.replace_leaked_key("app")
        assert cut_off.tasks == (() if gone else (BEFORE,))

    def test_takes_up_a_rotation_that_stopped(self, world: World) -> None:
        world.incomplete()
        assert world.commands.replace_leaked_key("app").retired == (OLD_KEY, LEAKED_KEY)

    def test_is_refused_when_aws_refuses_and_no_rotation_is_incomplete(self, world: World) -> None:
        world.run.secrets.on_rotate = lambda _: False
        with pytest.raises(RotationNotFinished) as caught:
            world.commands.replace_leaked_key("app")
        assert caught.value.found == "AWS refuses to start a rotation of this secret."
        assert world.pauses == []

    def test_a_label_that_lingers_is_no_incomplete_rotation(self, world: World) -> None:
        lingers = rotated_ago(HOUR, old=Stage.PREVIOUS, new="AWSCURRENT AWSPENDING")
        world.run.secrets.states[ARN] = lingers
        world.run.secrets.on_rotate = lambda _: False
        with pytest.raises(RotationNotFinished, match="AWS refuses"):
            world.commands.replace_leaked_key("app")

    @pytest.mark.parametrize("incomplete", [True, False])
    def test_gives_up_when_the_label_does_not_move_in_time(
        self, world: World, *, incomplete: bool
    ) -> None:
        world.polls = None
        if incomplete:
            world.incomplete()
        with pytest.raises(RotationNotFinished) as caught:
            world.commands.replace_leaked_key("app")
        assert caught.value.found == "AWSCURRENT has not moved in 20 s."
        assert world.pauses == [2.0] * 10
        assert [one.version_id for one in world.run.keys.requests] == ["new"]
        assert "services" not in world.run.calls

    def test_given_again_it_goes_on(self, world: World) -> None:
        world.polls = 11
        with pytest.raises(RotationNotFinished):
            world.commands.replace_leaked_key("app")
        world.run.secrets.on_rotate = lambda _: False
        cut_off = world.commands.replace_leaked_key("app")
        assert cut_off.retired == (LEAKED_KEY,), "the key before it went the first time"
        assert world.run.keys.requests[-1].version_id == "next"

    def test_given_again_after_it_was_done_it_rotates_once_more(self, world: World) -> None:
        world.commands.replace_leaked_key("app")
        world.polls = 3
        assert world.run.keys.beside[ARN] is Beside.NOTHING
        world.run.calls.clear()
        with pytest.raises(RotationNotFinished):
            world.commands.replace_leaked_key("app")
        assert "rotate app" in world.run.calls

    @pytest.mark.parametrize("seconds", [1.9, 0, -40])
    def test_without_time_it_says_so_and_waits_for_nothing(
        self, world: World, seconds: float
    ) -> None:
        commands = Commands(world.run.retirement, world.pause, seconds, NOW)
        with pytest.raises(RotationNotFinished):
            commands.replace_leaked_key("app")
        assert world.pauses == []

    def test_a_list_of_services_that_fails_does_not_keep_the_leaked_key(self, world: World) -> None:
        failure = EcsDenied("no.")
        world.run.clusters.failures["services"] = failure
        cut_off = world.commands.replace_leaked_key("app")
        assert cut_off == CutOff((OLD_KEY, LEAKED_KEY), (BEFORE, BETWEEN), (), failure)

    def test_a_service_that_can_not_be_rolled_does_not_keep_the_leaked_key(
        self, world: World
    ) -> None:
        failure = EcsDenied("no.")
        world.run.clusters.failures["roll web"] = failure
        cut_off = world.commands.replace_leaked_key("app")
        assert cut_off.retired == (OLD_KEY, LEAKED_KEY)
        assert cut_off.services[0] == RolledService(WEB, Rollout.NOT_STARTED, failure)

    @pytest.mark.parametrize("call", ["retire at once app", "state app", "rotate app"])
    def test_what_fails_is_raised(self, world: World, call: str) -> None:
        failure = RotationFunctionFailed("x.", code="ForeignKey")
        for port in (world.run.keys, world.run.secrets):
            port.failures[call] = failure
        with pytest.raises(RotationFunctionFailed):
            world.commands.replace_leaked_key("app")
        assert "services" not in world.run.calls


@pytest.mark.parametrize("command", ["end_grace", "replace_leaked_key"])
class TestBothCommands:
    def test_refuse_a_secret_of_another_function(self, world: World, command: str) -> None:
        with pytest.raises(SecretNotAttached) as caught:
            getattr(world.commands, command)("other")
        assert caught.value.found == "Secret 'other' does not name this rotation function."
        assert world.run.calls == ["find other"]

    def test_refuse_a_secret_without_a_current_version(self, world: World, command: str) -> None:
        world.run.secrets.states[ARN] = SecretState(SecretLabels(True, {}), {})  # noqa: FBT003
        with pytest.raises(NoCurrentVersion) as caught:
            getattr(world.commands, command)("app")
        assert caught.value.found == "The secret has no AWSCURRENT version."
        assert world.run.keys.requests == []

    def test_raise_what_aws_refuses(self, world: World, command: str) -> None:
        world.run.secrets.failures["state"] = SecretsManagerDenied("no.")
        with pytest.raises(SecretsManagerDenied):
            getattr(world.commands, command)("app")

    def test_retire_a_key_that_has_to_go_also_when_ecs_can_not_be_asked(
        self, world: World, command: str
    ) -> None:
        failure = EcsDenied("no.")
        world.run.clusters.failures["tasks"] = failure
        cut_off = getattr(world.commands, command)("app")
        assert OLD_KEY in cut_off.retired
        assert (cut_off.tasks, cut_off.services, cut_off.unknown) == ((), (), failure)
        assert world.run.keys.beside[ARN] is Beside.NOTHING


class TestTheAnswer:
    def test_names_keys_tasks_and_services(self) -> None:
        failed = RolledService(WORKER, Rollout.NOT_STARTED, EcsDenied("no."))
        rolled = (RolledService(WEB, Rollout.UNDER_WAY), failed)
        assert CutOff((OLD_KEY,), (BEFORE,), rolled).to_json() == {
            "retiredKeys": [OLD_KEY],
            "tasksCutOff": [f"service:worker {BEFORE.arn}"],
            "services": {WEB.arn: "under way", WORKER.arn: str(failed.failure)},
        }

    def test_of_nothing_is_empty(self) -> None:
        answer = CutOff((), ()).to_json()
        assert answer == {"retiredKeys": [], "tasksCutOff": [], "services": {}}

    def test_tells_of_services_of_one_name_in_two_clusters(self) -> None:
        failed = RolledService(WEB, Rollout.NOT_STARTED, EcsDenied("no."))
        twin = RolledService(service("web", cluster=OTHER_CLUSTER), Rollout.UNDER_WAY)
        told = CutOff((), (), (failed, twin)).to_json()["services"]
        assert told == {WEB.arn: str(failed.failure), twin.service.arn: "under way"}

    def test_says_when_ecs_could_not_be_asked(self) -> None:
        failure = EcsDenied("no.")
        assert CutOff((OLD_KEY,), (), (), failure).to_json() == {
            "retiredKeys": [OLD_KEY],
            "tasksCutOff": [],
            "services": {},
            "notTold": str(failure),
        }
