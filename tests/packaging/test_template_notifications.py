import json
import re
from typing import Any

import pytest

from tests.packaging.cloudformation import Template, of_type, properties, statements

PUBLISHERS = {"LetTheStacksAlarmsPublish", "LetEventRulesPublish"}
ALARMS_OF_THIS_STACK = {
    "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
    "ArnLike": {
        "aws:SourceArn": {
            "Fn::Sub": "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}"
            ":alarm:${AWS::StackName}-*"
        }
    },
}


def key_statements(template: Template) -> dict[str, dict[str, Any]]:
    return statements(properties(template, "AlarmTopicKey")["KeyPolicy"])


def topic_statements(template: Template) -> dict[str, dict[str, Any]]:
    return statements(properties(template, "AlarmTopicPolicy")["PolicyDocument"])


@pytest.mark.parametrize(
    ("name", "condition"),
    [
        ("AlarmTopic", "CreatesTopic"),
        ("AlarmTopicKey", "CreatesTopic"),
        ("AlarmTopicPolicy", "CreatesTopic"),
        ("AlarmEmailSubscription", "HasAlarmEmail"),
    ],
)
def test_with_a_topic_that_exists_none_of_this_is_made(
    template: Template, name: str, condition: str
) -> None:
    assert template["Resources"][name]["Condition"] == condition


def test_the_topic_is_encrypted_with_its_own_key_that_is_renewed(template: Template) -> None:
    assert properties(template, "AlarmTopic")["KmsMasterKeyId"] == {"Ref": "AlarmTopicKey"}
    assert properties(template, "AlarmTopicKey")["EnableKeyRotation"] is True


def test_alarms_and_events_may_use_the_key_and_nobody_else_may(template: Template) -> None:
    found = key_statements(template)
    assert found.keys() == PUBLISHERS | {"AdministerThroughIam"}
    for sid in PUBLISHERS:
        assert found[sid]["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    using = {"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:CreateGrant"}
    administration = found["AdministerThroughIam"]["Action"]
    assert not using & set(administration)
    assert "kms:PutKeyPolicy" in administration, "without it nobody could change the key again"
    assert not [action for action in administration if "*" in action]


def test_alarms_and_events_may_publish_and_nobody_else_may(template: Template) -> None:
    found = topic_statements(template)
    assert found.keys() == PUBLISHERS
    for statement in found.values():
        assert statement["Action"] == "sns:Publish"
        assert statement["Resource"] == {"Ref": "AlarmTopic"}
    assert properties(template, "AlarmTopicPolicy")["Topics"] == [{"Ref": "AlarmTopic"}]


@pytest.mark.parametrize("read", [key_statements, topic_statements])
def test_alarms_are_those_of_this_stack_and_account(template: Template, read: Any) -> None:  # noqa: ANN401
    statement = read(template)["LetTheStacksAlarmsPublish"]
    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert statement["Condition"] == ALARMS_OF_THIS_STACK


@pytest.mark.parametrize("read", [key_statements, topic_statements])
def test_event_rules_are_under_no_condition_as_aws_would_drop_the_message(
    template: Template,
    read: Any,  # noqa: ANN401
) -> None:
    statement = read(template)["LetEventRulesPublish"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert "Condition" not in statement


def event(name: str, detail_type: str, source: str = "secretsmanager") -> dict[str, Any]:
    detail = {"eventSource": f"{source}.amazonaws.com", "eventName": name}
    return {"source": f"aws.{source}", "detail-type": detail_type, "detail": detail}


def matches(pattern: dict[str, Any], event: dict[str, Any]) -> bool:
    return all(
        matches(allowed, event[key]) if isinstance(allowed, dict) else event[key] in allowed
        for key, allowed in pattern.items()
    )


@pytest.mark.parametrize(
    "detail_type", ["AWS API Call via CloudTrail", "AWS Service Event via CloudTrail"]
)
@pytest.mark.parametrize(
    ("name", "source", "reported"),
    [
        ("RotationFailed", "secretsmanager", True),
        ("RotationAbandoned", "secretsmanager", True),
        ("TestRotationFailed", "secretsmanager", True),
        ("RotationSucceeded", "secretsmanager", False),
        ("RotationFailed", "kms", False),
    ],
)
def test_a_rotation_that_was_given_up_is_reported_under_either_detail_type(
    template: Template, detail_type: str, name: str, source: str, *, reported: bool
) -> None:
    pattern = properties(template, "RotationEventsRule")["EventPattern"]
    assert matches(pattern, event(name, detail_type, source)) is reported


def test_a_promotion_has_the_services_rolled_if_clusters_are_named(template: Template) -> None:
    rule = template["Resources"]["PromotionRule"]
    assert rule["Condition"] == "HasClusters"
    (target,) = rule["Properties"]["Targets"]
    assert target == {"Id": "retirement", "Arn": {"Fn::GetAtt": "RetirementFunction.Arn"}}
    permission = template["Resources"]["PromotionRulePermission"]
    assert permission["Condition"] == "HasClusters"
    assert permission["Properties"] == {
        "FunctionName": {"Fn::GetAtt": "RetirementFunction.Arn"},
        "Action": "lambda:InvokeFunction",
        "Principal": "events.amazonaws.com",
        "SourceArn": {"Fn::GetAtt": "PromotionRule.Arn"},
    }


@pytest.mark.parametrize(
    ("change", "matched"),
    [
        ({}, True),
        ({"detail": {"labelUpdated": "MYLABEL"}}, False),
        ({"source": "my.secrets"}, False),
        ({"detail-type": "AWS API Call via CloudTrail"}, False),
    ],
)
def test_a_moved_awscurrent_is_told_from_all_else(
    template: Template, change: dict[str, Any], *, matched: bool
) -> None:
    # As the page shows it:
    # https://docs.aws.amazon.com/secretsmanager/latest/userguide/event-detail-secret-label-updated-secretsmanager.html
    moved = {
        "detail-type": "Secret Label Updated",
        "source": "aws.secretsmanager",
        "detail": {"labelUpdated": "AWSCURRENT"},
    }
    pattern = properties(template, "PromotionRule")["EventPattern"]
    assert matches(pattern, moved | change) is matched


def test_the_message_is_json_that_names_the_event_and_the_runbook(template: Template) -> None:
    (target,) = properties(template, "RotationEventsRule")["Targets"]
    transformer = target["InputTransformer"]
    filled = transformer["InputTemplate"].replace("<aws.events.event.json>", '{"id": "1"}')
    message = json.loads(filled.replace("<name>", "RotationFailed"))
    assert message["what"].startswith("Secrets Manager reports RotationFailed")
    assert message["what to do"] == "docs/runbook.md#rotationeventsrule"
    used = set(re.findall(r"<(\w+)>", transformer["InputTemplate"]))
    assert used == transformer["InputPathsMap"].keys()


def test_events_go_where_alarms_go(template: Template) -> None:
    (target,) = properties(template, "RotationEventsRule")["Targets"]
    topic = {"Fn::If": ["CreatesTopic", {"Ref": "AlarmTopic"}, {"Ref": "AlarmTopicArn"}]}
    assert target["Arn"] == topic == template["Outputs"]["NotificationTopicArn"]["Value"]
    assert "RoleArn" not in target, "AWS: delivery to an encrypted topic may fail with one"


def test_an_alarms_name_begins_with_the_stacks_as_the_policies_expect(template: Template) -> None:
    # CloudFormation names a resource STACK-LOGICALID-RANDOM unless the template names it.
    alarms = of_type(template, "AWS::CloudWatch::Alarm")
    assert not [name for name, alarm in alarms.items() if "AlarmName" in alarm["Properties"]]
