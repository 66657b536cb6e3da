"""A rotation function in the test's own process, as AWS's template does its steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.aws.lambda_runtime.invocation import Invocation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from types_boto3_secretsmanager import SecretsManagerClient

FUNCTION_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:rotation"

STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"]
INCOMPLETE = "A previous rotation isn.t complete. That rotation will be reattempted."
"""A pattern: AWS's apostrophe is a typographic one."""

FAILED = Invocation(
    payload={"errorType": "Runtime.ExitError", "errorMessage": "it broke"},
    function_error="Unhandled",
)


@dataclass
class ScriptedFunction:
    """Keeps its events; ``instead`` replaces a step's work, None from it means done."""

    client: SecretsManagerClient
    events: list[dict[str, str]] = field(default_factory=list)
    instead: dict[str, Callable[[Mapping[str, str]], Invocation | None]] = field(
        default_factory=dict
    )

    @property
    def steps(self) -> list[str]:
        return [event["Step"] for event in self.events]

    def __call__(self, event: Mapping[str, str]) -> Invocation:
        self.events.append(dict(event))
        step = event["Step"]
        if step in self.instead:
            return self.instead[step](event) or Invocation(payload=None)
        if step == "createSecret":
            self.create(event)
        if step == "finishSecret":
            self.finish(event)
        return Invocation(payload=None)

    def create(self, event: Mapping[str, str]) -> None:
        self.client.put_secret_value(
            SecretId=event["SecretId"],
            ClientRequestToken=event["ClientRequestToken"],
            SecretString=f"made for {event['ClientRequestToken']}",
            VersionStages=["AWSPENDING"],
            RotationToken=event["RotationToken"],
        )

    def finish(self, event: Mapping[str, str]) -> None:
        current = self.client.get_secret_value(SecretId=event["SecretId"])["VersionId"]
        self.client.update_secret_version_stage(
            SecretId=event["SecretId"],
            VersionStage="AWSCURRENT",
            MoveToVersionId=event["ClientRequestToken"],
            RemoveFromVersionId=current,
        )


def fail(_: Mapping[str, str]) -> Invocation:
    return FAILED
