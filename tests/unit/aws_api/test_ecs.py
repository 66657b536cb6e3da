"""The adapter to ECS, with the real boto3 on a scripted server."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from rotation.aws_api import ecs as ecs_clusters
from rotation.aws_api import task_definitions
from rotation.aws_api.calls import new_client
from rotation.aws_api.ecs import EcsClusters
from rotation.aws_api.task_definitions import KnownDefinitions
from rotation.errors.aws_answers import EcsError
from rotation.ports import Deadline
from rotation.rules.rollouts import Deployment, Service
from rotation.rules.tasks import ANY_SECRET, SecretReference, Task
from sandbox.http import HttpReply
from tests.shared.dated import (
    ARN,
    CLUSTER,
    HOUR,
    NOW,
    OTHER_CLUSTER,
    SECOND,
    ago,
    service,
)
from tests.unit.aws_api.scripted_ecs import (
    DEFINITION,
    JSON,
    ScriptedEcs,
    definition,
    deployed,
    described_service,
    described_task,
    of,
)

READS = (SecretReference(ARN),)
DAEMON = DEFINITION.replace(":task-definition/", ":daemon-task-definition/")
OTHER_DEFINITION = DEFINITION.replace(":7", ":8")


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


class TestAllClusters:
    LISTED = HttpReply(200, json.dumps({"clusterArns": [CLUSTER, OTHER_CLUSTER]}).encode(), JSON)
    GONE = HttpReply(400, b'{"__type": "ClusterNotFoundException", "message": "gone"}', JSON)

    def test_are_those_that_list_clusters_gives(self, ecs: ScriptedEcs) -> None:
        ecs.instead.append(self.LISTED)
        ecs.services = [described_service("web", OTHER_CLUSTER)]
        (found,) = clusters(ecs, "all").services()
        assert found.cluster == OTHER_CLUSTER
        assert ecs.requests[0] == ("ListClusters", {"maxResults": 100})
        listed = [asked["cluster"] for name, asked in ecs.requests if name == "ListServices"]
        assert listed == [CLUSTER, OTHER_CLUSTER]

    def test_one_that_was_deleted_has_nothing(self, ecs: ScriptedEcs) -> None:
        ecs.instead.extend([self.LISTED, self.GONE, self.GONE])
        ecs.tasks = [described_task("t", OTHER_CLUSTER)]
        (found,) = clusters(ecs, "all").tasks()
        assert found.cluster == OTHER_CLUSTER

    def test_one_that_is_named_has_to_be_there(self, ecs: ScriptedEcs) -> None:
        ecs.instead.append(self.GONE)
        with pytest.raises(EcsError, match="ClusterNotFoundException"):
            list(clusters(ecs, CLUSTER).tasks())


class TestServices:
    def test_are_read_with_what_their_new_tasks_read(self, ecs: ScriptedEcs) -> None:
        ecs.services = [described_service("web")]
        expected = Service(of("service", "web"), "web", CLUSTER, rolls=True, references=READS)
        assert list(clusters(ecs).services()) == [expected]
        assert ecs.requests == [
            ("ListServices", {"cluster": CLUSTER, "maxResults": 100}),
            ("DescribeServices", {"cluster": CLUSTER, "services": [of("service", "web")]}),
            ("DescribeTaskDefinition", {"taskDefinition": DEFINITION}),
        ]

    def test_of_every_page_are_described_in_tens(self, ecs: ScriptedEcs) -> None:
        ecs.services = [described_service(f"s{n}") for n in range(23)]
        ecs.page_size = 9
        found = [one.name for one in clusters(ecs).services()]
        assert found == [f"s{n}" for n in range(23)]
        assert [body.get("nextToken") for body in ecs.asked("ListServices")] == [None, "9", "18"]
        assert [len(body["services"]) for body in ecs.asked("DescribeServices")] == [10, 10, 3]
        assert len(ecs.asked("DescribeTaskDefinition")) == 1, "they share one"

    @pytest.mark.parametrize("status", ["DRAINING", "INACTIVE"])
    def test_that_are_going_are_left_out(self, ecs: ScriptedEcs, status: str) -> None:
        ecs.services = [described_service("web", status=status)]
        assert list(clusters(ecs).services()) == []

    @pytest.mark.parametrize(
        ("controller", "rolls"),
        [(None, True), ("ECS", True), ("CODE_DEPLOY", False), ("EXTERNAL", False)],
    )
    def test_are_rolled_by_ecs_alone(
        self, ecs: ScriptedEcs, controller: str | None, *, rolls: bool
    ) -> None:
        told = {"type": controller} if controller else None
        ecs.services = [described_service("web", deploymentController=told)]
        (found,) = clusters(ecs).services()
        assert found.rolls is rolls

    def test_without_a_task_definition_read_nothing(self, ecs: ScriptedEcs) -> None:
        ecs.services = [described_service("web", taskDefinition=None)]
        (found,) = clusters(ecs).services()
        assert found.references == ()
        assert "DescribeTaskDefinition" not in ecs.operations

    def test_of_every_cluster_are_read(self, ecs: ScriptedEcs) -> None:
        ecs.services = [described_service("web", one) for one in (CLUSTER, OTHER_CLUSTER)]
        found = [one.cluster for one in clusters(ecs, CLUSTER, OTHER_CLUSTER).services()]
        assert found == [CLUSTER, OTHER_CLUSTER]

    def test_are_none_in_an_empty_cluster(self, ecs: ScriptedEcs) -> None:
        assert list(clusters(ecs).services()) == []
        assert ecs.operations == ["ListServices"]


class TestTasks:
    def test_are_read_with_what_they_started_with(self, ecs: ScriptedEcs) -> None:
        ecs.tasks = [described_task("t1")]
        expected = Task(of("task", "t1"), CLUSTER, "service:web", NOW, READS)
        assert list(clusters(ecs).tasks()) == [expected]
        listed = {"cluster": CLUSTER, "maxResults": 100}
        assert ecs.requests == [
            ("ListTasks", listed | {"desiredStatus": "RUNNING"}),
            ("DescribeTasks", {"cluster": CLUSTER, "tasks": [of("task", "t1")]}),
            ("DescribeTaskDefinition", {"taskDefinition": DEFINITION}),
            ("ListTasks", listed | {"desiredStatus": "STOPPED"}),
        ]

    def test_of_every_page_are_described_in_hundreds(self, ecs: ScriptedEcs) -> None:
        ecs.tasks = [described_task(f"t{n}") for n in range(203)]
        ecs.page_size = 70
        assert len(list(clusters(ecs).tasks())) == 203
        pages = [body.get("nextToken") for body in ecs.asked("ListTasks")]
        assert pages == [None, "70", "140", None]
        assert [len(body["tasks"]) for body in ecs.asked("DescribeTasks")] == [100, 100, 3]
        assert len(ecs.asked("DescribeTaskDefinition")) == 1

    @pytest.mark.parametrize(
        "status",
        ["PROVISIONING", "PENDING", "ACTIVATING", "DEACTIVATING", "STOPPING", "DEPROVISIONING"],
    )
    @pytest.mark.parametrize("desired", ["RUNNING", "STOPPED"])
    def test_that_have_not_stopped_are_kept(
        self, ecs: ScriptedEcs, status: str, desired: str
    ) -> None:
        ecs.tasks = [described_task("t1", lastStatus=status, desiredStatus=desired)]
        assert len(list(clusters(ecs).tasks())) == 1

    def test_that_have_stopped_are_left_out(self, ecs: ScriptedEcs) -> None:
        ecs.tasks = [described_task("t1", lastStatus="STOPPED", desiredStatus="STOPPED")]
        assert list(clusters(ecs).tasks()) == []
        assert "DescribeTaskDefinition" not in ecs.operations

    def test_that_are_listed_as_running_and_not_shown_may_hold_every_key(
        self, ecs: ScriptedEcs
    ) -> None:
        ecs.tasks = [described_task("t1"), described_task("t2")]
        ecs.missing = {of("task", "t1")}
        shown, hidden = clusters(ecs).tasks()
        assert shown.arn == of("task", "t2")
        assert hidden == Task(of("task", "t1"), CLUSTER, "", None, (ANY_SECRET,))

    def test_that_are_to_stop_and_are_not_shown_are_gone(self, ecs: ScriptedEcs) -> None:
        ecs.tasks = [described_task("t1", desiredStatus="STOPPED")]
        ecs.missing = {of("task", "t1")}
        assert list(clusters(ecs).tasks()) == []

    def test_without_a_group_or_a_date_are_kept(self, ecs: ScriptedEcs) -> None:
        ecs.tasks = [described_task("t1", group=None, createdAt=None)]
        assert list(clusters(ecs).tasks()) == [Task(of("task", "t1"), CLUSTER, "", None, READS)]

    def test_of_every_cluster_are_read(self, ecs: ScriptedEcs) -> None:
        ecs.tasks = [described_task("t", one) for one in (CLUSTER, OTHER_CLUSTER)]
        found = [one.cluster for one in clusters(ecs, CLUSTER, OTHER_CLUSTER).tasks()]
        assert found == [CLUSTER, OTHER_CLUSTER]
        assert len(ecs.asked("ListTasks")) == 4


class TestTaskDefinitions:
    def test_of_a_daemon_are_asked_for_as_such(self, ecs: ScriptedEcs) -> None:
        ecs.definitions[DAEMON] = definition(f"{ARN}:privateKey::")
        ecs.tasks = [described_task("d", group="daemon:agent", taskDefinitionArn=DAEMON)]
        (found,) = clusters(ecs).tasks()
        assert found.references == READS
        assert ecs.asked("DescribeDaemonTaskDefinition") == [{"daemonTaskDefinition": DAEMON}]
        assert "DescribeTaskDefinition" not in ecs.operations

    @pytest.mark.parametrize("code", ["ClientException", "InvalidParameterException"])
    @pytest.mark.parametrize("arn", [DEFINITION, DAEMON])
    def test_that_ecs_refuses_to_show_are_taken_to_read_every_secret(
        self, ecs: ScriptedEcs, code: str, arn: str
    ) -> None:
        ecs.tasks = [described_task("t1", taskDefinitionArn=arn)]
        ecs.refused[arn] = code
        (found,) = clusters(ecs).tasks()
        assert found.references == (ANY_SECRET,)

    def test_are_read_once_a_run_for_services_and_tasks_together(self, ecs: ScriptedEcs) -> None:
        ecs.definitions[OTHER_DEFINITION] = definition()
        ecs.services = [described_service("web"), described_service("worker")]
        ecs.tasks = [
            *(described_task(f"t{n}") for n in range(3)),
            described_task("old", taskDefinitionArn=OTHER_DEFINITION),
        ]
        adapter = clusters(ecs)
        assert len([*adapter.services(), *adapter.tasks(), *adapter.tasks()]) == 10
        asked = [body["taskDefinition"] for body in ecs.asked("DescribeTaskDefinition")]
        assert asked == [DEFINITION, OTHER_DEFINITION]

    def test_are_not_read_again_by_a_later_run(self, ecs: ScriptedEcs) -> None:
        ecs.tasks, known = [described_task("t1")], KnownDefinitions()
        for _ in range(2):
            run = EcsClusters(ecs.client(), (CLUSTER,), Deadline(lambda: 300), known=known)
            assert [one.references for one in run.tasks()] == [READS]
        assert len(ecs.asked("DescribeTaskDefinition")) == 1

    def test_that_ecs_refused_to_show_are_asked_for_again_by_the_next_run(
        self, ecs: ScriptedEcs
    ) -> None:
        ecs.tasks, known = [described_task("t1"), described_task("t2")], KnownDefinitions()
        ecs.refused[DEFINITION] = "ClientException"
        run = EcsClusters(ecs.client(), (CLUSTER,), Deadline(lambda: 300), known=known)
        assert {one.references for one in run.tasks()} == {(ANY_SECRET,)}
        assert len(ecs.asked("DescribeTaskDefinition")) == 1, "once a run"
        ecs.refused.clear()
        again = EcsClusters(ecs.client(), (CLUSTER,), Deadline(lambda: 300), known=known)
        assert {one.references for one in again.tasks()} == {READS}

    def test_are_kept_in_a_bounded_number(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(task_definitions, "_MOST_KNOWN", 2)
        known = KnownDefinitions()
        for name in "abc":
            known.keep(name, READS)
        assert [known.get(name) for name in "abc"] == [None, READS, READS]

    def test_tell_every_secret_of_every_container(self, ecs: ScriptedEcs) -> None:
        parameter = "arn:aws:ssm:eu-west-1:123456789012:parameter/app"
        app = {"secrets": [{"name": "A", "valueFrom": f"{ARN}:k:AWSPREVIOUS:"}]}
        side = {"secrets": [{"name": n, "valueFrom": v} for n, v in (("P", parameter), ("N", "x"))]}
        more = {"secrets": [{"name": "A", "valueFrom": f"{ARN}:k::v1"}]}
        containers: dict[str, object] = {
            "containerDefinitions": [app, side, {"name": "no secrets"}, more]
        }
        ecs.definitions[DEFINITION] = containers
        ecs.tasks = [described_task("t1")]
        (found,) = clusters(ecs).tasks()
        assert found.references == (
            SecretReference(ARN, "AWSPREVIOUS"),
            SecretReference(ARN, "", "v1"),
        )

    def test_without_containers_tell_of_none(self, ecs: ScriptedEcs) -> None:
        ecs.definitions[DEFINITION] = {}
        ecs.tasks = [described_task("t1")]
        (found,) = clusters(ecs).tasks()
        assert found.references == ()


class TestDeployments:
    def test_are_asked_for_since_a_time_and_read(self, ecs: ScriptedEcs) -> None:
        when = ago(HOUR)
        ecs.deployments = [
            deployed(NOW, "IN_PROGRESS"),
            deployed(when + SECOND, "STOPPED"),
            deployed(when, "SUCCESSFUL"),
            deployed(when - HOUR, "SUCCESSFUL"),
        ]
        assert clusters(ecs).deployments_since(service(), when) == (
            Deployment(NOW, "IN_PROGRESS"),
            Deployment(when + SECOND, "STOPPED"),
        )
        (asked,) = ecs.asked("ListServiceDeployments")
        assert asked["createdAt"] == {"after": pytest.approx(when.timestamp(), abs=1)}
        assert (asked["cluster"], asked["service"]) == (CLUSTER, service().arn)

    def test_without_a_date_count_and_their_start_is_the_next_best(self, ecs: ScriptedEcs) -> None:
        started = {"startedAt": NOW.timestamp(), "status": "IN_PROGRESS"}
        ecs.deployments = [{"status": "PENDING"}, started]
        assert clusters(ecs).deployments_since(service(), ago(HOUR)) == (
            Deployment(None, "PENDING"),
            Deployment(NOW, "IN_PROGRESS"),
        )

    def test_are_begun_by_a_forced_new_one(self, ecs: ScriptedEcs) -> None:
        clusters(ecs).roll(service())
        expected = {"cluster": CLUSTER, "service": service().arn, "forceNewDeployment": True}
        assert ecs.requests == [("UpdateService", expected)]


def test_the_client_slows_down_when_it_is_throttled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    config: Any = new_client("ecs", ecs_clusters.PACE).meta.config
    assert config.retries == {"mode": "adaptive", "total_max_attempts": 4}
    assert (config.connect_timeout, config.read_timeout) == (2, 5)


def test_a_service_is_rolled_by_a_client_that_asks_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    config: Any = new_client("ecs", ecs_clusters.ROLLING_PACE).meta.config
    assert config.retries == {"mode": "legacy", "total_max_attempts": 1}
    assert (config.connect_timeout, config.read_timeout) == (2, 20)
