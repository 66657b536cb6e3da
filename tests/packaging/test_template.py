import ast
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rotation.keypair import KEY_SIZES_BITS

Template = dict[str, Any]
References = Callable[[object], set[str]]

THIS_FUNCTION = (
    "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${AWS::StackName}"
)
SECRETS_OF_THIS_ACCOUNT = (
    "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:*"
)
ACTIONS = {
    "RotateSecretsThatNameThisFunction": {
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:ListSecretVersionIds",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
    },
    "WriteLog": {"logs:CreateLogStream", "logs:PutLogEvents"},
    "SendTraces": {"xray:PutTelemetryRecords", "xray:PutTraceSegments"},
    "UseTheSecretsKeyThroughSecretsManager": {
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:GenerateDataKey",
    },
}


def properties(template: Template, name: str) -> dict[str, Any]:
    found: dict[str, Any] = template["Resources"][name]["Properties"]
    return found


def raw_statements(template: Template) -> list[dict[str, Any]]:
    (policy,) = properties(template, "RotationRole")["Policies"]
    found: list[dict[str, Any]] = policy["PolicyDocument"]["Statement"]
    return found


def statements(template: Template) -> dict[str, dict[str, Any]]:
    chosen = [item["Fn::If"][1] if "Fn::If" in item else item for item in raw_statements(template)]
    return {statement["Sid"]: statement for statement in chosen}


def test_the_role_allows_these_actions_and_no_others(template: Template) -> None:
    found = {sid: set(statement["Action"]) for sid, statement in statements(template).items()}
    assert found == ACTIONS
    assert "ManagedPolicyArns" not in properties(template, "RotationRole")


def test_the_function_has_that_role_and_sam_makes_no_other(template: Template) -> None:
    function = properties(template, "RotationFunction")
    assert function["Role"] == {"Fn::GetAtt": "RotationRole.Arn"}
    assert "Policies" not in function


def test_no_action_holds_a_wildcard_and_only_xray_has_no_resource(template: Template) -> None:
    for sid, statement in statements(template).items():
        assert not [action for action in statement["Action"] if "*" in action]
        assert (statement["Resource"] == "*") == (sid == "SendTraces")


def test_only_secrets_that_name_this_function_can_be_rotated(template: Template) -> None:
    statement = statements(template)["RotateSecretsThatNameThisFunction"]
    key = "secretsmanager:resource/AllowRotationLambdaArn"
    assert statement["Condition"] == {"StringEquals": {key: {"Fn::Sub": THIS_FUNCTION}}}
    assert statement["Resource"] == {"Fn::Sub": SECRETS_OF_THIS_ACCOUNT}
    assert properties(template, "RotationFunction")["FunctionName"] == {"Ref": "AWS::StackName"}


def test_the_role_does_not_wait_for_the_function(
    template: Template, references: References
) -> None:
    function = references(properties(template, "RotationFunction"))
    assert "RotationRole" in function
    assert "RotationFunction" not in references(template["Resources"]["RotationRole"])


def test_the_kms_key_is_used_through_secrets_manager_only_and_if_there_is_one(
    template: Template,
) -> None:
    (conditional,) = [item["Fn::If"] for item in raw_statements(template) if "Fn::If" in item]
    name, statement, otherwise = conditional
    through = {"Fn::Sub": "secretsmanager.${AWS::Region}.${AWS::URLSuffix}"}
    assert (name, otherwise) == ("HasKmsKey", {"Ref": "AWS::NoValue"})
    assert statement["Resource"] == {"Ref": "KmsKeyArn"}
    assert statement["Condition"] == {"StringEquals": {"kms:ViaService": through}}


def test_secrets_manager_of_this_account_may_invoke_the_function(template: Template) -> None:
    assert properties(template, "SecretsManagerPermission") == {
        "FunctionName": {"Fn::GetAtt": "RotationFunction.Arn"},
        "Action": "lambda:InvokeFunction",
        "Principal": "secretsmanager.amazonaws.com",
        "SourceAccount": {"Ref": "AWS::AccountId"},
    }


def test_the_function_is_given_the_variables_that_its_settings_read(
    template: Template, repository: Path
) -> None:
    tree = ast.parse((repository / "rotation" / "settings.py").read_text(encoding="utf-8"))
    constants = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    variables = properties(template, "RotationFunction")["Environment"]["Variables"]
    read_by_libraries = {
        "POWERTOOLS_LOG_LEVEL",
        "POWERTOOLS_SERVICE_NAME",
        "SNOWFLAKE_DISABLE_PLATFORM_DETECTION",
    }
    assert variables.keys() == {"SNOWFLAKE_ROLE", "KEY_SIZE"} | read_by_libraries
    assert variables.keys() - read_by_libraries <= constants


def test_the_runtime_is_the_one_the_layer_is_built_for(template: Template) -> None:
    function = properties(template, "RotationFunction")
    layer = properties(template, "DependenciesLayer")
    assert function["Runtime"] == "python3.13"
    assert layer["CompatibleRuntimes"] == ["python3.13"]
    assert function["Architectures"] == layer["CompatibleArchitectures"]
    assert function["Layers"] == [{"Ref": "DependenciesLayer"}]


def test_the_handler_is_a_function_of_the_package(template: Template, repository: Path) -> None:
    function = properties(template, "RotationFunction")
    assert function["Handler"] == "rotation.handler.lambda_handler"
    tree = ast.parse((repository / "rotation" / "handler.py").read_text(encoding="utf-8"))
    assert "lambda_handler" in {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}


def test_every_built_resource_has_a_make_target_for_every_architecture(
    template: Template, repository: Path
) -> None:
    recipes = (repository / "layers" / "Makefile").read_text(encoding="utf-8")
    for name in ("RotationFunction", "DependenciesLayer"):
        assert template["Resources"][name]["Metadata"]["BuildMethod"] == "makefile"
        assert f"\nbuild-{name}:\n" in recipes
    for architecture in template["Parameters"]["Architecture"]["AllowedValues"]:
        makefile = repository / "layers" / architecture / "Makefile"
        assert f"ARCHITECTURE := {architecture}\n" in makefile.read_text(encoding="utf-8")


def test_the_function_logs_to_the_group_whose_retention_is_a_parameter(template: Template) -> None:
    function = properties(template, "RotationFunction")
    group = properties(template, "RotationLogGroup")
    assert function["LoggingConfig"] == {"LogGroup": {"Ref": "RotationLogGroup"}}
    assert group["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    assert function["Tracing"] == "Active"


def test_the_key_sizes_offered_are_those_the_function_takes(template: Template) -> None:
    offered = template["Parameters"]["KeySize"]["AllowedValues"]
    assert tuple(offered) == tuple(KEY_SIZES_BITS)


def test_every_parameter_is_used_described_and_constrained(
    template: Template, references: References
) -> None:
    used = references(template["Resources"]) | references(template["Conditions"])
    for name, parameter in template["Parameters"].items():
        assert name in used, name
        assert parameter["Description"], name
        assert "AllowedValues" in parameter or "ConstraintDescription" in parameter, name


@pytest.mark.parametrize(
    ("parameter", "value", "accepted"),
    [
        ("SnowflakeRole", "", True),
        ("SnowflakeRole", "ROTATION_ADMIN", True),
        ("SnowflakeRole", '"rotation admin"', True),
        ("SnowflakeRole", "rotation admin", False),
        ("SnowflakeRole", 'A"; DROP ROLE B; --', False),
        ("KmsKeyArn", "", True),
        ("KmsKeyArn", "arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-4000-8000-1a2b", True),
        ("KmsKeyArn", "arn:aws-cn:kms:cn-north-1:123456789012:key/mrk-0a1b2c3d", True),
        ("KmsKeyArn", "arn:aws:kms:eu-west-1:123456789012:alias/aws/secretsmanager", False),
        ("KmsKeyArn", "arn:aws:kms:eu-west-1:123456789012:key/*", False),
    ],
)
def test_a_parameter_takes_what_it_says(
    template: Template, parameter: str, value: str, *, accepted: bool
) -> None:
    pattern = template["Parameters"][parameter]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, value)) is accepted
