"""What iam-simulate gets right and wrong where it matters here.

A gap that an update closes fails its test, and the tests that go around it can be simplified.
Not in it: what AWS does in a caller's name in another service (KMS behind Secrets Manager), who
sends which context key along, and whether a service honours a condition at all.
"""

from dataclasses import replace
from typing import Any

import pytest

from tests.policy.callers import ATTACHED_TO, ENCRYPTION_CONTEXT, VERSION
from tests.policy.evaluator import Evaluator, Request

ACCOUNT = "123456789012"
FUNCTION = f"arn:aws:lambda:eu-west-1:{ACCOUNT}:function:f"
SECRET = f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:s-AbCdEf"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/k"


def statement(action: str, resource: str, **more: object) -> dict[str, Any]:
    allow = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    return {"Version": VERSION, "Statement": [allow]}


def asked(action: str, resource: str, policy: dict[str, Any], **context: str) -> Request:
    role = f"arn:aws:sts::{ACCOUNT}:assumed-role/r/s"
    return Request(
        principal=role, action=action, resource=resource, account=ACCOUNT, identity=[policy],
        context=context,
    )  # fmt: skip


READ = "secretsmanager:GetSecretValue"
READ_ATTACHED = statement(READ, SECRET, Condition={"StringEquals": {ATTACHED_TO: FUNCTION}})


@pytest.mark.parametrize(
    ("context", "allowed"),
    [
        pytest.param({ATTACHED_TO: FUNCTION}, True, id="the function"),
        pytest.param({ATTACHED_TO: f"{FUNCTION}2"}, False, id="another function"),
        pytest.param({}, False, id="no function"),
    ],
)
def test_it_evaluates_the_function_that_a_secret_is_attached_to(
    evaluator: Evaluator, context: dict[str, str], *, allowed: bool
) -> None:
    request = asked(READ, SECRET, READ_ATTACHED, **context)
    assert evaluator.allows(request) is allowed
    assert evaluator.allows_leniently(request) is allowed


def test_strictly_a_key_that_the_action_does_not_have_is_no_help(evaluator: Evaluator) -> None:
    listing = "secretsmanager:ListSecrets"
    policy = statement(listing, "*", Condition={"StringEquals": {ATTACHED_TO: FUNCTION}})
    request = asked(listing, "*", policy, **{ATTACHED_TO: FUNCTION})
    assert evaluator.allows_leniently(request)
    assert not evaluator.allows(request)


def test_strictly_an_action_that_does_not_exist_is_an_error(evaluator: Evaluator) -> None:
    with pytest.raises(ValueError, match=r"invalid\.action"):
        evaluator.allows(asked("secretsmanager:ReadSecret", SECRET, READ_ATTACHED))


def test_strictly_a_policy_that_is_none_is_an_error(evaluator: Evaluator) -> None:
    with pytest.raises(ValueError, match="policy"):
        evaluator.allows(asked(READ, SECRET, statement(READ, SECRET, Conditions={})))


def test_gap_strictly_the_kms_encryption_context_never_matches(evaluator: Evaluator) -> None:
    policy = statement("kms:Decrypt", KEY, Condition={"StringEquals": {ENCRYPTION_CONTEXT: SECRET}})
    trusting = statement("kms:*", "*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
    request = replace(
        asked("kms:Decrypt", KEY, policy, **{ENCRYPTION_CONTEXT: SECRET}), policy=trusting
    )
    assert not evaluator.allows(request)
    assert evaluator.allows_leniently(request)
    assert not evaluator.allows_leniently(replace(request, context={ENCRYPTION_CONTEXT: "x"}))


def test_all_actions_are_asked_on_whatever_a_statement_names(evaluator: Evaluator) -> None:
    request = asked("", "", statement("secretsmanager:Get*Value", SECRET))
    assert evaluator.allowed_actions(request) == {READ}
    request = replace(request, identity=[READ_ATTACHED])
    assert evaluator.allowed_actions(request) == set()


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        pytest.param("*", "iam:CreateUser", id="every action"),
        pytest.param("s3:*", "s3:GetObject", id="every action of a service"),
        pytest.param("SNS:Publish", "sns:Publish", id="in capitals"),
    ],
)
def test_no_service_that_a_statement_names_is_passed_over(
    evaluator: Evaluator, action: str, expected: str
) -> None:
    assert expected in evaluator.allowed_actions(asked("", "", statement(action, "*")))


def test_a_statement_with_not_action_names_every_service(evaluator: Evaluator) -> None:
    every = {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}
    found = evaluator.allowed_actions(asked("", "", {"Version": VERSION, "Statement": [every]}))
    assert "iam:CreateUser" in found
    assert "s3:GetObject" not in found
