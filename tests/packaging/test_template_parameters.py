import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from rotation.errors.function import InvalidSettings
from rotation.keys.form import (
    Encryption,
    Field,
    KeyFormat,
    SecretForm,
)
from rotation.keys.sizes import KEY_SIZES_BITS
from rotation.settings import HourlySettings
from tests.packaging.cloudformation import Template, broken_rules, references, true_conditions

CLUSTER = "arn:aws:ecs:eu-west-1:123456789012:cluster/pipelines"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:on-call"
REQUIRED = {"AllowedSnowflakeAccounts", "AllowedUsers", "ConsumerClusters"}


def test_every_parameter_is_used_described_and_constrained(template: Template) -> None:
    used = references([template["Resources"], template["Conditions"], template["Globals"]])
    for name, parameter in template["Parameters"].items():
        assert name in used, name
        assert parameter["Description"], name
        assert "AllowedValues" in parameter or "ConstraintDescription" in parameter, name


def test_the_console_shows_every_parameter_in_one_group_with_a_label(template: Template) -> None:
    interface = template["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [name for group in interface["ParameterGroups"] for name in group["Parameters"]]
    assert sorted(grouped) == sorted(template["Parameters"])
    assert interface["ParameterLabels"].keys() == template["Parameters"].keys()
    labels = [label["default"] for label in interface["ParameterLabels"].values()]
    assert len(set(labels)) == len(labels)


def test_what_may_be_rotated_has_to_be_said_and_all_else_has_a_default(template: Template) -> None:
    without = {name for name, p in template["Parameters"].items() if "Default" not in p}
    assert without == REQUIRED


def test_defaults_meet_their_own_constraints(template: Template) -> None:
    for name, parameter in template["Parameters"].items():
        if "Default" not in parameter:
            continue
        default = parameter["Default"]
        assert default in parameter.get("AllowedValues", [default]), name
        assert re.fullmatch(parameter.get("AllowedPattern", ".*"), str(default)), name


def test_the_key_sizes_offered_are_those_the_function_takes(template: Template) -> None:
    offered = template["Parameters"]["KeySize"]["AllowedValues"]
    assert tuple(offered) == tuple(KEY_SIZES_BITS)


def test_the_shapes_and_encryptions_offered_are_those_the_function_takes(
    template: Template,
) -> None:
    parameters = template["Parameters"]
    assert parameters["EncryptPrivateKey"]["AllowedValues"] == [*Encryption]
    for name in KeyFormat:
        assert re.fullmatch(parameters["KeyFormats"]["AllowedPattern"], name)
    for name in (*Field, *KeyFormat):
        assert re.fullmatch(parameters["FieldNames"]["AllowedPattern"], f"{name}=x")


@pytest.mark.parametrize(
    "names", ["user=a b", "user=a=b,account=c", "passphrase=Nom d'usager", "privateKeyBase64=b"]
)
def test_a_field_name_that_the_stack_takes_is_one_that_the_function_takes(
    template: Template, names: str
) -> None:
    assert re.fullmatch(template["Parameters"]["FieldNames"]["AllowedPattern"], names)
    assert SecretForm.from_texts(names, "", "").names


def test_the_serverless_repository_shows_this_version_and_files_that_exist(
    template: Template, repository: Path
) -> None:
    shown = template["Metadata"]["AWS::ServerlessRepo::Application"]
    project = (repository / "pyproject.toml").read_text(encoding="utf-8")
    assert f'\nversion = "{shown["SemanticVersion"]}"\n' in project
    assert f'\nlicense = "{shown["SpdxLicenseId"]}"\n' in project
    assert (repository / shown["LicenseUrl"]).is_file()
    assert (repository / shown["ReadmeUrl"]).is_file()


@pytest.mark.parametrize("clusters", ["none", "all", CLUSTER, f"{CLUSTER},{CLUSTER}-2"])
@pytest.mark.parametrize("bound", ["MinValue", "MaxValue"])
def test_how_long_an_old_key_stays_is_what_both_functions_take(
    template: Template, bound: str, clusters: str
) -> None:
    hours = template["Parameters"]["GracePeriodHours"][bound]
    environment = {
        "GRACE_PERIOD_HOURS": str(hours),
        "CONSUMER_CLUSTERS": clusters,
        "ROTATION_FUNCTION_ARN": "arn:aws:lambda:eu-west-1:123456789012:function:x",
    }
    retention = HourlySettings.from_environment(environment).retention
    assert retention.grace == timedelta(hours=hours)
    assert ",".join(retention.clusters or ("none",)) == clusters


def test_a_longer_grace_than_the_stack_takes_the_functions_do_not_take_either(
    template: Template,
) -> None:
    hours = template["Parameters"]["GracePeriodHours"]["MaxValue"] + 1
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:x"
    environment = {"GRACE_PERIOD_HOURS": str(hours), "ROTATION_FUNCTION_ARN": arn}
    with pytest.raises(InvalidSettings):
        HourlySettings.from_environment(environment)


@pytest.mark.parametrize(
    ("parameter", "value", "accepted"),
    [
        ("AllowedSnowflakeAccounts", "", False),
        ("AllowedSnowflakeAccounts", "*", True),
        ("AllowedSnowflakeAccounts", "MYORG-PROD, xy12345.eu-*", True),
        ("AllowedSnowflakeAccounts", "MYORG-PROD,,MYORG-DEV", False),
        ("AllowedSnowflakeAccounts", "https://myorg", False),
        ("AllowedUsers", "", False),
        ("AllowedUsers", " ", False),
        ("AllowedUsers", "SVC_*,some user@example.com", True),
        ("AllowedUsers", "SVC_*,", False),
        ("AllowedUsers", "SVC\n", False),
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
        ("SecretName", "snowflake/svc-pipeline", True),
        ("SecretName", "snowflake/svc-loader", False),
        ("SecretName", "snowflake key", False),
        ("RotationWindow", "3h", True),
        ("RotationWindow", "0h", False),
        ("RotationWindow", "25h", False),
        ("SubnetIds", "subnet-0123456789abcdef0", True),
        ("SubnetIds", "vpc-0123456789abcdef0", False),
        ("SecurityGroupIds", "sg-0123abcd", True),
        ("ConsumerClusters", "", False),
        ("ConsumerClusters", "none", True),
        ("ConsumerClusters", "all", True),
        ("ConsumerClusters", "*", False),
        ("ConsumerClusters", CLUSTER, True),
        ("ConsumerClusters", CLUSTER.replace("aws", "aws-cn", 1), True),
        ("ConsumerClusters", "pipelines", False),
        ("ConsumerClusters", CLUSTER.replace("cluster/", "service/"), False),
        ("ConsumerClusters", f"{CLUSTER}/*", False),
        ("ConsumerClusters", CLUSTER.replace("pipelines", "*"), False),
        ("KeyFormats", "", True),
        ("KeyFormats", "privateKeyBase64", True),
        ("KeyFormats", "privateKeyBase64Url, privateKeyPemBase64", True),
        ("KeyFormats", "privateKeyBase64,", False),
        ("KeyFormats", "privateKey", False),
        ("FieldNames", "", True),
        ("FieldNames", "privateKey=pem_private_key, user = sf user", True),
        ("FieldNames", "private_key=a", False),
        ("FieldNames", "user=", False),
        ("FieldNames", "user=a,", False),
        ("FieldNames", "user=a\n", False),
        ("AlarmEmail", "on-call@example.com", True),
        ("AlarmEmail", "on call", False),
        ("AlarmTopicArn", TOPIC, True),
        ("AlarmTopicArn", "on-call", False),
    ],
)
def test_a_parameter_takes_what_it_says(
    template: Template, parameter: str, value: str, *, accepted: bool
) -> None:
    pattern = template["Parameters"][parameter]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, value)) is accepted


@pytest.mark.parametrize(
    ("given", "broken"),
    [
        ({}, set()),
        ({"SecretName": "x", "RotationSchedule": "rate(30 days)", "RotationWindow": "3h"}, set()),
        ({"RotationSchedule": "rate(30 days)"}, {"AScheduleNeedsASecret"}),
        ({"SecretName": "x", "RotationWindow": "3h"}, {"AWindowNeedsASchedule"}),
        ({"AlarmTopicArn": TOPIC}, set()),
        ({"AlarmTopicArn": TOPIC, "AlarmEmail": "a@example.com"}, {"AnEmailNeedsTheStacksTopic"}),
    ],
)
def test_parameters_that_do_not_fit_together_are_refused_before_anything_is_made(
    template: Template, given: dict[str, str], broken: set[str]
) -> None:
    assert broken_rules(template, given) == broken


@pytest.mark.parametrize(
    ("given", "conditions"),
    [
        ({}, {"CreatesTopic"}),
        ({"AlarmEmail": "a@example.com"}, {"CreatesTopic", "HasAlarmEmail"}),
        ({"AlarmTopicArn": TOPIC}, set()),
        ({"SecretName": "x"}, {"CreatesTopic", "CreatesSecret"}),
        (
            {"SecretName": "x", "RotationSchedule": "rate(30 days)", "RotationWindow": "3h"},
            {"CreatesTopic", "CreatesSecret", "HasSchedule", "HasWindow"},
        ),
        ({"SubnetIds": "subnet-0123abcd,subnet-4567abcd"}, {"CreatesTopic", "HasVpc"}),
        ({"SecurityGroupIds": "sg-0123abcd"}, {"CreatesTopic", "HasVpc"}),
        ({"ConsumerClusters": "all"}, {"CreatesTopic", "HasClusters", "HasAllClusters"}),
        ({"ConsumerClusters": CLUSTER}, {"CreatesTopic", "HasClusters"}),
        ({"ConsumerClusters": f"{CLUSTER},{CLUSTER}-2"}, {"CreatesTopic", "HasClusters"}),
        ({"KmsKeyArn": "k", "LogKmsKeyArn": "l"}, {"CreatesTopic", "HasKmsKey", "HasLogKmsKey"}),
    ],
)
def test_a_condition_follows_from_the_parameters(
    template: Template, given: dict[str, str], conditions: set[str]
) -> None:
    assert true_conditions(template, {"ConsumerClusters": "none", **given}) == conditions


def test_the_options_that_make_validate_lints_with_turn_every_condition_on(
    template: Template, repository: Path
) -> None:
    text = (repository / "tests" / "packaging" / "every-option.json").read_text(encoding="utf-8")
    lists = {"SubnetIds", "SecurityGroupIds", "ConsumerClusters"}
    pairs = {one["ParameterKey"]: one["ParameterValue"] for one in json.loads(text)}
    given = {k: ",".join(v) if k in lists else v for k, v in pairs.items()}
    everything = template["Conditions"].keys()
    # Clusters are named or all of them: never both.
    assert true_conditions(template, given) == everything - {"HasAllClusters"}
    assert true_conditions(template, {**given, "ConsumerClusters": "all"}) == everything
    assert broken_rules(template, given) == set()
