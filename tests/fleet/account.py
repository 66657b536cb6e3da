"""An AWS account in memory and in virtual time: answers in place of boto3's clients.

Every call takes as long as a short answer does, or as its quota makes it wait when calls follow
each other; an errand of the rotation function takes a second.
https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html
"""

# ruff: noqa: ANN401 (boto3's parameters, as they come)

import io
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:fleet"
CLUSTER = "arn:aws:ecs:eu-west-1:123456789012:cluster/main"
TASKS_A_SERVICE = 5
_ANSWER_SECONDS, _ERRAND_SECONDS = 0.02, 1.0
_A_SECOND = {"ListSecretVersionIds": 50, "DescribeSecret": 50, "ListSecrets": 50}
_ECS_A_SECOND = 20
_TRIES, _PAUSES_SECONDS = 4, 7.0
_START = datetime(2026, 7, 1, 0, 7, tzinfo=UTC)


@dataclass
class Secret:
    """A secret whose rotation was completed at ``rotated``; ``old`` is in its slot until then."""

    arn: str
    rotated: datetime
    has_old_key: bool = False
    looks: list[datetime] = field(default_factory=list)
    readings: list[datetime] = field(default_factory=list)

    @property
    def labels(self) -> dict[str, list[str]]:
        return {"new": ["AWSCURRENT"], "old": ["AWSPREVIOUS"]}


@dataclass
class Account:
    """``throttled``: ECS refuses every list, also when it is asked four times."""

    secrets: dict[str, Secret]
    services: int
    throttled: bool = False
    now: datetime = _START
    calls: Counter[str] = field(default_factory=Counter)
    rolled: dict[int, datetime] = field(default_factory=dict)

    def called(self, operation: str, a_second: float = 0) -> None:
        self.calls[operation] += 1
        wait = 1 / a_second if a_second else 0
        self.now += timedelta(seconds=max(_ANSWER_SECONDS, wait))

    def started(self, service: int) -> datetime:
        return self.rolled.get(service, _START - timedelta(days=90))


def new_account(secrets: int, services: int) -> Account:
    arns = [f"arn:aws:secretsmanager:eu-west-1:1:secret:s{n:05}-AbCdEf" for n in range(secrets)]
    return Account({arn: Secret(arn, _START) for arn in arns}, services)


@dataclass
class SecretsManager:
    account: Account

    def list_secrets(self, **asked: Any) -> dict[str, Any]:
        self.account.called("ListSecrets", _A_SECOND["ListSecrets"])
        wanted = [name for one in asked.get("Filters", ()) for name in one["Values"]]
        every = [s for s in self.account.secrets.values() if not wanted or wanted[0] in s.arn]
        found, token = _page(every, asked)
        return {"SecretList": [_entry(one) for one in found], **token}

    def describe_secret(self, **asked: Any) -> dict[str, Any]:
        self.account.called("DescribeSecret", _A_SECOND["DescribeSecret"])
        one = self.account.secrets[asked["SecretId"]]
        return {**_entry(one), "VersionIdsToStages": one.labels}

    def list_secret_version_ids(self, **asked: Any) -> dict[str, Any]:
        self.account.called("ListSecretVersionIds", _A_SECOND["ListSecretVersionIds"])
        one = self.account.secrets[asked["SecretId"]]
        one.readings.append(self.account.now)
        made = {"new": timedelta(seconds=5), "old": timedelta(days=30)}
        versions = [
            {"VersionId": v, "VersionStages": one.labels[v], "CreatedDate": one.rotated - ago}
            for v, ago in made.items()
        ]
        return {"Versions": versions}


@dataclass
class Lambda:
    account: Account

    def invoke(self, **asked: Any) -> dict[str, Any]:
        self.account.called("Invoke")
        self.account.now += timedelta(seconds=_ERRAND_SECONDS - _ANSWER_SECONDS)
        event = json.loads(asked["Payload"])
        one = self.account.secrets[event["SecretId"]]
        one.looks.append(self.account.now)
        retires = event["Operation"] == "retire-old-key" and one.has_old_key
        beside = "old key" if one.has_old_key else "nothing"
        one.has_old_key = one.has_old_key and not retires
        fields = dict.fromkeys(("slot", "fingerprint", "retired", "setTime", "because", "current"))
        if beside == "old key":
            fields |= {"slot": "RSA_PUBLIC_KEY", "fingerprint": "SHA256:x"}
        if retires:
            fields["retired"] = "SHA256:x"
        answer = {"user": "SVC", "beside": beside, **fields}
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


@dataclass
class Ecs:
    """A service has a definition of its own, which names a secret."""

    account: Account

    def list_services(self, **asked: Any) -> dict[str, Any]:
        self._listed("ListServices")
        found, token = _page([str(n) for n in range(self.account.services)], asked)
        return {"serviceArns": found, **token}

    def describe_services(self, **asked: Any) -> dict[str, Any]:
        self.account.called("DescribeServices", _ECS_A_SECOND)
        return {"services": [self._service(int(n)) for n in asked["services"]]}

    def list_tasks(self, **asked: Any) -> dict[str, Any]:
        self._listed("ListTasks")
        count = self.account.services * TASKS_A_SERVICE
        every = [] if asked["desiredStatus"] == "STOPPED" else [str(n) for n in range(count)]
        found, token = _page(every, asked)
        return {"taskArns": found, **token}

    def describe_tasks(self, **asked: Any) -> dict[str, Any]:
        self.account.called("DescribeTasks", _ECS_A_SECOND)
        return {"tasks": [self._task(int(n)) for n in asked["tasks"]], "failures": []}

    def describe_task_definition(self, **asked: Any) -> dict[str, Any]:
        self.account.called("DescribeTaskDefinition", _ECS_A_SECOND)
        number = int(asked["taskDefinition"].rpartition(":")[2])
        arn = list(self.account.secrets)[number % len(self.account.secrets)]
        secrets = [{"name": "KEY", "valueFrom": f"{arn}:privateKey::"}]
        return {"taskDefinition": {"containerDefinitions": [{"secrets": secrets}]}}

    def list_service_deployments(self, **asked: Any) -> dict[str, Any]:
        self.account.called("ListServiceDeployments", _ECS_A_SECOND)
        rolled = self.account.rolled.get(int(asked["service"]))
        found = [] if rolled is None else [{"createdAt": rolled, "status": "SUCCESSFUL"}]
        return {"serviceDeployments": found}

    def update_service(self, **asked: Any) -> dict[str, Any]:
        self.account.called("UpdateService", _ECS_A_SECOND)
        self.account.rolled[int(asked["service"])] = self.account.now
        return {}

    def _listed(self, operation: str) -> None:
        self.account.called(operation, _ECS_A_SECOND)
        if self.account.throttled:
            self.account.calls[operation] += _TRIES - 1
            self.account.now += timedelta(seconds=_PAUSES_SECONDS)
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, operation)

    def _service(self, number: int) -> dict[str, Any]:
        return {
            "serviceArn": str(number),
            "serviceName": f"s{number}",
            "status": "ACTIVE",
            "taskDefinition": _definition(number),
        }

    def _task(self, number: int) -> dict[str, Any]:
        service = number // TASKS_A_SERVICE
        return {
            "taskArn": str(number),
            "group": f"service:s{service}",
            "createdAt": self.account.started(service),
            "lastStatus": "RUNNING",
            "taskDefinitionArn": _definition(service),
        }


def _definition(service: int) -> str:
    return f"arn:aws:ecs:eu-west-1:1:task-definition/f:{service}"


def _entry(one: Secret) -> dict[str, Any]:
    return {
        "ARN": one.arn,
        "Name": one.arn.rpartition(":")[2].rpartition("-")[0],
        "RotationEnabled": True,
        "RotationLambdaARN": FUNCTION,
        "RotationRules": {"ScheduleExpression": "rate(30 days)"},
        "LastRotatedDate": one.rotated,
        "LastChangedDate": one.rotated,
        "NextRotationDate": one.rotated + timedelta(days=31),
        "SecretVersionsToStages": one.labels,
    }


def _page(every: list[Any], asked: Mapping[str, Any]) -> tuple[list[Any], dict[str, str]]:
    token = asked.get("nextToken") or asked.get("NextToken") or "0"
    size = asked.get("maxResults") or asked.get("MaxResults") or 100
    start = int(token)
    more = start + size < len(every)
    name = "NextToken" if "MaxResults" in asked else "nextToken"
    return every[start : start + size], {name: str(start + size)} if more else {}
