"""Whole rotations through Secrets Manager, the Lambda runtime client and Snowflake's protocol."""

import re
from collections import Counter

import pytest
from cryptography.hazmat.primitives import serialization

from sandbox.aws.secrets_manager import AfterPromotion, SecretsManagerServer
from sandbox.snowflake import Kind
from sandbox.stack import ROLE, USER, Stack
from tests.integration.observed import (
    AWS_CALLS_OF_A_ROTATION,
    STEPS,
    event,
    fingerprint_of,
    labels,
    lines,
    metrics,
)
from tests.shared import keys
from tests.shared.warm_function import warm_stack


class TestOneRotation:
    def test_costs_13_snowflake_requests_and_14_aws_calls_and_no_failed_login(
        self, stack: Stack
    ) -> None:
        assert stack.rotate().succeeded
        calls = [call.operation for call in stack.aws.record.calls]
        assert calls == ["RotateSecret", *AWS_CALLS_OF_A_ROTATION]
        assert len(AWS_CALLS_OF_A_ROTATION) == 14
        kinds = Counter(request.operation for request in stack.snowflake.record.calls)
        assert kinds == {Kind.LOGIN: 3, Kind.STATEMENT: 7, Kind.CLOSE: 3}
        assert [login.outcome for login in stack.snowflake.record.logins] == ["success"] * 3

    def test_sends_these_statements(self, stack: Stack) -> None:
        stack.rotate()
        body = r"'[A-Za-z0-9+/=]+'"
        expected = [
            f'DESC USER "{USER}"',
            f'ALTER USER "{USER}" SET RSA_PUBLIC_KEY_2 = {body}',
            f'DESC USER "{USER}"',
            r"SELECT CURRENT_USER\(\)",
            f'DESC USER "{USER}"',
            f'DESC USER "{USER}"',
            f'ALTER USER "{USER}" UNSET RSA_PUBLIC_KEY',
        ]
        sent = stack.snowflake.record.statements
        assert len(sent) == len(expected)
        for statement, pattern in zip(sent, expected, strict=True):
            assert re.fullmatch(pattern, statement.sql), statement.sql
            assert statement.role == ROLE
            assert statement.user == USER

    def test_leaves_one_slot_with_the_key_of_the_new_version(self, stack: Stack) -> None:
        before = stack.read_current()
        outcome = stack.rotate()
        after = stack.read_current()
        assert stack.user.slots == (None, fingerprint_of(after))
        assert {k for k in after if after[k] != before[k]} == {"privateKey", "publicKey"}
        assert labels(stack)["AWSCURRENT"] == [outcome.version_id]

    def test_the_next_one_uses_the_other_slot(self, stack: Stack) -> None:
        stack.rotate()
        assert stack.rotate().succeeded
        assert stack.user.slots == (fingerprint_of(stack.read_current()), None)

    def test_logs_one_line_a_step_and_counts_it(self, stack: Stack) -> None:
        outcome = stack.rotate()
        assert [len(lines(invocation)) for invocation in stack.invocations] == [1] * 4
        for step, invocation in zip(STEPS, stack.invocations, strict=True):
            (line,) = lines(invocation)
            assert line["step"] == step
            assert line["secret"] == "snowflake/svc-pipeline"
            assert line["version_id"] == outcome.version_id
            assert {"observed", "decided", "done", "aws_request_id"} <= line.keys()
            (metric,) = metrics(invocation)
            assert metric["StepSucceeded"] == [1.0]
            assert metric["step"] == step
            assert metric["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "SnowflakeKeyRotation"

    def test_returns_nothing(self, stack: Stack) -> None:
        stack.rotate()
        assert [invocation.payload for invocation in stack.invocations] == [None] * 4


class TestAtSetUp:
    def test_the_test_of_rotate_immediately_false_passes_alone_and_changes_nothing(self) -> None:
        with warm_stack() as stack:
            before = (stack.user.slots, stack.read_current())
            stack.attach(rotate_immediately=False)
            assert len(stack.invocations) == 1
            assert stack.snowflake.record.statements[0].kind == "SELECT"
            assert (stack.user.slots, stack.read_current()) == before
            assert labels(stack).keys() == {"AWSCURRENT"}

    def test_the_first_rotation_may_start_at_once(self) -> None:
        with warm_stack() as stack:
            stack.attach(rotate_immediately=True)
            assert stack.user.slots == (None, fingerprint_of(stack.read_current()))

    @pytest.mark.parametrize("bits", [3072, pytest.param(4096, marks=pytest.mark.long)])
    def test_the_key_size_is_a_setting(self, bits: int) -> None:
        with Stack(environment={"KEY_SIZE": str(bits)}) as stack:
            stack.attach(rotate_immediately=True)
            pem = stack.read_current()["privateKey"].encode()
            assert getattr(serialization.load_pem_private_key(pem, None), "key_size", 0) == bits

    def test_a_bad_setting_is_refused_by_name_before_anything_else(self) -> None:
        with warm_stack(environment={"KEY_SIZE": "512"}) as stack:
            invocation = stack.invoke(event("create-secret", stack))
            assert invocation.error_field("errorType") == "InvalidSettings"
            assert "KEY_SIZE" in (invocation.error_field("errorMessage") or "")
            assert all(c.operation == "CreateSecret" for c in stack.aws.record.calls)

    def test_rotation_that_is_not_enabled_is_refused(self) -> None:
        with warm_stack() as stack:
            invocation = stack.invoke(event("create-secret", stack))
            assert invocation.error_field("errorType") == "RotationNotEnabled"

    def test_an_unknown_version_is_refused(self, stack: Stack) -> None:
        invocation = stack.invoke(event("set-secret", stack))
        assert invocation.error_field("errorType") == "UnknownVersion"
        assert stack.snowflake.record.calls == []

    def test_a_malformed_event_is_refused(self, stack: Stack) -> None:
        invocation = stack.invoke({"Records": "[]"})
        assert invocation.error_field("errorType") == "InvalidEvent"
        by_reason, by_step = metrics(invocation)
        assert (by_reason["reason"], by_reason["Failure"]) == ("InvalidEvent", [1.0])
        assert by_step["StepFailed"] == [1.0]

    @pytest.mark.parametrize("form", AfterPromotion)
    def test_awspending_may_be_anywhere_after_the_promotion(self, form: AfterPromotion) -> None:
        aws = SecretsManagerServer(after_promotion=form, require_rotation_token=True)
        with warm_stack(aws=aws) as stack:
            stack.attach()
            assert stack.rotate().succeeded
            assert stack.rotate().succeeded
            assert ("AWSPENDING" in labels(stack)) is (form is AfterPromotion.STAYS)

    def test_reads_that_are_stale_right_after_a_write_harm_nothing(self, stack: Stack) -> None:
        stack.aws.let_reads_be_stale(1)
        outcome, before = stack.rotate(), fingerprint_of(stack.read_current())
        for _ in range(4):  # Secrets Manager's own retries
            if outcome.succeeded:
                break
            assert before in stack.user.slots
            stack.aws.retry_rotation(stack.secret_arn)
            outcome = stack.aws.wait_for_rotation(stack.secret_arn)
        assert outcome.succeeded
        stack.aws.let_reads_be_stale(0)
        assert fingerprint_of(stack.read_current()) in stack.user.slots

    def test_an_encrypted_key_stays_encrypted_with_a_passphrase_of_its_own(self) -> None:
        with warm_stack(secret_fields={"privateKey": LOCKED, "publicKey": PUBLIC, **PASS}) as stack:
            stack.user.set_key(1, PUBLIC)
            stack.attach(rotate_immediately=True)
            after = stack.read_current()
            assert after["passphrase"] != PASS["passphrase"]
            pem, words = after["privateKey"].encode(), after["passphrase"].encode()
            assert serialization.load_pem_private_key(pem, words) is not None
            assert stack.user.slots == (None, fingerprint_of(after))


@pytest.mark.parametrize("level", ["DEBUG", pytest.param("INFO", marks=pytest.mark.long)])
def test_no_key_token_or_signature_leaves_the_function_through_its_log(level: str) -> None:
    with Stack(environment={"POWERTOOLS_LOG_LEVEL": level}) as stack:
        stack.attach()
        texts = [stack.read_current()["privateKey"]]
        stack.rotate()
        texts.append(stack.read_current()["privateKey"])
        stack.user.unset_key(2)
        stack.rotate()
        log = "".join(invocation.log for invocation in stack.invocations)
    for invocation in stack.invocations:
        other = [line for line in invocation.log.splitlines() if not line.startswith("{")]
        assert not other or invocation.function_error, other
    assert log.count('"step done"') > 4
    assert '"step failed"' in log
    for pem in texts:
        for line in pem.splitlines()[1:-1]:
            assert line not in log
    assert "eyJ" not in log, "a JWT"
    assert "ETMs" not in log, "a session token"
    assert "RotationToken" not in log


PRIVATE, PUBLIC = keys.key_pair("locked")
PASS = {"passphrase": "open sesame"}
LOCKED = (
    serialization.load_pem_private_key(PRIVATE.encode(), None)
    .private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"open sesame"),
    )
    .decode()
)
