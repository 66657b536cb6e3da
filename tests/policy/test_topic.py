"""Who may publish to the stack's topic and use its key.

EventBridge sends no source along when it publishes to a topic, so that its statements have no
condition, and other accounts' rules can't be told apart (the template says so beside them).
https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
"""

from dataclasses import replace

import pytest

from tests.policy.callers import FAR, OTHER_ACCOUNT
from tests.policy.deployed import ACCOUNT, STACK, Deployed
from tests.policy.evaluator import Evaluator, Request
from tests.policy.parameters import REQUIRED

EVENTS = "events.amazonaws.com"
CLOUDWATCH = "cloudwatch.amazonaws.com"
KEY_USE = {"kms:Decrypt", "kms:GenerateDataKey"}


def alarm(
    account: str = ACCOUNT, region: str = "eu-west-1", name: str = f"{STACK}-x"
) -> dict[str, str]:
    arn = f"arn:aws:cloudwatch:{region}:{account}:alarm:{name}"
    return {"aws:SourceAccount": account, "aws:SourceArn": arn}


def on_topic(stack: Deployed, principal: str, context: dict[str, str]) -> Request:
    (properties,) = stack.of_type("AWS::SNS::TopicPolicy").values()
    topic = stack.attribute("AlarmTopic", None)
    assert properties["Topics"] == [topic]
    return Request(
        principal=principal, action="sns:Publish", resource=topic, account=ACCOUNT,
        context=context, policy=properties["PolicyDocument"],
    )  # fmt: skip


def on_key(stack: Deployed, principal: str, context: dict[str, str]) -> Request:
    return Request(
        principal=principal, action="kms:Decrypt", account=ACCOUNT, context=context,
        resource=stack.attribute("AlarmTopicKey", "Arn"),
        policy=stack.properties("AlarmTopicKey")["KeyPolicy"],
    )  # fmt: skip


class TestTopicAndKey:
    def test_alarms_of_the_stack_publish(
        self, with_every_option: Deployed, evaluator: Evaluator
    ) -> None:
        assert evaluator.allows(on_topic(with_every_option, CLOUDWATCH, alarm()))
        for action in KEY_USE:
            request = replace(on_key(with_every_option, CLOUDWATCH, alarm()), action=action)
            assert evaluator.allows(request)

    def test_every_alarm_has_a_name_that_the_condition_takes(
        self, with_every_option: Deployed
    ) -> None:
        alarms = with_every_option.of_type("AWS::CloudWatch::Alarm")
        assert alarms
        # CloudFormation begins a name that the template leaves out with the stack's name.
        for properties in alarms.values():
            assert properties.get("AlarmName", f"{STACK}-").startswith(f"{STACK}-")

    @pytest.mark.parametrize(
        "context",
        [
            pytest.param(alarm(OTHER_ACCOUNT), id="another account"),
            pytest.param(alarm(region=FAR), id="another Region"),
            pytest.param(alarm(name="other"), id="another alarm"),
            pytest.param({}, id="no source told"),
        ],
    )
    def test_no_other_alarm_does(
        self, with_every_option: Deployed, evaluator: Evaluator, context: dict[str, str]
    ) -> None:
        for request in (on_topic, on_key):
            asked = request(with_every_option, CLOUDWATCH, context)
            assert not evaluator.allows_leniently(asked)

    def test_event_rules_publish(self, with_every_option: Deployed, evaluator: Evaluator) -> None:
        assert evaluator.allows(on_topic(with_every_option, EVENTS, {}))
        assert evaluator.allows(on_key(with_every_option, EVENTS, {}))

    @pytest.mark.parametrize("principal", [CLOUDWATCH, EVENTS])
    def test_of_all_actions_of_aws_a_service_may_publish_only(
        self, with_every_option: Deployed, evaluator: Evaluator, principal: str
    ) -> None:
        topic = on_topic(with_every_option, principal, alarm())
        assert evaluator.allowed_actions(topic) == {"sns:Publish"}
        assert evaluator.allowed_actions(on_key(with_every_option, principal, alarm())) == KEY_USE

    @pytest.mark.parametrize(
        "principal",
        [
            "s3.amazonaws.com",
            "secretsmanager.amazonaws.com",
            f"arn:aws:iam::{OTHER_ACCOUNT}:root",
            f"arn:aws:iam::{OTHER_ACCOUNT}:role/x",
        ],
    )
    def test_nobody_else_publishes_or_decrypts(
        self, with_every_option: Deployed, evaluator: Evaluator, principal: str
    ) -> None:
        for request in (on_topic, on_key):
            asked = request(with_every_option, principal, alarm())
            assert not evaluator.allows_leniently(asked)

    def test_the_account_administers_the_key_through_iam_and_reads_nothing_with_it(
        self, with_every_option: Deployed, evaluator: Evaluator
    ) -> None:
        everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        person = f"arn:aws:iam::{ACCOUNT}:role/administrator"
        request = replace(
            on_key(with_every_option, person, {}),
            identity=[{"Version": "2012-10-17", "Statement": [everything]}],
        )
        allowed = {"kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DescribeKey"}
        denied = {"kms:Decrypt", "kms:GenerateDataKey", "kms:Encrypt", "kms:CreateGrant"}
        found = {
            action
            for action in allowed | denied
            if evaluator.allows(replace(request, action=action))
        }
        assert found == allowed


def test_with_a_topic_that_exists_the_stack_makes_no_policy_for_one() -> None:
    stack = Deployed({**REQUIRED, "AlarmTopicArn": f"arn:aws:sns:eu-west-1:{ACCOUNT}:alarms"})
    assert stack.of_type("AWS::SNS::TopicPolicy") == {}
    assert stack.of_type("AWS::KMS::Key") == {}
