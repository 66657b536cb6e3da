"""What ``secrets`` of a task definition resolve to, as the ECS agent does it.

The agent reads each distinct ``valueFrom`` of a task once, before any container starts:
https://github.com/aws/amazon-ecs-agent/blob/master/agent/taskresource/asmsecret/asmsecret.go
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
"""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_secretsmanager import SecretsManagerClient

    from sandbox.aws.json.shapes import Json

__all__ = ["CannotStart", "Preparation", "SecretValues"]

# In front of every reason; quoted in https://github.com/GiamPy5/terraform-aws-directus/issues/10
PULLING = (
    "ResourceInitializationError: unable to pull secrets or registry auth: "
    "execution resource retrieval failed: unable to retrieve"
)
FROM_SECRETS = f"{PULLING} secret from asm: service call has been retried 1 time(s): "
FROM_PARAMETERS = f"{PULLING} secrets from ssm: service call has been retried 1 time(s): "
BARE_PARTS, PARTS_WITH_PARAMETERS = 7, 10


class CannotStart(Exception):
    """A task can't start; the text is its stoppedReason."""


class SecretValues:
    """Reads values; ``parameters`` stands in for Parameter Store.

    It gets a parameter's name and raises LookupError where there is none.
    """

    def __init__(
        self, client: SecretsManagerClient, parameters: Callable[[str], str] | None
    ) -> None:
        self._client = client
        self._parameters = parameters or _no_parameter

    def environments(self, definitions: list[Json]) -> list[dict[str, str]]:
        """Return the variables of each container; raises CannotStart."""
        secrets = [one.get("secrets", []) for one in definitions]
        asked = dict.fromkeys(secret["valueFrom"] for some in secrets for secret in some)
        values = {value_from: self._value(value_from) for value_from in asked}
        return [
            {secret["name"]: values[secret["valueFrom"]] for secret in some} for some in secrets
        ]

    def _value(self, value_from: str) -> str:
        if value_from.startswith("arn:") and value_from.split(":")[2] == "secretsmanager":
            return self._secret(value_from)
        name = _parameter_name(value_from)
        try:
            return self._parameters(name)
        except LookupError:
            raise CannotStart(f"{FROM_PARAMETERS}invalid ssm parameters: {name}") from None

    def _secret(self, value_from: str) -> str:
        parts = value_from.split(":")
        # The agent takes the bare ARN, or the ARN with all three colons after it.
        if len(parts) not in {BARE_PARTS, PARTS_WITH_PARAMETERS}:
            raise CannotStart(
                f"{FROM_SECRETS}an invalid ARN format for the AWS Secrets Manager "
                "secret was specified. Specify a valid ARN and try again."
            )
        arn = ":".join(parts[:BARE_PARTS])
        key, stage, version_id = (*parts[BARE_PARTS:], "", "", "")[:3]
        text = self._read(arn, {"VersionStage": stage, "VersionId": version_id})
        return _field(text, key) if key else text

    def _read(self, arn: str, version: dict[str, str]) -> str:
        asked = {name: text for name, text in version.items() if text}
        try:
            answer = self._client.get_secret_value(SecretId=arn, **asked)
        except ClientError as error:
            found = error.response["Error"]
            raise _not_fetched(arn, f"{found['Code']}: {found['Message']}") from error
        except BotoCoreError as error:
            raise _not_fetched(arn, f"RequestError: {error}") from error
        if answer["ARN"] != arn:
            # "You must use the full ARN"; whether a partial one finds its secret is a matter of
            # luck: https://repost.aws/knowledge-center/ecs-secrets-manager-issues
            raise _not_fetched(
                arn, "ResourceNotFoundException: Secrets Manager can't find the specified secret."
            )
        return answer["SecretString"]


class Preparation:
    """Reads a task's values in a thread: Secrets Manager may take its time."""

    def __init__(self, values: SecretValues, definitions: list[Json]) -> None:
        self._values = values
        self._definitions = definitions
        self.environments: list[dict[str, str]] = []
        self.failure: CannotStart | None = None
        self.done = threading.Event()
        if any(one.get("secrets") for one in definitions):
            threading.Thread(target=self._run, daemon=True).start()
        else:
            self._run()

    def _run(self) -> None:
        try:
            self.environments = self._values.environments(self._definitions)
        except CannotStart as failure:
            self.failure = failure
        finally:
            self.done.set()


def _no_parameter(name: str) -> str:
    raise LookupError(name)


def _parameter_name(value_from: str) -> str:
    """Return a parameter's name; only a name in a hierarchy begins with a slash."""
    if not value_from.startswith("arn:"):
        return value_from
    name = value_from.partition(":parameter/")[2]
    return f"/{name}" if "/" in name else name


def _field(text: str, key: str) -> str:
    """Return a field of the secret's JSON. The agent's own words are Go's for broken JSON."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise CannotStart(f"{FROM_SECRETS}the secret is no JSON: {error.msg}") from None
    if not isinstance(document, dict) or key not in document:
        # Quoted in many stopped tasks, for example https://github.com/aws/copilot-cli/issues.
        raise CannotStart(
            f"{FROM_SECRETS}retrieved secret from Secrets Manager did not contain json key {key}"
        )
    value = document[key]
    return value if isinstance(value, str) else json.dumps(value)


def _not_fetched(arn: str, why: str) -> CannotStart:
    return CannotStart(f"{FROM_SECRETS}failed to fetch secret {arn} from secrets manager: {why}")
