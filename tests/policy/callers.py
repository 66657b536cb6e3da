"""Who calls: the template's two roles as their functions use them, and requests made by them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.policy.deployed import ACCOUNT, OWN_SUFFIX, STACK
from tests.policy.evaluator import Request

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.policy.deployed import Deployed
    from tests.policy.evaluator import Policy

ATTACHED_TO = "secretsmanager:resource/AllowRotationLambdaArn"
CLUSTER = "ecs:cluster"
INVOKE = "lambda:InvokeFunction"
ENCRYPTION_CONTEXT = "kms:EncryptionContext:SecretARN"
FROM_FUNCTION = "lambda:SourceFunctionArn"
OTHER_ACCOUNT = "999999999999"
KEY = "key/11111111-2222-4333-8444-555555555555"
NETWORK = {
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
}
"""Lambda's own, to reach a VPC.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html"""
LOG_AND_TRACE = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}
"""Lambda's own, for the log and for `Tracing: Active`.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html"""
THROUGH_THE_KEY = {"kms:Decrypt", "kms:GenerateDataKey"}
"""What Secrets Manager asks of a customer managed key in its caller's name.
https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html"""


@dataclass(frozen=True)
class Caller:
    """A role of the template and the name of the function that has it."""

    deployed: Deployed
    role: str
    function: str

    @property
    def policies(self) -> list[Policy]:
        """The role's own policies. Raises KeyError for a managed one, which isn't looked into."""
        properties = self.deployed.properties(self.role)
        if "ManagedPolicyArns" in properties:
            raise KeyError(f"{self.role} has ManagedPolicyArns")
        return [policy["PolicyDocument"] for policy in properties["Policies"]]

    @property
    def principal(self) -> str:
        """The role's session in the function."""
        session = f"assumed-role/{STACK}-{self.role}{OWN_SUFFIX}/{self.function}"
        return f"arn:{self.deployed.partition}:sts::{ACCOUNT}:{session}"

    def request(
        self, action: str, resource: str, context: Mapping[str, str], account: str = ACCOUNT
    ) -> Request:
        """Return a call from this role. A resource of another account is open to everybody."""
        anybody = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
        return Request(
            principal=self.principal,
            action=action,
            resource=resource,
            account=account,
            context=context,
            identity=self.policies,
            policy=None if account == ACCOUNT else {"Version": VERSION, "Statement": [anybody]},
        )


VERSION = "2012-10-17"


def rotation(deployed: Deployed) -> Caller:
    """Return the rotation function's caller."""
    return Caller(deployed, "RotationRole", STACK)


def retirement(deployed: Deployed) -> Caller:
    """Return the retirement function's caller."""
    return Caller(deployed, "RetirementRole", f"{STACK}-retirement")


@dataclass(frozen=True)
class OtherSecret:
    """A secret that is none of the function's business."""

    name: str
    arn: str
    account: str
    context: Mapping[str, str]


def other_secrets(deployed: Deployed) -> Iterator[OtherSecret]:
    """Yield every way in which a secret can be another."""
    here, far = deployed.secret_arn("app/other"), deployed.secret_arn("app/far", region=FAR)
    foreign = deployed.secret_arn("app/foreign", OTHER_ACCOUNT)
    ours = {ATTACHED_TO: deployed.function_arn(STACK)}
    yield OtherSecret("attached to nothing", here, ACCOUNT, {})
    for name, function in {
        "attached to another function": deployed.function_arn("another"),
        "attached to one whose name begins alike": deployed.function_arn(f"{STACK}-2"),
        "attached to another account's": deployed.function_arn(STACK, OTHER_ACCOUNT),
        "attached to another Region's": deployed.function_arn(STACK, region=FAR),
    }.items():
        yield OtherSecret(name, here, ACCOUNT, {ATTACHED_TO: function})
    yield OtherSecret("in another account", foreign, OTHER_ACCOUNT, ours)
    yield OtherSecret("in another Region", far, ACCOUNT, ours)


FAR = "ap-southeast-2"


def favourable(deployed: Deployed) -> dict[str, str]:
    """Return every context key with which a statement of ours can be met from outside Lambda."""
    secret = deployed.secret_arn("app/key")
    return {
        ATTACHED_TO: deployed.function_arn(STACK),
        "kms:ViaService": f"secretsmanager.{deployed.region}.{deployed.url_suffix}",
        ENCRYPTION_CONTEXT: secret,
        CLUSTER: deployed.cluster_arn(),
    }


def has_every_option(deployed: Deployed) -> bool:
    """Return whether there are a secret, its key, clusters and a VPC: with every option."""
    return deployed.has("Secret")


def key_policy(deployed: Deployed) -> Policy:
    """Return what lets IAM policies of the account decide on a KMS key: the default key policy."""
    root = deployed.arn("iam", "root")
    allow = {"Effect": "Allow", "Principal": {"AWS": root}, "Action": "kms:*", "Resource": "*"}
    return {"Version": VERSION, "Statement": [allow]}
