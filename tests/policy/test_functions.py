"""Who may invoke the functions and assume their roles."""

import pytest

from tests.policy.callers import OTHER_ACCOUNT, has_every_option
from tests.policy.deployed import ACCOUNT, Deployed
from tests.policy.evaluator import Evaluator, Request
from tests.policy.service_permissions import permission_policy

SECRETS_MANAGER, EVENTS = "secretsmanager.amazonaws.com", "events.amazonaws.com"


def invoking(deployed: Deployed, function: str, principal: str, **context: str) -> Request:
    return Request(
        principal=principal,
        action="lambda:InvokeFunction",
        resource=deployed.attribute(function, "Arn"),
        account=ACCOUNT,
        context={f"aws:{key}": value for key, value in context.items()},
        policy=permission_policy(deployed, function),
    )


class TestTheRotationFunction:
    def test_secrets_manager_of_this_account_invokes_it(
        self, deployed: Deployed, evaluator: Evaluator
    ) -> None:
        request = invoking(deployed, "RotationFunction", SECRETS_MANAGER, SourceAccount=ACCOUNT)
        assert evaluator.allows(request)

    @pytest.mark.parametrize(
        ("principal", "context"),
        [
            pytest.param(SECRETS_MANAGER, {"SourceAccount": OTHER_ACCOUNT}, id="another account"),
            pytest.param(SECRETS_MANAGER, {}, id="no account told"),
            pytest.param(EVENTS, {"SourceAccount": ACCOUNT}, id="another service"),
            pytest.param(f"arn:aws:iam::{OTHER_ACCOUNT}:root", {"SourceAccount": ACCOUNT},
                         id="a person of another account"),
        ],
    )  # fmt: skip
    def test_nobody_else_does(
        self, deployed: Deployed, evaluator: Evaluator, principal: str, context: dict[str, str]
    ) -> None:
        request = invoking(deployed, "RotationFunction", principal, **context)
        assert not evaluator.allows_leniently(request)

    def test_secrets_manager_may_do_nothing_else(
        self, with_every_option: Deployed, evaluator: Evaluator
    ) -> None:
        request = invoking(
            with_every_option, "RotationFunction", SECRETS_MANAGER, SourceAccount=ACCOUNT
        )
        assert evaluator.allowed_actions(request) == {"lambda:InvokeFunction"}


class TestTheRetirementFunction:
    def test_its_schedule_invokes_it(self, deployed: Deployed, evaluator: Evaluator) -> None:
        rule = deployed.attribute("RetirementFunctionHourly", "Arn")
        request = invoking(deployed, "RetirementFunction", EVENTS, SourceArn=rule)
        assert evaluator.allows(request)

    @pytest.mark.parametrize(
        ("principal", "source"),
        [
            pytest.param(EVENTS, f"arn:aws:events:eu-west-1:{OTHER_ACCOUNT}:rule/x", id="foreign"),
            pytest.param(EVENTS, f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/x", id="another rule"),
            pytest.param(SECRETS_MANAGER, "", id="another service"),
        ],
    )
    def test_nobody_else_does(
        self, deployed: Deployed, evaluator: Evaluator, principal: str, source: str
    ) -> None:
        context = {"SourceArn": source, "SourceAccount": ACCOUNT}
        request = invoking(deployed, "RetirementFunction", principal, **context)
        assert not evaluator.allows_leniently(request)


def test_the_rule_on_promotions_invokes_the_retirement_function_if_clusters_are_named(
    deployed: Deployed, evaluator: Evaluator
) -> None:
    rule = deployed.attribute("PromotionRule", "Arn")
    request = invoking(deployed, "RetirementFunction", EVENTS, SourceArn=rule)
    assert evaluator.allows(request) is deployed.has("PromotionRule")
    assert deployed.has("PromotionRule") is has_every_option(deployed)


@pytest.mark.parametrize("role", ["RotationRole", "RetirementRole"])
class TestTheRoles:
    def assuming(self, deployed: Deployed, role: str, principal: str) -> Request:
        policy = deployed.properties(role)["AssumeRolePolicyDocument"]
        return Request(
            principal=principal, action="sts:AssumeRole", account=ACCOUNT, policy=policy,
            resource=deployed.attribute(role, "Arn"),
        )  # fmt: skip

    def test_lambda_assumes_it(self, deployed: Deployed, evaluator: Evaluator, role: str) -> None:
        assert evaluator.allows(self.assuming(deployed, role, "lambda.amazonaws.com"))

    @pytest.mark.parametrize(
        "principal",
        [
            SECRETS_MANAGER,
            "ec2.amazonaws.com",
            f"arn:aws:iam::{ACCOUNT}:role/other",
            f"arn:aws:iam::{OTHER_ACCOUNT}:root",
        ],
    )
    def test_nobody_else_does(
        self, deployed: Deployed, evaluator: Evaluator, role: str, principal: str
    ) -> None:
        assert not evaluator.allows_leniently(self.assuming(deployed, role, principal))
