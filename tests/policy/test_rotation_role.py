"""What the rotation function's role allows, against the calls that a rotation makes.

"Allowed" is asked strictly: a context key that AWS doesn't have for the action can't help.
"Denied" is asked leniently: every context key that could help is in the request.

The evaluator can't be told that Lambda, KMS or X-Ray is called in the function's name: what those
need isn't recorded and stands in tests/policy/callers.py with its source.
"""

from collections.abc import Mapping

import pytest

from tests.policy.callers import (
    ATTACHED_TO,
    ENCRYPTION_CONTEXT,
    FAR,
    FROM_FUNCTION,
    KEY,
    LOG_AND_TRACE,
    NETWORK,
    OTHER_ACCOUNT,
    THROUGH_THE_KEY,
    favourable,
    has_every_option,
    key_policy,
    other_secrets,
    rotation,
)
from tests.policy.checks import (
    allowed_everywhere,
    log_findings,
    reachable_secrets,
    refused_calls,
    with_policy,
)
from tests.policy.deployed import STACK, Deployed
from tests.policy.evaluator import Evaluator
from tests.policy.recording import Recording


def test_a_rotation_was_recorded(recording: Recording) -> None:
    assert "secretsmanager:UpdateSecretVersionStage" in recording.rotation
    assert "secretsmanager:ListSecretVersionIds" in recording.rotation, "the abandoned version's"


def test_every_recorded_call_is_allowed_for_an_attached_secret(
    deployed: Deployed, evaluator: Evaluator, recording: Recording
) -> None:
    assert refused_calls(rotation(deployed), evaluator, recording.rotation) == set()


def test_no_recorded_call_is_allowed_for_another_secret(
    deployed: Deployed, evaluator: Evaluator, recording: Recording
) -> None:
    assert len(list(other_secrets(deployed))) == 7
    assert reachable_secrets(rotation(deployed), evaluator, recording.rotation) == set()


def test_of_all_actions_of_aws_it_allows_the_recorded_ones_and_lambdas_own(
    deployed: Deployed, evaluator: Evaluator, recording: Recording
) -> None:
    expected = recording.rotation | LOG_AND_TRACE
    if has_every_option(deployed):
        expected |= THROUGH_THE_KEY | NETWORK
    assert allowed_everywhere(rotation(deployed), evaluator) == expected


def test_code_in_the_function_may_not_touch_network_interfaces(
    deployed: Deployed, evaluator: Evaluator, recording: Recording
) -> None:
    expected = recording.rotation | LOG_AND_TRACE
    if has_every_option(deployed):
        expected |= THROUGH_THE_KEY
    inside = {FROM_FUNCTION: deployed.function_arn(STACK)}
    assert allowed_everywhere(rotation(deployed), evaluator, inside) == expected


def test_it_writes_to_its_own_log_only(deployed: Deployed, evaluator: Evaluator) -> None:
    assert log_findings(rotation(deployed), evaluator) == set()


class TestTheSecretsKey:
    """The evaluator takes kms:EncryptionContext out of a strict request, so all is lenient here."""

    @pytest.mark.parametrize("action", sorted(THROUGH_THE_KEY))
    def test_it_is_used_for_a_secret_through_secrets_manager(
        self, with_every_option: Deployed, evaluator: Evaluator, action: str
    ) -> None:
        assert self.allowed(with_every_option, evaluator, action, {})

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param({"kms:ViaService": None}, id="not through a service"),
            pytest.param({"kms:ViaService": "s3.eu-west-1.amazonaws.com"}, id="through another"),
            pytest.param({"kms:ViaService": f"secretsmanager.{FAR}.amazonaws.com"}, id="elsewhere"),
            pytest.param({ENCRYPTION_CONTEXT: None}, id="without an encryption context"),
            pytest.param(
                {ENCRYPTION_CONTEXT: f"arn:aws:secretsmanager:eu-west-1:{OTHER_ACCOUNT}:secret:x"},
                id="for another account's secret",
            ),
            pytest.param(
                {ENCRYPTION_CONTEXT: f"arn:aws:secretsmanager:{FAR}:123456789012:secret:x"},
                id="for another Region's secret",
            ),
        ],
    )
    @pytest.mark.parametrize("action", sorted(THROUGH_THE_KEY))
    def test_it_is_not_used(
        self,
        with_every_option: Deployed,
        evaluator: Evaluator,
        action: str,
        change: Mapping[str, str | None],
    ) -> None:
        assert not self.allowed(with_every_option, evaluator, action, change)

    def test_no_other_key_is_used(self, with_every_option: Deployed, evaluator: Evaluator) -> None:
        for action in THROUGH_THE_KEY:
            assert not self.allowed(with_every_option, evaluator, action, {}, key="key/another")

    def test_the_statement_says_exactly_this(self, with_every_option: Deployed) -> None:
        (found,) = [
            statement
            for policy in rotation(with_every_option).policies
            for statement in policy["Statement"]
            if any(action.startswith("kms:") for action in statement["Action"])
        ]
        assert found == {
            "Sid": "UseTheSecretsKeyThroughSecretsManager",
            "Effect": "Allow",
            "Action": sorted(THROUGH_THE_KEY),
            "Resource": with_every_option.arn("kms", KEY),
            "Condition": {
                "StringEquals": {"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"},
                "StringLike": {
                    "kms:EncryptionContext:SecretARN": (
                        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:*"
                    )
                },
            },
        }

    def allowed(
        self,
        deployed: Deployed,
        evaluator: Evaluator,
        action: str,
        change: Mapping[str, str | None],
        key: str = KEY,
    ) -> bool:
        asked = {**favourable(deployed), **change}
        context = {name: value for name, value in asked.items() if value is not None}
        request = rotation(deployed).request(action, deployed.arn("kms", key), context)
        return evaluator.allows_leniently(with_policy(request, key_policy(deployed)))


def test_the_condition_names_the_arn_that_the_function_really_has(deployed: Deployed) -> None:
    function = deployed.attribute("RotationFunction", None)
    assert deployed.attribute("RotationFunction", "Arn") == deployed.function_arn(function)
    assert favourable(deployed)[ATTACHED_TO] == deployed.function_arn(function)
