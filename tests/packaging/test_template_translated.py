"""What holds of the template as CloudFormation receives it. `make validate` runs this file."""

import json

import pytest

from tests.packaging.cloudformation import Template, cycles, of_type, waits_for


def test_no_resource_waits_for_itself(translated: Template) -> None:
    assert cycles(translated) == set()


def test_a_cycle_would_be_found() -> None:
    function = {"Role": {"Fn::GetAtt": ["Role", "Arn"]}}
    role = {"Policies": [{"Resource": {"Fn::Sub": "${Function.Arn}"}}]}
    other = {"DependsOn": "Role"}
    template = {"Resources": {"Function": function, "Role": role, "Other": other}}
    assert cycles(template) == {"Function", "Role"}


def test_the_permission_is_there_before_the_schedule(translated: Template) -> None:
    assert "SecretsManagerPermission" in waits_for(translated, "SecretRotationSchedule")


def test_sam_adds_the_schedule_and_its_permission_and_how_events_are_tried(
    template: Template, translated: Template
) -> None:
    before, after = template["Resources"].keys(), translated["Resources"].keys()
    added = {name for name in after - before if not name.startswith("DependenciesLayer")}
    assert added == {
        "RetirementFunctionHourly",
        "RetirementFunctionHourlyPermission",
        "RetirementFunctionEventInvokeConfig",
    }


def test_of_all_schedules_only_its_own_may_invoke_a_function(translated: Template) -> None:
    name = "RetirementFunction"
    permission = translated["Resources"][f"{name}HourlyPermission"]["Properties"]
    assert permission["Principal"] == "events.amazonaws.com"
    assert permission["SourceArn"] == {"Fn::GetAtt": [f"{name}Hourly", "Arn"]}
    assert permission["FunctionName"] == {"Ref": name}
    rule = translated["Resources"][f"{name}Hourly"]["Properties"]
    assert rule["ScheduleExpression"] == "rate(1 hour)"


def test_how_events_are_tried_holds_for_the_function_that_the_rules_invoke(
    translated: Template,
) -> None:
    config = translated["Resources"]["RetirementFunctionEventInvokeConfig"]["Properties"]
    assert config == {
        "FunctionName": {"Ref": "RetirementFunction"},
        "Qualifier": "$LATEST",
        "MaximumRetryAttempts": 2,
        "MaximumEventAgeInSeconds": 3600,
        "DestinationConfig": {},
    }


@pytest.mark.parametrize("name", ["RotationFunction", "RetirementFunction"])
def test_a_function_is_what_its_source_says(
    template: Template, translated: Template, name: str
) -> None:
    source = template["Resources"][name]["Properties"]
    function = translated["Resources"][name]["Properties"]
    assert function["Runtime"] == "python3.13"
    assert function["TracingConfig"] == {"Mode": "Active"}
    assert function["Timeout"] == source["Timeout"]
    assert function["MemorySize"] == source["MemorySize"]
    assert function["VpcConfig"]["Fn::If"][0] == "HasVpc"
    assert "ReservedConcurrentExecutions" not in function
    assert "DeadLetterConfig" not in function


def test_no_role_has_a_managed_policy(translated: Template) -> None:
    roles = of_type(translated, "AWS::IAM::Role")
    assert roles.keys() == {"RotationRole", "RetirementRole"}
    assert not [name for name, role in roles.items() if "ManagedPolicyArns" in role["Properties"]]


def test_the_created_secret_is_empty_and_kept(translated: Template) -> None:
    secret = translated["Resources"]["Secret"]
    assert secret["DeletionPolicy"] == secret["UpdateReplacePolicy"] == "Retain"
    assert not {"SecretString", "GenerateSecretString"} & secret["Properties"].keys()


def test_no_region_account_or_partition_is_written_out(translated: Template) -> None:
    # An S3 address of the code is the translator's placeholder.
    text = json.dumps(translated["Resources"])
    assert "arn:aws:" not in text
    assert "eu-west-1" not in text
    assert "us-east-1" not in text
