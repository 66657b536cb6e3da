"""Which public keys are taken, and what is kept of them."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sandbox.snowflake import SnowflakeError, User
from tests.sandbox.snowflake.helpers import NOW, KeyPair, new_key_pair


@pytest.fixture
def user() -> User:
    return User("U", None, lambda: NOW)


def test_a_body_on_one_line_is_taken(user: User, key: KeyPair) -> None:
    user.set_key(1, key.body)

    assert user.slots == (key.fingerprint, None)


def test_armour_and_line_breaks_are_taken_and_kept(user: User, key: KeyPair) -> None:
    user.set_key(2, key.pem)

    assert user.slots == (None, key.fingerprint)
    assert user.key_slot(2).text == key.pem


def spki(public_key: ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey) -> str:
    der = public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def pkcs1(public_key: rsa.RSAPublicKey) -> str:
    return base64.b64encode(public_key.public_bytes(Encoding.DER, PublicFormat.PKCS1)).decode()


def test_what_is_no_rsa_public_key_is_rejected(user: User, key: KeyPair) -> None:
    rejected = {
        "no base64": "not a key",
        "no DER": "abcd",
        "cut short": key.body[:-8],
        "armour left open": key.pem.replace("-----END", "----END"),
        "private key": base64.b64encode(key.der).decode(),
        "OpenSSH": "ssh-rsa AAAA",
        "EC": spki(ec.generate_private_key(ec.SECP256R1()).public_key()),
        "Ed25519": spki(ed25519.Ed25519PrivateKey.generate().public_key()),
    }
    for case, text in rejected.items():
        with pytest.raises(SnowflakeError) as caught:
            user.set_key(1, text)
        refusal = caught.value.refusal
        assert (refusal.code, refusal.sqlstate) == ("390000", "22023"), case
        assert refusal.message.endswith("Reason: 'Invalid Public key'"), case
    assert user.slots == (None, None)


def test_a_short_key_is_rejected_with_its_length(user: User) -> None:
    with pytest.raises(SnowflakeError, match="Key length 1024 is smaller than minimal"):
        user.set_key(1, new_key_pair(1024).body)


def test_a_rejected_key_leaves_the_old_one(user: User, key: KeyPair) -> None:
    user.set_key(1, key.body)

    with pytest.raises(SnowflakeError):
        user.set_key(1, "abcd")

    assert user.slots == (key.fingerprint, None)


def test_unset_keeps_the_time_the_key_was_set(user: User, key: KeyPair) -> None:
    user.set_key(1, key.body)
    user.unset_key(1)

    assert user.slots == (None, None)
    assert (user.key_slot(1).text, user.key_slot(1).last_set_time) == (None, NOW)


def test_the_empty_text_empties_the_slot_and_stays_there(user: User, key: KeyPair) -> None:
    user.set_key(1, key.body)
    user.set_key(1, "")

    assert user.slots == (None, None)
    assert (user.key_slot(1).text, user.key_slot(1).last_set_time) == ("", NOW)
