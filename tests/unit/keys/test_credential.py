"""Secrets that are accepted, secrets that are refused, and what a renewed one keeps."""

import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from rotation.errors.secret import (
    InvalidAccount,
    InvalidUser,
    KeyPairMismatch,
    KeyTooShort,
    MalformedSecret,
    PassphraseDoesNotFit,
    SecretFieldInvalid,
    SecretNotJson,
    SecretTooLarge,
    UnreadableKey,
)
from rotation.keys import credential, pair, renewal
from rotation.keys.form import AWS_FORM
from rotation.rules.words import Sensitive
from tests.shared import keys

PEM = pair.private_key_pem(keys.key("current"))
LOCKED = keys.locked("current", "open sesame")
PUBLIC = pair.public_key_pem(keys.key("current").public_key())


def bare(pem: str) -> str:
    return "".join(line for line in pem.splitlines() if "-----" not in line)


def elliptic() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def elliptic_pem() -> str:
    return (
        elliptic()
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode()
    )


def elliptic_public_pem() -> str:
    return (
        elliptic()
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def read(text: str) -> credential.Credential:
    return credential.read(Sensitive(text), AWS_FORM)


@pytest.mark.parametrize(
    ("case", "fields"),
    [
        ("PEM", {}),
        ("PEM without the markers, on one line", {"privateKey": bare(PEM)}),
        ("PEM without the markers, broken into lines", {"privateKey": PEM.split("-----")[2]}),
        ("PEM with CRLF and outer blanks", {"privateKey": f" \r\n{PEM}".replace("\n", "\r\n")}),
        ("no publicKey", {"publicKey": None}),
        ("an empty publicKey", {"publicKey": ""}),
        ("publicKey without the markers", {"publicKey": bare(PUBLIC)}),
        ("an encrypted key", {"privateKey": LOCKED, "passphrase": "open sesame"}),
        ("an empty passphrase", {"passphrase": ""}),
        (
            "null where a field is optional",
            {"publicKey": keys.Null, "passphrase": keys.Null},
        ),
    ],
)
def test_is_read(case: str, fields: dict[str, Any]) -> None:
    assert read(keys.secret_text("current", **fields)).fingerprint == keys.fingerprint("current"), (
        case
    )


@pytest.mark.parametrize(
    ("case", "text", "error"),
    [
        ("empty", "", SecretNotJson),
        ("not JSON", "{", SecretNotJson),
        ("JSON, not an object", "[1]", SecretNotJson),
        ("an object without fields", "{}", SecretNotJson),
        ("a byte order mark", "\ufeff{}", SecretNotJson),
        ("very deep", "[" * 60_000, SecretNotJson),
        ("a field twice", '{"user": "a", "user": "b"}', SecretFieldInvalid),
        ("no account", keys.secret_text("current", account=None), SecretFieldInvalid),
        ("no user", keys.secret_text("current", user=None), SecretFieldInvalid),
        ("an empty user", keys.secret_text("current", user=""), SecretFieldInvalid),
        ("user is a number", keys.secret_text("current", user=7), SecretFieldInvalid),
        ("account is an object", keys.secret_text("current", account={}), SecretFieldInvalid),
        ("no privateKey", keys.secret_text("current", privateKey=None), SecretFieldInvalid),
        (
            "publicKey is a list",
            keys.secret_text("current", publicKey=[]),
            SecretFieldInvalid,
        ),
        (
            "passphrase is true",
            keys.secret_text("current", passphrase=True),
            SecretFieldInvalid,
        ),
        (
            "privateKey is no key",
            keys.secret_text("current", privateKey="abcd"),
            UnreadableKey,
        ),
        (
            "privateKey is not text of a key",
            keys.secret_text("current", privateKey="ключ"),
            UnreadableKey,
        ),
        (
            "privateKey has a lone surrogate",
            keys.secret_text("current", privateKey="\ud800"),
            UnreadableKey,
        ),
        (
            "privateKey is cut",
            keys.secret_text("current", privateKey=PEM[:900]),
            UnreadableKey,
        ),
        (
            "privateKey is the public one",
            keys.secret_text("current", privateKey=PUBLIC),
            UnreadableKey,
        ),
        (
            "an elliptic key",
            keys.secret_text("current", privateKey=elliptic_pem()),
            UnreadableKey,
        ),
        (
            "encrypted, no passphrase",
            keys.secret_text("current", privateKey=LOCKED),
            PassphraseDoesNotFit,
        ),
        (
            "encrypted, a wrong passphrase",
            keys.secret_text("current", privateKey=LOCKED, passphrase="wrong"),
            PassphraseDoesNotFit,
        ),
        (
            "a passphrase for a key that is not encrypted",
            keys.secret_text("current", passphrase="open sesame"),
            PassphraseDoesNotFit,
        ),
        ("publicKey is no key", keys.secret_text("current", publicKey="abcd"), UnreadableKey),
        (
            "publicKey is elliptic",
            keys.secret_text("current", publicKey=elliptic_public_pem()),
            UnreadableKey,
        ),
        (
            "a key of 1024 bits",
            keys.secret_text(
                "current",
                privateKey=pair.private_key_pem(keys.key("short", 1024)),
                publicKey=None,
            ),
            KeyTooShort,
        ),
        (
            "another key's publicKey",
            keys.secret_text(
                "current", publicKey=pair.public_key_pem(keys.key("pending").public_key())
            ),
            KeyPairMismatch,
        ),
        ("user with a line break", keys.secret_text("current", user="A\nB"), InvalidUser),
        ("user with outer blanks", keys.secret_text("current", user=" A"), InvalidUser),
        ("a very long user", keys.secret_text("current", user="A" * 256), InvalidUser),
    ],
)
def test_is_refused(case: str, text: str, error: type[MalformedSecret]) -> None:
    with pytest.raises(MalformedSecret) as caught:
        read(text)
    assert type(caught.value) is error, case
    assert "Nothing was changed." in str(caught.value)
    assert caught.value.__context__ is None, "a library's error could quote the secret"


@pytest.mark.parametrize(
    "account",
    [
        "MYORG-ACCOUNT",
        "myorg-my_account",
        "xy12345",
        "xy12345.eu-west-1",
        "xy12345.us-east-2.aws",
        "xy12345.us-gov-west-1.aws.privatelink",
        "xy12345.fhplus.us-gov-west-1.aws",
        "xy12345.fhplus.us-gov-west-1.aws.privatelink",
        "acct.vps.us-east-2.aws.privatelink",
        "acct.vps.us-east-2.aws.PrivateLink",
        "xy12345.west-europe.azure",
        "xy12345.privatelink",
        "myorg-account.privatelink",
        "myorg-account.global",
    ],
)
def test_account_identifiers_of_snowflake_are_taken(account: str) -> None:
    assert read(keys.secret_text("current", account=account)).account == account


@pytest.mark.parametrize(
    "account",
    [
        "https://xy12345.snowflakecomputing.com",
        "xy12345.snowflakecomputing.com",
        "xy12345.Snowflakecomputing.cn",
        "xy12345.snowflakecomputing.com/",
        "evil.example.com#",
        "a@b",
        "a b",
        "a/../b",
        "a:443",
        "-a",
        "a-",
        ".a",
        "a..b",
        "a.b.c.d.e",
        "a\n",
        "a" * 64,
        "ä",
    ],
)
def test_anything_else_never_becomes_part_of_a_host_name(account: str) -> None:
    with pytest.raises(InvalidAccount):
        read(keys.secret_text("current", account=account))


@pytest.mark.parametrize("account", ["MYORG.MYACCOUNT", "myorg.my_account", "MYORG.PROD1"])
def test_a_period_where_a_hyphen_belongs_is_named(account: str) -> None:
    """Snowsight copies the account's name so; a region has a hyphen, an account's name has none."""
    with pytest.raises(InvalidAccount) as caught:
        read(keys.secret_text("current", account=account))
    assert "takes a hyphen there" in str(caught.value) or "_" in account
    assert "ORGANIZATION-ACCOUNT" in str(caught.value)


def test_a_public_key_is_added_where_there_was_none() -> None:
    old = read(keys.secret_text("current", publicKey=None))
    new = json.loads(renewal.renewed(old, keys.key("pending")).reveal())
    assert new["publicKey"] == pair.public_key_pem(keys.key("pending").public_key())


def test_a_secret_that_would_grow_past_the_limit_is_refused() -> None:
    text = keys.secret_text("current", publicKey=None)
    filler = "x" * (65_536 - len(text) - 20)
    old = read(keys.secret_text("current", publicKey=None, note=filler))
    with pytest.raises(SecretTooLarge):
        renewal.renewed(old, keys.key("pending"))


def test_nothing_about_a_credential_prints_a_key() -> None:
    text = keys.secret_text("current", passphrase=None)
    one = read(text)
    shown = f"{one!r} {one} {one.private_key} {one.document} {vars(one)}"
    for line in PEM.splitlines():
        assert line not in shown


def test_vouchers_are_made_with_the_private_half_in_whatever_form_it_stands() -> None:
    """Whoever knows the public half makes none, and a key that is written anew makes the same."""
    key = keys.key("current")
    der = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    purpose = b"rotation of a Snowflake key pair: voucher for the next key"
    expected = hmac.new(der, purpose, "sha256").digest()
    traditional = pair.private_key_pem(key, traditional=True)
    for fields in (
        {},
        {"privateKey": traditional},
        {"privateKey": LOCKED, "passphrase": "open sesame"},
    ):
        text = Sensitive(keys.secret_text("current", **fields))
        assert credential.read(text, AWS_FORM).voucher_key.reveal() == expected
