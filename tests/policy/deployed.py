"""The template as CloudFormation would deploy it, for one set of parameters.

It is read in its translated form, with what SAM adds to it.
"""

from __future__ import annotations

import json
import os
import subprocess
from functools import cache
from typing import TYPE_CHECKING, Any

from tests.policy.evaluator import REPOSITORY
from tests.policy.intrinsics import Intrinsics

if TYPE_CHECKING:
    from collections.abc import Mapping

    Resource = Mapping[str, Any]

ACCOUNT = "123456789012"
STACK = "snowflake-keys"
CLUSTER = "pipelines"
OWN_SUFFIX = "-1A2B3C4D5E6F"
SECRET_SUFFIX = "-AbCdEf"
KEY_ID = "0a1b2c3d-0000-4000-8000-00000000000a"
RETURN_VALUES: dict[tuple[str, str | None], str] = {
    ("AWS::Events::Rule", "Arn"): "arn:{partition}:events:{here}:rule/{own}",
    ("AWS::IAM::Role", "Arn"): f"arn:{{partition}}:iam::{ACCOUNT}:role/{{own}}",
    ("AWS::KMS::Key", "Arn"): f"arn:{{partition}}:kms:{{here}}:key/{KEY_ID}",
    ("AWS::KMS::Key", None): KEY_ID,
    ("AWS::Lambda::Function", "Arn"): "arn:{partition}:lambda:{here}:function:{FunctionName}",
    ("AWS::Lambda::Function", None): "{FunctionName}",
    ("AWS::Logs::LogGroup", "Arn"): "arn:{partition}:logs:{here}:log-group:{LogGroupName}:*",
    ("AWS::SNS::Topic", None): "arn:{partition}:sns:{here}:{own}",
    ("AWS::SecretsManager::Secret", None): (
        f"arn:{{partition}}:secretsmanager:{{here}}:secret:{{Name}}{SECRET_SUFFIX}"
    ),
}
"""What GetAtt, or Ref (None), gives: "Return values" on each type's page of the reference.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html"""


@cache
def translated_template() -> Resource:
    """Return template.yaml after SAM's transformation."""
    done = subprocess.run(
        [REPOSITORY / ".venv-sam/bin/python", "-m", "layers.translate", "template.yaml"],
        cwd=REPOSITORY,
        env={**os.environ, "AWS_DEFAULT_REGION": "eu-west-1"},
        check=True,
        capture_output=True,
        text=True,
    )
    template: Resource = json.loads(done.stdout)
    return template


class Deployed:
    """A stack named STACK of ACCOUNT. ``changed`` stands in for template.yaml."""

    def __init__(
        self,
        parameters: Mapping[str, str],
        region: str = "eu-west-1",
        partition: str = "aws",
        changed: Resource | None = None,
    ) -> None:
        self.region, self.partition = region, partition
        self.url_suffix = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
        self._template = changed or translated_template()
        pseudo = {
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": partition,
            "AWS::Region": region,
            "AWS::StackName": STACK,
            "AWS::URLSuffix": self.url_suffix,
        }
        self._intrinsics = Intrinsics(self._template, parameters, pseudo, self.attribute)

    def has(self, name: str) -> bool:
        """Return whether the resource is deployed with these parameters."""
        found = self._template["Resources"].get(name)
        if found is None:
            return False
        return "Condition" not in found or self._intrinsics.condition(found["Condition"])

    def properties(self, name: str) -> Resource:
        """Return the resolved properties of a resource. Raises KeyError when it isn't deployed."""
        if not self.has(name):
            raise KeyError(name)
        found: Resource = self._intrinsics.resolve(self._template["Resources"][name]["Properties"])
        return found

    def of_type(self, kind: str) -> dict[str, Resource]:
        """Return the resolved properties of every resource of a type, by logical id."""
        resources = self._template["Resources"]
        names = [name for name, found in resources.items() if found["Type"] == kind]
        return {name: self.properties(name) for name in names if self.has(name)}

    def arn(self, service: str, resource: str, account: str = ACCOUNT, region: str = "") -> str:
        """Return an ARN, in the stack's Region unless told."""
        where = "" if service == "iam" else region or self.region
        return f"arn:{self.partition}:{service}:{where}:{account}:{resource}"

    def attribute(self, name: str, attribute: str | None) -> str:
        """Return what Ref (None) or GetAtt gives once the resource is there. Raises KeyError."""
        found = self._template["Resources"][name]
        named = {
            key: self._intrinsics.resolve(value)
            for key, value in found.get("Properties", {}).items()
            if key in {"FunctionName", "LogGroupName", "Name"}
        }
        own = f"{STACK}-{name}{OWN_SUFFIX}"
        return RETURN_VALUES[found["Type"], attribute].format(
            **named, own=own, partition=self.partition, here=f"{self.region}:{ACCOUNT}"
        )

    def function_arn(self, name: str, account: str = ACCOUNT, region: str = "") -> str:
        """Return the ARN of a function."""
        return self.arn("lambda", f"function:{name}", account, region)

    def cluster_arn(self, name: str = CLUSTER, account: str = ACCOUNT, region: str = "") -> str:
        """Return the ARN of an ECS cluster, of the one that ``ConsumerClusters`` names first."""
        return self.arn("ecs", f"cluster/{name}", account, region)

    def secret_arn(self, name: str, account: str = ACCOUNT, region: str = "") -> str:
        """Return the ARN of a secret, with the suffix that Secrets Manager adds."""
        return self.arn("secretsmanager", f"secret:{name}{SECRET_SUFFIX}", account, region)
