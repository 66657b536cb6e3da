import re

import pytest

from tests.packaging.cloudformation import Template, of_type, properties


def test_the_created_secret_is_empty_and_outlives_the_stack(template: Template) -> None:
    # A value in the template would be written again by an update, over a rotated key.
    (secret,) = of_type(template, "AWS::SecretsManager::Secret").values()
    assert secret["Properties"].keys() == {"Name", "Description", "KmsKeyId"}
    assert secret["DeletionPolicy"] == secret["UpdateReplacePolicy"] == "Retain"
    assert secret["Condition"] == "CreatesSecret"


def test_the_schedule_keeps_its_name_and_comes_after_the_permission(template: Template) -> None:
    # Another name would be another schedule, and deleting the old one switches rotation off.
    schedules = of_type(template, "AWS::SecretsManager::RotationSchedule")
    assert list(schedules) == ["SecretRotationSchedule"]
    assert schedules["SecretRotationSchedule"]["DependsOn"] == "SecretsManagerPermission"
    assert schedules["SecretRotationSchedule"]["Condition"] == "HasSchedule"


def test_a_deployment_rotates_nothing(template: Template) -> None:
    schedule = properties(template, "SecretRotationSchedule")
    assert schedule["RotateImmediatelyOnUpdate"] is False
    assert schedule["SecretId"] == {"Ref": "Secret"}
    assert schedule["RotationLambdaARN"] == {"Fn::GetAtt": "RotationFunction.Arn"}
    assert schedule["RotationRules"] == {
        "ScheduleExpression": {"Ref": "RotationSchedule"},
        "Duration": {"Fn::If": ["HasWindow", {"Ref": "RotationWindow"}, {"Ref": "AWS::NoValue"}]},
    }


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "rate(4 hours)",
        "rate(12 hours)",
        "rate(1 day)",
        "rate(30 days)",
        "rate(999 days)",
        "cron(0 2 1 * ? *)",
        "cron(0 23 ? * SUN#1 *)",
        "cron(0 8 L * ? *)",
        "cron(0 8 1,15 JAN-JUN ? *)",
        "cron(0 /4 * * ? *)",
        "cron(0 */8 ? * MON-FRI *)",
        "cron(0 0/12 1/10 * ? *)",
    ],
)
def test_a_schedule_that_secrets_manager_takes_is_taken(
    template: Template, expression: str
) -> None:
    assert accepts(template, expression)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("rate(3 hours)", "under 4 hours"),
        ("rate(1 hour)", "under 4 hours"),
        ("rate(240 minutes)", "no minutes in Secrets Manager"),
        ("rate(0 days)", "nothing"),
        ("rate(1000 days)", "over 999 days"),
        ("cron(30 2 1 * ? *)", "minute other than 0"),
        ("cron(* 2 1 * ? *)", "every minute"),
        ("cron(0/5 2 1 * ? *)", "every five minutes"),
        ("cron(0 * * * ? *)", "every hour"),
        ("cron(0 /1 * * ? *)", "every hour"),
        ("cron(0 /7 * * ? *)", "three hours over midnight"),
        ("cron(0 1-9 * * ? *)", "every hour of a range"),
        ("cron(0 24 * * ? *)", "no such hour"),
        ("cron(0 2 1 * ? 2027)", "ends after a year"),
        ("cron(0 2 1 * ?)", "five fields"),
        ("0 2 1 * ? *", "no cron()"),
        ("at(2027-01-01T00:00:00)", "once"),
    ],
)
def test_a_schedule_that_secrets_manager_refuses_is_refused_beforehand(
    template: Template, expression: str, reason: str
) -> None:
    assert not accepts(template, expression), reason


def accepts(template: Template, expression: str) -> bool:
    pattern = template["Parameters"]["RotationSchedule"]["AllowedPattern"]
    return bool(re.fullmatch(pattern, expression))
