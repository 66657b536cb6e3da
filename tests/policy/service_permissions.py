"""The policy that AWS::Lambda::Permission resources add up to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.policy.deployed import Deployed, Resource
    from tests.policy.evaluator import Policy


def permission_policy(deployed: Deployed, function: str) -> Policy:
    """Return the resource policy of a function, by its logical id."""
    arn = deployed.attribute(function, "Arn")
    names = (arn, deployed.attribute(function, None))
    permissions = deployed.of_type("AWS::Lambda::Permission").values()
    own = [found for found in permissions if found["FunctionName"] in names]
    return {"Version": "2012-10-17", "Statement": [_statement(found, arn) for found in own]}


def _statement(permission: Resource, arn: str) -> dict[str, Any]:
    """Write the statement as AddPermission does. Raises KeyError for what isn't known here.

    https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-services.html
    """
    strange = permission.keys() - {
        *("FunctionName", "Action", "Principal", "SourceAccount", "SourceArn"),
    }
    if strange:
        raise KeyError(f"not known here: {strange}")
    condition = {}
    if "SourceAccount" in permission:
        condition["StringEquals"] = {"AWS:SourceAccount": permission["SourceAccount"]}
    if "SourceArn" in permission:
        condition["ArnLike"] = {"AWS:SourceArn": permission["SourceArn"]}
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": permission["Principal"]},
        "Action": permission["Action"],
        "Resource": arn,
    }
    return statement | ({"Condition": condition} if condition else {})
