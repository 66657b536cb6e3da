"""Every metric of rotations and of the keys' freshness, collected from real runs on the sandbox.

>>> emitted().names  # doctest: +SKIP
frozenset({('StepSucceeded', frozenset({'service', 'step'})), …})

What an alarm or a dashboard refers to can be compared with it.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from sandbox.aws.json.failures import AwsFailure
from sandbox.snowflake import Kind, missing_privilege
from sandbox.stack import USER, Stack
from tests.shared import keys
from tests.shared.hourly import run_watch
from tests.shared.warm_function import warm_stack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True)
class Metric:
    """One value: ``dimensions`` as pairs of name and value."""

    namespace: str
    name: str
    unit: str
    dimensions: frozenset[tuple[str, str]]
    values: tuple[float, ...]

    @property
    def dimension_names(self) -> frozenset[str]:
        return frozenset(name for name, _ in self.dimensions)


@dataclass(frozen=True)
class Emitted:
    """The metrics of some runs."""

    metrics: tuple[Metric, ...]

    @property
    def names(self) -> frozenset[tuple[str, frozenset[str]]]:
        """Each metric's name with the names of its dimensions."""
        return frozenset((one.name, one.dimension_names) for one in self.metrics)

    @property
    def namespaces(self) -> frozenset[str]:
        return frozenset(one.namespace for one in self.metrics)

    def values_of(self, dimension: str) -> frozenset[str]:
        """Return every value that a dimension took, such as each ``reason``."""
        pairs = (pair for one in self.metrics for pair in one.dimensions)
        return frozenset(value for name, value in pairs if name == dimension)

    @property
    def reasons(self) -> frozenset[str]:
        """The reasons with which ``Failure`` was counted."""
        return self.values_of("reason")


def read(logs: Iterable[str]) -> Emitted:
    """Read the lines in embedded metric format out of what functions wrote."""
    return Emitted(tuple(metric for log in logs for metric in _metrics(log)))


def _metrics(log: str) -> Iterator[Metric]:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    for text in log.splitlines():
        line = json.loads(text) if text.startswith("{") else {}
        for directive in line.get("_aws", {}).get("CloudWatchMetrics", ()):
            for names in directive["Dimensions"]:
                dimensions = frozenset((name, line[name]) for name in names)
                for one in directive["Metrics"]:
                    yield Metric(
                        directive["Namespace"],
                        one["Name"],
                        one["Unit"],
                        dimensions,
                        tuple(line[one["Name"]]),
                    )


@cache
def emitted() -> Emitted:
    """Rotate with success and with every refusal that has an alarm, and watch."""
    with warm_stack() as stack:
        stack.attach()
        _rotate_with_failures(stack)
        logs = [invocation.log for invocation in stack.invocations]
        logs += _watch(stack)
    return read(logs)


def _rotate_with_failures(stack: Stack) -> None:
    stack.rotate()
    current = stack.read_current()["publicKey"]
    stack.user.set_key(1, keys.key_pair("foreign")[1])  # ForeignKey
    version_id = stack.rotate().version_id
    stack.user.unset_key(1)
    stack.user.unset_key(2)  # CurrentKeyNotInstalled
    _set_secret(stack, version_id)
    stack.user.set_key(2, current)
    denied = missing_privilege(USER)
    stack.snowflake.faults.add(Kind.STATEMENT, denied, about="ALTER")
    _set_secret(stack, version_id)  # InsufficientPrivilege
    stack.snowflake.faults.add(Kind.STATEMENT, denied, about="UNSET")
    stack.aws.retry_rotation(stack.secret_arn)  # RetirementUnfinished
    stack.aws.wait_for_rotation(stack.secret_arn)
    _set_secret(stack, _put(stack, "AWSPENDING", "SVC_OTHER"))  # IdentityChanged
    _put(stack, "AWSCURRENT", "ADMIN")
    stack.rotate()  # IdentityNotAllowed


def _watch(stack: Stack) -> list[str]:
    """Watch a secret that is overdue, one that can't be read, and one that is switched off."""
    client = stack.aws.client()
    stack.aws.grow_older(stack.secret_arn, 40)
    overdue = run_watch(stack).log
    stack.aws.faults.add("ListSecretVersionIds", AwsFailure("AccessDeniedException"))
    unread = run_watch(stack).log
    client.cancel_rotate_secret(SecretId=stack.secret_arn)
    return [overdue, unread, run_watch(stack).log]


def _set_secret(stack: Stack, version_id: str) -> None:
    stack.invoke(
        {
            "Step": "setSecret",
            "SecretId": stack.secret_arn,
            "ClientRequestToken": version_id,
            "RotationToken": str(uuid.uuid4()),
        }
    )


def _put(stack: Stack, label: str, user: str) -> str:
    content = json.dumps(stack.read_current() | {"user": user})
    answer = stack.aws.client().put_secret_value(
        SecretId=stack.secret_arn, SecretString=content, VersionStages=[label]
    )
    return answer["VersionId"]
