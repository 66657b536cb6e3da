"""Key pairs in the shapes that Snowflake takes; fingerprints as openssl computes them."""

import subprocess

import pytest
from cryptography.hazmat.primitives import serialization

from rotation.keys import pair
from rotation.keys.sizes import KEY_SIZES_BITS
from tests.shared import keys


@pytest.mark.parametrize("bits", KEY_SIZES_BITS)
def test_a_generated_key_has_the_size_asked_for(bits: int) -> None:
    key = pair.generate(bits)
    assert key.key_size == bits
    assert key.public_key().public_numbers().e == 65537


def test_two_generated_keys_differ() -> None:
    assert pair.fingerprint(pair.generate(2048).public_key()) != pair.fingerprint(
        pair.generate(2048).public_key()
    )


def test_the_private_key_is_pkcs8_and_reads_back() -> None:
    pem = pair.private_key_pem(keys.key("a"))
    assert pem.startswith("-----BEGIN PRIVATE KEY-----\n")
    assert pair.read_private_key(pem).private_numbers() == keys.key("a").private_numbers()


def test_the_der_is_unencrypted_pkcs8() -> None:
    loaded = serialization.load_der_private_key(pair.private_key_der(keys.key("a")), None)
    assert pair.private_key_der(loaded) == pair.private_key_der(keys.key("a"))  # type: ignore[arg-type]


def test_the_public_key_body_is_one_line_without_markers() -> None:
    public = keys.key("a").public_key()
    body = pair.public_key_body(public)
    assert body.isascii()
    assert not set(body) & set("\n -")
    assert pair.public_key_pem(public).replace("\n", "") == (
        f"-----BEGIN PUBLIC KEY-----{body}-----END PUBLIC KEY-----"
    )


def test_the_fingerprint_is_the_one_of_snowflakes_documentation() -> None:
    """The command is the one that Snowflake gives for comparing with DESC USER.

    https://docs.snowflake.com/en/user-guide/key-pair-auth
    """
    pipeline = (
        "openssl rsa -pubin -outform DER | openssl dgst -sha256 -binary | openssl enc -base64"
    )
    answer = subprocess.run(
        ["/bin/sh", "-c", pipeline],
        input=pair.public_key_pem(keys.key("a").public_key()).encode(),
        capture_output=True,
        check=False,
    )
    if answer.returncode or not answer.stdout:
        pytest.skip("openssl is not on this machine")
    assert keys.fingerprint("a") == f"SHA256:{answer.stdout.decode().strip()}"
