"""ECS on 127.0.0.1, scripted: what is in the clusters is given, every request is kept."""

import json
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import boto3
from botocore.config import Config
from types_boto3_ecs import ECSClient

from rotation.aws_api import ecs
from rotation.aws_api.calls import new_client
from sandbox.http import HttpReply, HttpRequest, HttpServer
from tests.shared.dated import ARN, CLUSTER, NOW

DEFINITION = "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:7"
JSON = {"Content-Type": "application/x-amz-json-1.1"}


def of(kind: str, name: str, cluster: str = CLUSTER) -> str:
    return f"{cluster.replace('cluster', kind)}/{name}"


def described_service(name: str, cluster: str = CLUSTER, **fields: object) -> dict[str, object]:
    found = {
        "serviceArn": of("service", name, cluster),
        "serviceName": name,
        "clusterArn": cluster,
        "status": "ACTIVE",
        "taskDefinition": DEFINITION,
    }
    return {key: value for key, value in (found | fields).items() if value is not None}


def described_task(name: str, cluster: str = CLUSTER, **fields: object) -> dict[str, object]:
    found = {
        "taskArn": of("task", name, cluster),
        "clusterArn": cluster,
        "group": "service:web",
        "createdAt": NOW.timestamp(),
        "lastStatus": "RUNNING",
        "desiredStatus": "RUNNING",
        "taskDefinitionArn": DEFINITION,
    }
    return {key: value for key, value in (found | fields).items() if value is not None}


def definition(*values: str) -> dict[str, object]:
    secrets = [{"name": f"S{n}", "valueFrom": value} for n, value in enumerate(values)]
    return {"containerDefinitions": [{"name": "app", "secrets": secrets}]}


@dataclass
class ScriptedEcs:
    """``instead`` are replies that come first; None cuts the connection.

    ``missing`` are ARNs of tasks that are listed, and that DescribeTasks does not know.
    ``refused`` maps ARNs of definitions to the code that describing them is answered with.
    A page has ``page_size`` entries at most, whatever is asked for.
    """

    services: list[dict[str, Any]] = field(default_factory=list)
    tasks: list[dict[str, Any]] = field(default_factory=list)
    definitions: dict[str, dict[str, object]] = field(
        default_factory=lambda: {DEFINITION: definition(f"{ARN}:privateKey::")}
    )
    deployments: list[dict[str, Any]] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)
    page_size: int = 100
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    instead: deque[HttpReply | None] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self._http = HttpServer(self._reply)

    def close(self) -> None:
        self._http.close()

    @property
    def operations(self) -> list[str]:
        return [operation for operation, _ in self.requests]

    def asked(self, operation: str) -> list[dict[str, Any]]:
        return [body for name, body in self.requests if name == operation]

    def client(self) -> ECSClient:
        """Return the client that the function has, on this server."""
        own = new_client("ecs", ecs.PACE).meta.config
        return boto3.client(
            "ecs",
            "eu-west-1",
            endpoint_url=f"http://{self._http.address}",
            aws_access_key_id="x",
            aws_secret_access_key="x",
            config=own.merge(Config(proxies={})),
        )

    def fail(self, code: str, message: str = "told by AWS", times: int = 1) -> None:
        body = json.dumps({"__type": code, "message": message}).encode()
        self.instead.extend([HttpReply(400, body, JSON)] * times)

    def _reply(self, request: HttpRequest) -> HttpReply | None:
        operation = request.headers["x-amz-target"].rpartition(".")[2]
        body = json.loads(request.body)
        self.requests.append((operation, body))
        if self.instead:
            return self.instead.popleft()
        refused = next((self.refused[arn] for arn in self.refused if arn in body.values()), None)
        if refused:
            return HttpReply(400, json.dumps({"__type": refused}).encode(), JSON)
        answer = getattr(self, f"_{operation}")(body)
        return HttpReply(200, json.dumps(answer).encode(), JSON)

    def _page(self, key: str, found: list[Any], body: dict[str, Any]) -> dict[str, Any]:
        start, size = int(body.get("nextToken", 0)), min(self.page_size, body["maxResults"])
        more = {"nextToken": str(start + size)} if start + size < len(found) else {}
        return {key: found[start : start + size]} | more

    def _ListServices(self, body: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        found = [s["serviceArn"] for s in self.services if s["clusterArn"] == body["cluster"]]
        return self._page("serviceArns", found, body)

    def _ListTasks(self, body: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        asked = (body["cluster"], body["desiredStatus"])
        fitting = (t for t in self.tasks if (t["clusterArn"], t["desiredStatus"]) == asked)
        return self._page("taskArns", [t["taskArn"] for t in fitting], body)

    def _DescribeServices(self, body: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        assert len(body["services"]) <= 10, "AWS refuses more"
        found = [s for s in self.services if s["serviceArn"] in body["services"]]
        return {"services": found, "failures": []}

    def _DescribeTasks(self, body: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        assert len(body["tasks"]) <= 100, "AWS refuses more"
        asked = set(body["tasks"])
        found = [t for t in self.tasks if t["taskArn"] in asked - self.missing]
        gone = sorted(asked & self.missing)
        return {"tasks": found, "failures": [{"arn": arn, "reason": "MISSING"} for arn in gone]}

    def _DescribeTaskDefinition(self, body: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"taskDefinition": self.definitions[body["taskDefinition"]]}

    def _DescribeDaemonTaskDefinition(self, body: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"daemonTaskDefinition": self.definitions[body["daemonTaskDefinition"]]}

    def _ListServiceDeployments(self, _: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"serviceDeployments": self.deployments}

    def _UpdateService(self, _: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"service": {}}


def deployed(when: datetime, status: str) -> dict[str, object]:
    return {"createdAt": when.timestamp(), "status": status}
