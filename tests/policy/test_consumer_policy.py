"""What the managed policy for a consumer's role allows: reading the stack's secret, and no more."""

from dataclasses import replace

import pytest

from tests.policy.callers import (
    ENCRYPTION_CONTEXT,
    FAR,
    KEY,
    OTHER_ACCOUNT,
    favourable,
    key_policy,
)
from tests.policy.deployed import ACCOUNT, Deployed
from tests.policy.evaluator import Evaluator, Request

NAME = "app/key"
READ = "secretsmanager:GetSecretValue"


def consumer(deployed: Deployed, action: str, resource: str) -> Request:
    (properties,) = deployed.of_type("AWS::IAM::ManagedPolicy").values()
    return Request(
        principal=f"arn:{deployed.partition}:sts::{ACCOUNT}:assumed-role/execution/task",
        action=action,
        resource=resource,
        account=ACCOUNT,
        identity=[properties["PolicyDocument"]],
    )


def test_there_is_none_without_a_secret(deployed: Deployed) -> None:
    has_secret = deployed.has("Secret")
    assert bool(deployed.of_type("AWS::IAM::ManagedPolicy")) is has_secret


def test_it_reads_the_secret(with_every_option: Deployed, evaluator: Evaluator) -> None:
    secret = with_every_option.secret_arn(NAME)
    assert evaluator.allows(consumer(with_every_option, READ, secret))


@pytest.mark.parametrize(
    ("name", "account", "region"),
    [
        pytest.param("app/other", ACCOUNT, "", id="another name"),
        pytest.param("app/key-2", ACCOUNT, "", id="a name that begins alike"),
        pytest.param(NAME, OTHER_ACCOUNT, "", id="another account"),
        pytest.param(NAME, ACCOUNT, FAR, id="another Region"),
    ],
)
def test_it_reads_no_other(
    with_every_option: Deployed, evaluator: Evaluator, name: str, account: str, region: str
) -> None:
    secret = with_every_option.secret_arn(name, account, region)
    assert not evaluator.allows_leniently(consumer(with_every_option, READ, secret))


def test_of_all_actions_of_aws_it_allows_reading_and_decrypting(
    with_every_option: Deployed, evaluator: Evaluator
) -> None:
    request = replace(
        consumer(with_every_option, "", ""),
        context=favourable(with_every_option),
        policy=key_policy(with_every_option),
    )
    assert evaluator.allowed_actions(request) == {READ, "kms:Decrypt"}


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        pytest.param(NAME, True, id="for the secret"),
        pytest.param("app/key-2", False, id="for another"),
    ],
)
def test_it_decrypts(
    with_every_option: Deployed, evaluator: Evaluator, name: str, *, allowed: bool
) -> None:
    stack = with_every_option
    context = {**favourable(stack), ENCRYPTION_CONTEXT: stack.secret_arn(name)}
    request = replace(
        consumer(stack, "kms:Decrypt", stack.arn("kms", KEY)),
        context=context,
        policy=key_policy(stack),
    )
    assert evaluator.allows_leniently(request) is allowed
