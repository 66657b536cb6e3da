import ast
import re
from pathlib import Path

import pytest

from sandbox import stack
from tests.packaging.cloudformation import Template, of_type, properties

FUNCTIONS = {
    "RotationFunction": ("rotation.handler.lambda_handler", "RotationRole", "RotationLogGroup"),
    "RetirementFunction": (
        "rotation.hourly_handler.lambda_handler",
        "RetirementRole",
        "RetirementLogGroup",
    ),
}
CLUSTERS = {"Fn::Join": [",", {"Ref": "ConsumerClusters"}]}
READ_BY_LIBRARIES = {
    "POWERTOOLS_LOG_LEVEL",
    "POWERTOOLS_SERVICE_NAME",
    "SNOWFLAKE_DISABLE_PLATFORM_DETECTION",
}
# Settings of ours that the stack leaves alone: they are for servers on this machine.
LOCAL_ONLY = {"SNOWFLAKE_HOST", "SNOWFLAKE_PORT", "SNOWFLAKE_PROTOCOL"}
by_function = pytest.mark.parametrize("name", FUNCTIONS)


def variables(template: Template, name: str) -> dict[str, object]:
    found: dict[str, object] = properties(template, name)["Environment"]["Variables"]
    return found


def test_these_are_all_the_functions(template: Template) -> None:
    assert of_type(template, "AWS::Serverless::Function").keys() == FUNCTIONS.keys()
    assert not of_type(template, "AWS::Lambda::Function")


@by_function
def test_the_handler_is_a_function_of_the_package(
    template: Template, repository: Path, name: str
) -> None:
    handler = properties(template, name)["Handler"]
    assert handler == FUNCTIONS[name][0]
    module, _, function = handler.rpartition(".")
    tree = ast.parse((repository / f"{module.replace('.', '/')}.py").read_text(encoding="utf-8"))
    assert function in {n.name for n in tree.body if isinstance(n, ast.FunctionDef)}


@by_function
def test_a_function_has_its_own_role_and_sam_makes_no_other(template: Template, name: str) -> None:
    function = properties(template, name)
    assert function["Role"] == {"Fn::GetAtt": f"{FUNCTIONS[name][1]}.Arn"}
    assert "Policies" not in function


@by_function
def test_a_function_logs_to_a_group_whose_retention_and_key_are_parameters(
    template: Template, name: str
) -> None:
    function, group = properties(template, name), properties(template, FUNCTIONS[name][2])
    assert function["LoggingConfig"] == {"LogGroup": {"Ref": FUNCTIONS[name][2]}}
    assert group["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    key = {"Fn::If": ["HasLogKmsKey", {"Ref": "LogKmsKeyArn"}, {"Ref": "AWS::NoValue"}]}
    assert group["KmsKeyId"] == key
    written = function["FunctionName"].get("Fn::Sub", "${AWS::StackName}")
    assert group["LogGroupName"] == {"Fn::Sub": f"/aws/lambda/{written}"}


@by_function
def test_nothing_limits_how_many_steps_run_at_once_and_no_queue_takes_what_fails(
    template: Template, name: str
) -> None:
    unwanted = {"ReservedConcurrentExecutions", "DeadLetterQueue"}
    assert not unwanted & (properties(template, name).keys() | globals_of(template).keys())


def globals_of(template: Template) -> dict[str, object]:
    found: dict[str, object] = template["Globals"]["Function"]
    return found


def test_the_functions_run_on_what_the_layer_is_built_for(template: Template) -> None:
    shared, layer = globals_of(template), properties(template, "DependenciesLayer")
    assert shared["Runtime"] == "python3.13"
    assert layer["CompatibleRuntimes"] == ["python3.13"]
    assert shared["Architectures"] == layer["CompatibleArchitectures"] == [{"Ref": "Architecture"}]
    assert shared["Layers"] == [{"Ref": "DependenciesLayer"}]
    assert shared["Tracing"] == "Active"


def test_the_functions_are_in_a_vpc_only_if_there_are_subnets_or_groups(template: Template) -> None:
    assert globals_of(template)["VpcConfig"] == {
        "Fn::If": [
            "HasVpc",
            {"SubnetIds": {"Ref": "SubnetIds"}, "SecurityGroupIds": {"Ref": "SecurityGroupIds"}},
            {"Ref": "AWS::NoValue"},
        ]
    }


def test_each_function_is_given_the_variables_that_its_settings_read(
    template: Template, repository: Path
) -> None:
    text = (repository / "rotation" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'\(environment, "([A-Z_]+)"', text)) - LOCAL_ONLY
    rotation = variables(template, "RotationFunction")
    retirement = variables(template, "RetirementFunction")
    assert (rotation.keys() | retirement.keys()) - READ_BY_LIBRARIES == read
    assert retirement.keys() - READ_BY_LIBRARIES == {
        "ROTATION_FUNCTION_ARN",
        "GRACE_PERIOD_HOURS",
        "CONSUMER_CLUSTERS",
    }
    assert retirement["ROTATION_FUNCTION_ARN"] == {"Fn::GetAtt": "RotationFunction.Arn"}
    for found in (rotation, retirement):
        assert found["GRACE_PERIOD_HOURS"] == {"Ref": "GracePeriodHours"}
        assert found["CONSUMER_CLUSTERS"] == CLUSTERS
    name = properties(template, "RetirementFunction")["FunctionName"]
    assert rotation["RETIREMENT_FUNCTION_NAME"] == name
    assert rotation["ALLOWED_SNOWFLAKE_ACCOUNTS"] == {"Ref": "AllowedSnowflakeAccounts"}
    assert rotation["ALLOWED_USERS"] == {"Ref": "AllowedUsers"}


@by_function
def test_every_function_counts_under_the_stacks_name(template: Template, name: str) -> None:
    assert variables(template, name)["POWERTOOLS_SERVICE_NAME"] == {"Ref": "AWS::StackName"}


def test_only_secrets_manager_of_this_account_may_invoke_the_rotation_function(
    template: Template,
) -> None:
    permissions = of_type(template, "AWS::Lambda::Permission")
    assert permissions.keys() == {"SecretsManagerPermission", "PromotionRulePermission"}
    assert permissions["SecretsManagerPermission"]["Properties"] == {
        "FunctionName": {"Fn::GetAtt": "RotationFunction.Arn"},
        "Action": "lambda:InvokeFunction",
        "Principal": "secretsmanager.amazonaws.com",
        "SourceAccount": {"Ref": "AWS::AccountId"},
    }


def test_the_other_runs_every_hour_and_the_rotation_function_at_no_hour(
    template: Template,
) -> None:
    (event,) = properties(template, "RetirementFunction")["Events"].values()
    assert event["Type"] == "Schedule"
    assert event["Properties"]["Schedule"] == "rate(1 hour)"
    assert "Events" not in properties(template, "RotationFunction")


def test_the_retirement_function_has_the_time_for_a_rotation_that_a_person_waits_for(
    template: Template,
) -> None:
    # The longest that Lambda has. The sandbox runs the function with the same.
    function = properties(template, "RetirementFunction")
    assert function["Timeout"] == 900 == stack.RETIREMENT_TIMEOUT_SECONDS
    assert function["MemorySize"] == 256


def test_an_event_is_tried_again_until_the_next_hourly_run_does_the_same(
    template: Template,
) -> None:
    config = properties(template, "RetirementFunction")["EventInvokeConfig"]
    assert config == {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 3600}


def test_a_name_leaves_the_stacks_name_53_characters(template: Template) -> None:
    names = [properties(template, name)["FunctionName"] for name in FUNCTIONS]
    texts = [name.get("Fn::Sub", "${AWS::StackName}") for name in names]
    longest = max(len(text.replace("${AWS::StackName}", "")) for text in texts)
    # https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
    assert 64 - longest == 53


def test_every_built_resource_has_a_make_target_for_every_architecture(
    template: Template, repository: Path
) -> None:
    recipes = (repository / "layers" / "Makefile").read_text(encoding="utf-8")
    for name in (*FUNCTIONS, "DependenciesLayer"):
        assert template["Resources"][name]["Metadata"]["BuildMethod"] == "makefile"
        assert re.search(rf"^[^.\t\n]*\bbuild-{name}\b[^\n]*:$", recipes, re.MULTILINE)
    for architecture in template["Parameters"]["Architecture"]["AllowedValues"]:
        makefile = repository / "layers" / architecture / "Makefile"
        assert f"ARCHITECTURE := {architecture}\n" in makefile.read_text(encoding="utf-8")
