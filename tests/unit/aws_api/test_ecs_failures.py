"""What the adapter to ECS makes of failures and of answers that are none."""

from collections.abc import Iterator

import pytest

from rotation.aws_api.ecs import EcsClusters
from rotation.aws_api.task_definitions import KnownDefinitions
from rotation.errors.aws_answers import EcsDenied, EcsError, EcsUnreachable
from rotation.errors.function import OutOfTime
from rotation.ports import Deadline
from sandbox.http import HttpReply
from tests.shared.dated import CLUSTER, NOW, service
from tests.unit.aws_api.scripted_ecs import JSON, ScriptedEcs

TASK_WITHOUT_CONTAINER = b'{"tasks": [{"taskArn": "x", "taskDefinitionArn": "d"}]}'


@pytest.fixture
def ecs(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedEcs]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    server = ScriptedEcs()
    yield server
    server.close()


def clusters(ecs: ScriptedEcs, *arns: str, left: float = 300) -> EcsClusters:
    return EcsClusters(
        ecs.client(), arns or (CLUSTER,), Deadline(lambda: left), known=KnownDefinitions()
    )


class TestFailures:
    @pytest.mark.parametrize("code", ["AccessDeniedException", "AccessDenied"])
    def test_that_are_denied_say_who_may_not_do_what(self, ecs: ScriptedEcs, code: str) -> None:
        ecs.fail(code, "User x is not authorized to perform: ecs:ListTasks")
        with pytest.raises(EcsDenied) as caught:
            list(clusters(ecs).tasks())
        told = "User x is not authorized to perform: ecs:ListTasks"
        assert caught.value.found == f"ListTasks was answered with {code}. {told}"

    def test_that_are_refused_keep_the_code_alone(self, ecs: ScriptedEcs) -> None:
        ecs.fail("ClusterNotFoundException", "not to be shown")
        with pytest.raises(EcsError) as caught:
            list(clusters(ecs).services())
        assert caught.value.reason == "EcsError"
        assert caught.value.found == "ListServices was answered with ClusterNotFoundException."
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None

    def test_by_throttling_are_tried_again(self, ecs: ScriptedEcs) -> None:
        ecs.fail("ThrottlingException")
        clusters(ecs).roll(service())
        assert ecs.operations == ["UpdateService"] * 2

    def test_without_an_answer_are_tried_four_times(self, ecs: ScriptedEcs) -> None:
        ecs.instead.extend([None] * 4)
        with pytest.raises(EcsUnreachable, match="UpdateService got no answer: ConnectionClosed"):
            clusters(ecs).roll(service())
        assert len(ecs.requests) == 4

    def test_of_an_answer_that_boto3_can_not_read_are_ours(self, ecs: ScriptedEcs) -> None:
        ecs.instead.append(HttpReply(200, b"[]", JSON))
        with pytest.raises(EcsUnreachable, match="ListTasks got an unusable answer"):
            list(clusters(ecs).tasks())

    @pytest.mark.parametrize(
        "replies",
        [
            [b"<html>"],
            [b"{}"],
            [b'{"taskArns": ["x"]}', b"{}"],
            [b'{"taskArns": ["x"]}', b'{"tasks": [{"lastStatus": "RUNNING"}]}'],
            [b'{"taskArns": ["x"]}', TASK_WITHOUT_CONTAINER, b"{}"],
        ],
        ids=["no JSON", "no ARNs", "no tasks", "a task without ARN", "no task definition"],
    )
    def test_of_an_answer_that_lacks_something_are_ours(
        self, ecs: ScriptedEcs, replies: list[bytes]
    ) -> None:
        ecs.instead.extend(HttpReply(200, body, JSON) for body in replies)
        with pytest.raises(EcsUnreachable, match="got an unusable answer: "):
            list(clusters(ecs).tasks())
        assert len(ecs.requests) == len(replies)

    @pytest.mark.parametrize("body", [b"{}", b'{"services": [{"status": "ACTIVE"}]}'])
    def test_of_services_that_lack_something_are_ours(self, ecs: ScriptedEcs, body: bytes) -> None:
        ecs.instead.append(HttpReply(200, b'{"serviceArns": ["x"]}', JSON))
        ecs.instead.append(HttpReply(200, body, JSON))
        with pytest.raises(EcsUnreachable, match="DescribeServices got an unusable answer"):
            list(clusters(ecs).services())

    @pytest.mark.parametrize("body", [b"{}", b'{"serviceDeployments": [{"createdAt": 1}]}'])
    def test_of_deployments_that_lack_something_are_ours(
        self, ecs: ScriptedEcs, body: bytes
    ) -> None:
        ecs.instead.append(HttpReply(200, body, JSON))
        with pytest.raises(EcsUnreachable, match="ListServiceDeployments got an unusable answer"):
            clusters(ecs).deployments_since(service(), NOW)

    def test_of_time_begin_no_call(self, ecs: ScriptedEcs) -> None:
        adapter = clusters(ecs, left=45)
        for call in (adapter.services, adapter.tasks):
            with pytest.raises(OutOfTime):
                list(call())
        with pytest.raises(OutOfTime):
            adapter.roll(service())
        with pytest.raises(OutOfTime):
            adapter.deployments_since(service(), NOW)
        assert ecs.requests == []
