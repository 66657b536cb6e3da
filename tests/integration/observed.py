"""What tests do to a stack and read out of it: records, log lines, metrics, labels."""

import base64
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from sandbox.aws.lambda_runtime import Invocation
from sandbox.stack import Stack
from tests.shared.metrics import read

EVENTS = Path(__file__).parents[2] / "events"
STEPS = ["createSecret", "setSecret", "testSecret", "finishSecret"]
AWS_CALLS_OF_A_ROTATION = [
    *("DescribeSecret", "GetSecretValue", "GetSecretValue", "PutSecretValue"),
    *("DescribeSecret", "GetSecretValue", "GetSecretValue"),
    *("DescribeSecret", "GetSecretValue"),
    *("DescribeSecret", "GetSecretValue", "GetSecretValue", "UpdateSecretVersionStage"),
    # The voucher's label goes.
    "UpdateSecretVersionStage",
]
OTHER_FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:another"


def forget(stack: Stack) -> None:
    """Empty every record."""
    stack.aws.record.clear()
    stack.snowflake.record.clear()
    stack.invocations.clear()


def lines(invocation: Invocation) -> list[dict[str, Any]]:
    """Return the lines that the function logged."""
    return [line for line in _written(invocation) if "level" in line]


def metrics(invocation: Invocation) -> list[dict[str, Any]]:
    """Return the lines in embedded metric format."""
    return [line for line in _written(invocation) if "_aws" in line]


def _written(invocation: Invocation) -> list[dict[str, Any]]:
    return [json.loads(line) for line in invocation.log.splitlines() if line.startswith("{")]


def attention(invocation: Invocation) -> dict[str, dict[str, Any]]:
    """Return the lines of secrets that need attention, by name."""
    found = [line for line in lines(invocation) if line["message"] == "secret needs attention"]
    assert {line["level"] for line in found} <= {"WARNING"}
    return {line["secret"]: line for line in found}


def values(invocation: Invocation) -> dict[tuple[str, str | None], float]:
    """Return each metric's value by its name and the secret."""
    found = {}
    for one in read([invocation.log]).metrics:
        (value,) = one.values
        found[one.name, dict(one.dimensions).get("secret")] = value
    return found


def operations(stack: Stack) -> list[str]:
    """Return what was asked of Secrets Manager."""
    return [call.operation for call in stack.aws.record.calls]


def labels(stack: Stack) -> dict[str, list[str]]:
    """Return the version ids that hold each label."""
    found: dict[str, list[str]] = {}
    versions = stack.aws.client().describe_secret(SecretId=stack.secret_arn)["VersionIdsToStages"]
    for version_id, stages in versions.items():
        for stage in stages:
            found.setdefault(stage, []).append(version_id)
    return found


def failed_with(stack: Stack, error: str) -> str:
    """Rotate, expect this error from the last step, and return its message."""
    outcome = stack.rotate()
    assert not outcome.succeeded
    assert outcome.steps[-1].error_type == error, outcome
    return outcome.steps[-1].error_message or ""


def event(name: str, stack: Stack, version_id: str | None = None) -> dict[str, str]:
    """Return an event of events/ for the stack's secret."""
    content: dict[str, str] = json.loads((EVENTS / f"{name}.json").read_text())
    content["SecretId"] = stack.secret_arn
    return content | ({"ClientRequestToken": version_id} if version_id else {})


def edit_secret(stack: Stack, fields: dict[str, str]) -> None:
    """Put AWSCURRENT by hand with other fields."""
    content = json.dumps(stack.read_current() | fields)
    stack.aws.client().put_secret_value(SecretId=stack.secret_arn, SecretString=content)


def add_secret(stack: Stack, name: str, *, function_arn: str | None = None) -> str:
    """Create a secret and attach it, by default to the stack's function."""
    client = stack.aws.client()
    value = client.get_secret_value(SecretId=stack.secret_arn)["SecretString"]
    arn = client.create_secret(Name=name, SecretString=value)["ARN"]
    client.rotate_secret(
        SecretId=arn,
        RotationLambdaARN=function_arn or stack.function.arn,
        RotationRules={"ScheduleExpression": "rate(30 days)"},
        RotateImmediately=False,
    )
    stack.aws.wait_for_rotation(arn)
    stack.aws.record.clear()
    return arn


def fingerprint_of(content: dict[str, Any]) -> str:
    """Compute what DESC USER shows, from the secret's public key."""
    body = "".join(line for line in content["publicKey"].splitlines() if "-----" not in line)
    return "SHA256:" + base64.b64encode(sha256(base64.b64decode(body)).digest()).decode()
