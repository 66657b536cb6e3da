"""Whole rotations of secrets with a team's own names, further shapes and encrypted keys."""

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key

from sandbox.snowflake import LOCKED_USER, Kind
from sandbox.stack import Stack
from tests.shared.warm_function import warm_stack

NAMES = {
    "account": "sfAccount",
    "user": "sfUser",
    "privateKey": "pem_private_key",
    "publicKey": "rsa_public_key",
    "passphrase": "private_key_passphrase",
    "privateKeyBase64": "key_body",
}
SETTINGS = {
    "FIELD_NAMES": ",".join(f"{ours}={theirs}" for ours, theirs in NAMES.items()),
    "KEY_FORMATS": "privateKeyBase64, privateKeyPemBase64",
    "ENCRYPT_PRIVATE_KEY": "always",
}


def put(stack: Stack, content: Mapping[str, Any]) -> None:
    stack.aws.client().put_secret_value(
        SecretId=stack.secret_arn, SecretString=json.dumps(dict(content))
    )


@pytest.fixture
def stack() -> Iterator[Stack]:
    """A stack with every such setting, and a secret with the team's names and its own field."""
    with warm_stack(environment=SETTINGS) as stack:
        content = {NAMES.get(n, n): value for n, value in stack.read_current().items()}
        put(stack, content | {"privateKey": "a field of the team's own"})
        stack.attach()
        yield stack


def test_a_rotation_renews_every_field_of_the_key_and_no_other(stack: Stack) -> None:
    before = stack.read_current()
    requests = len(stack.snowflake.record.calls)
    assert stack.rotate().succeeded
    assert len(stack.snowflake.record.calls) - requests == 13, "no shape costs a request"
    after = stack.read_current()
    words = after["private_key_passphrase"].encode()
    keys = [
        load_pem_private_key(after["pem_private_key"].encode(), words),
        load_der_private_key(base64.b64decode(after["key_body"]), words),
        load_pem_private_key(base64.b64decode(after["privateKeyPemBase64"]), words),
    ]
    assert len({key.private_numbers().d for key in keys}) == 1  # type: ignore[union-attr]
    new = {"private_key_passphrase", "key_body", "privateKeyPemBase64"}
    assert after.keys() - before.keys() == new
    renewed = {name for name in before if after[name] != before[name]}
    assert renewed == {"pem_private_key", "rsa_public_key"}


def test_the_next_rotations_read_what_the_one_before_wrote(stack: Stack) -> None:
    seen = set()
    for _ in range(2):
        assert stack.rotate().succeeded
        seen.add(stack.read_current()["private_key_passphrase"])
    assert len(seen) == 2


def test_a_key_of_an_abandoned_rotation_is_known_by_the_team_s_names(stack: Stack) -> None:
    """Which keys are ours is found out in older versions, which have the same names."""
    stack.snowflake.faults.add(Kind.LOGIN, LOCKED_USER, skip=1)
    abandoned = stack.rotate().version_id
    left = stack.user.slots[1]
    assert left is not None
    stack.aws.client().update_secret_version_stage(
        SecretId=stack.secret_arn, VersionStage="AWSPENDING", RemoveFromVersionId=abandoned
    )
    assert stack.rotate().succeeded
    assert left not in stack.user.slots


def test_an_error_names_the_team_s_own_field(stack: Stack) -> None:
    content = stack.read_current()
    put(stack, {name: value for name, value in content.items() if name != "pem_private_key"})
    outcome = stack.rotate()
    assert outcome.steps[-1].error_type == "SecretFieldInvalid"
    assert "field pem_private_key is missing" in (outcome.steps[-1].error_message or "")


@pytest.mark.parametrize("level", ["DEBUG", pytest.param("INFO", marks=pytest.mark.long)])
def test_no_shape_of_a_key_and_no_passphrase_leaves_through_the_log(level: str) -> None:
    environment = {
        "KEY_FORMATS": "privateKeyBase64,privateKeyBase64Url,privateKeyPemBase64",
        "ENCRYPT_PRIVATE_KEY": "always",
        "POWERTOOLS_LOG_LEVEL": level,
    }
    with Stack(environment=environment) as stack:
        stack.attach()
        assert stack.rotate().succeeded
        after = stack.read_current()
        log = "".join(invocation.log for invocation in stack.invocations)
    assert after["passphrase"] not in log
    for name in ("privateKey", "privateKeyBase64", "privateKeyBase64Url", "privateKeyPemBase64"):
        text = "".join(line for line in after[name].splitlines() if "-----" not in line)
        assert not any(text[n : n + 16] in log for n in range(200, len(text) - 16, 8)), name
