"""SECURITY.md's resource policy is one that AWS takes, and lets the rotation function write."""

import json

import boto3

from tests.docs.documents import ROOT, blocks, rows, under
from tests.packaging.cloudformation import load, properties, statements

SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
TEMPLATE = load((ROOT / "template.yaml").read_text(encoding="utf-8"))
(POLICY,) = (json.loads(block) for block in blocks(SECURITY, "json"))
(DENIED,) = POLICY["Statement"]


def test_its_actions_are_operations_of_secrets_manager() -> None:
    model = boto3.client("secretsmanager", region_name="eu-west-1").meta.service_model
    for action in DENIED["Action"]:
        service, name = action.split(":")
        assert service == "secretsmanager"
        assert name in model.operation_names


def test_it_has_all_that_writes_a_value_a_label_or_the_policy_itself() -> None:
    model = boto3.client("secretsmanager", region_name="eu-west-1").meta.service_model
    writes = {
        name
        for name in model.operation_names
        if (shape := model.operation_model(name).input_shape)
        and {"SecretString", "VersionStage", "ResourcePolicy"} & shape.members.keys()
    }
    # A new secret is another one; reading by a label and checking a policy write nothing.
    writes -= {"CreateSecret", "GetSecretValue", "ValidateResourcePolicy"}
    named = {action.split(":")[1] for action in DENIED["Action"]}
    assert named == writes | {"DeleteResourcePolicy"}


def test_it_denies_whoever_is_not_named() -> None:
    assert POLICY["Version"] == "2012-10-17"
    assert (DENIED["Effect"], DENIED["Principal"], DENIED["Resource"]) == ("Deny", "*", "*")
    named = DENIED["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]
    assert all(arn.startswith("arn:aws:iam::123456789012:role/") for arn in named)


def test_the_rotation_role_is_an_output_and_needs_what_is_denied_to_others() -> None:
    assert TEMPLATE["Outputs"]["RotationRoleArn"]["Value"] == {"Fn::GetAtt": "RotationRole.Arn"}
    (policy,) = properties(TEMPLATE, "RotationRole")["Policies"]
    granted = {a for s in statements(policy["PolicyDocument"]).values() for a in s["Action"]}
    assert {
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
    } <= granted & set(DENIED["Action"])


def test_the_table_has_everybody_who_may_come() -> None:
    who = [row[0] for row in rows(under(SECURITY, "Who can do what"))]
    for word in ("writes", "reads the secret", "task definitions", "invokes", "Snowflake", "logs"):
        assert [one for one in who if word in one], word
