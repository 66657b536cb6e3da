"""What a renewed secret holds: the new key in every shape, and all else byte for byte."""

import base64
import json
import subprocess
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from rotation.keys import credential, encrypted, pair, renewal
from rotation.keys.form import (
    AWS_FORM,
    Encryption,
    Field,
    KeyFormat,
    SecretForm,
)
from rotation.rules.words import Sensitive
from tests.shared import keys

WORDS = "open sesame"
ROUNDS = encrypted.ITERATIONS
PEM = pair.private_key_pem(keys.key("current"))
LOCKED = keys.locked("current", WORDS)
LOCKED_SECRET = keys.secret_text("current", privateKey=LOCKED, passphrase=WORDS)
ALL = SecretForm(formats=frozenset(KeyFormat))
ALWAYS = SecretForm(encryption=Encryption.ALWAYS)
TEAMS_NAMES = {
    "account": "sfAccount",
    "user": "sfUser",
    "privateKey": "pem_private_key",
    "publicKey": "rsa_public",
    "passphrase": "private_key_passphrase",
    "privateKeyBase64": "key_body",
}


@pytest.fixture(autouse=True)
def few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rounds of key derivation are one test's subject; each key costs 0.1 s with them."""
    monkeypatch.setattr(encrypted, "ITERATIONS", 2_048)


def renew(text: str, form: SecretForm = SecretForm()) -> dict[str, Any]:  # noqa: B008 (frozen)
    old = credential.read(Sensitive(text), form)
    content: dict[str, Any] = json.loads(renewal.renewed(old, keys.key("pending")).reveal())
    return content


def renamed(text: str) -> str:
    return json.dumps({TEAMS_NAMES.get(n, n): value for n, value in json.loads(text).items()})


def same_key(text: str, passphrase: str | None = None) -> bool:
    found = pair.read_private_key(text, passphrase)
    return found.private_numbers() == keys.key("pending").private_numbers()


# --- encryption ---------------------------------------------------------------------------------


def test_a_key_that_is_not_encrypted_stays_so() -> None:
    new = renew(keys.secret_text("current"))
    assert new["privateKey"] == pair.private_key_pem(keys.key("pending"))
    assert "passphrase" not in new


def test_an_encrypted_key_gets_a_fresh_passphrase_each_time() -> None:
    first, second = renew(LOCKED_SECRET), renew(LOCKED_SECRET)
    assert len({WORDS, first["passphrase"], second["passphrase"]}) == 3
    assert len(base64.urlsafe_b64decode(first["passphrase"] + "=")) == 32
    for new in (first, second):
        assert new["privateKey"].startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----\n")
        assert same_key(new["privateKey"], new["passphrase"])
        assert credential.read(
            Sensitive(json.dumps(new)), AWS_FORM
        ).fingerprint == keys.fingerprint("pending")


@pytest.mark.parametrize("empty", [None, "", keys.Null])
def test_the_stack_may_want_every_key_encrypted(empty: object) -> None:
    new = renew(keys.secret_text("current", passphrase=empty), ALWAYS)
    assert same_key(new["privateKey"], new["passphrase"])


def test_the_encryption_is_the_one_that_clients_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Openssl's own reader, and its words for what it found."""
    monkeypatch.setattr(encrypted, "ITERATIONS", ROUNDS)
    pem = pair.private_key_pem(keys.key("current"), WORDS)
    shown = subprocess.run(
        ["/usr/bin/env", "openssl", "asn1parse"],
        input=pem.encode(),
        capture_output=True,
        check=False,
    ).stdout.decode()
    if not shown:
        pytest.skip("openssl is not on this machine")
    names = [line.rpartition(":")[2] for line in shown.splitlines() if "OBJECT" in line]
    assert names == ["PBES2", "PBKDF2", "hmacWithSHA256", "aes-256-cbc"]
    # 600,000 in hexadecimal; OWASP's number for PBKDF2-HMAC-SHA256.
    assert ":0927C0" in shown
    opened = subprocess.run(
        ["/usr/bin/env", "openssl", "pkcs8", "-passin", f"pass:{WORDS}"],
        input=pem.encode(),
        capture_output=True,
        check=True,
    ).stdout.decode()
    assert opened == PEM


def test_two_encryptions_of_one_key_share_nothing() -> None:
    one, two = (pair.private_key_pem(keys.key("current"), WORDS) for _ in range(2))
    # The first line names the algorithms, which are the same.
    assert not set(one.splitlines()[2:-1]) & set(two.splitlines()[2:-1])


# --- shapes -------------------------------------------------------------------------------------


def test_a_format_is_written_only_when_it_is_named() -> None:
    assert not renew(keys.secret_text("current")).keys() & set(KeyFormat)
    one = SecretForm(formats=frozenset({KeyFormat.BASE64}))
    assert renew(keys.secret_text("current"), one).keys() & set(KeyFormat) == {"privateKeyBase64"}


def test_each_format_holds_the_new_key_as_its_clients_read_it() -> None:
    new = renew(keys.secret_text("current"), ALL)
    der = pair.private_key_der(keys.key("pending"))
    assert base64.b64decode(new["privateKeyBase64"], validate=True) == der
    assert base64.b64decode(new["privateKeyBase64Url"], altchars=b"-_", validate=True) == der
    assert base64.b64decode(new["privateKeyPemBase64"], validate=True) == new["privateKey"].encode()
    assert not any(set(new[shape]) & set(" \r\n") for shape in KeyFormat)


@pytest.mark.parametrize(
    "form", [ALL, SecretForm(formats=ALL.formats, encryption=Encryption.ALWAYS)]
)
def test_no_format_holds_in_clear_what_another_field_encrypts(form: SecretForm) -> None:
    new = renew(LOCKED_SECRET, form)
    for shape in KeyFormat:
        assert same_key(new[shape], new["passphrase"])
    loaded = base64.b64decode(new["privateKeyBase64"])
    with pytest.raises(TypeError, match="not given but private key is encrypted"):
        serialization.load_der_private_key(loaded, None)


@pytest.mark.parametrize("start", [keys.secret_text("current"), LOCKED_SECRET])
def test_a_format_that_is_switched_off_takes_its_key_along(start: str) -> None:
    with_all = json.dumps(renew(start, ALL))
    old = credential.read(Sensitive(with_all), AWS_FORM)
    new = json.loads(renewal.renewed(old, keys.key("previous")).reveal())
    assert not new.keys() & set(KeyFormat)
    assert set(new) == set(json.loads(start))


@pytest.mark.parametrize(
    "own",
    [
        "the team's own words",
        "",
        None,
        7,
        pair.private_key_pem(keys.key("another")),
        {"privateKey": PEM},
    ],
)
def test_a_field_of_the_team_s_own_with_a_format_s_name_stays(own: object) -> None:
    text = json.dumps(json.loads(keys.secret_text("current")) | {"privateKeyBase64": own})
    assert renew(text)["privateKeyBase64"] == own


def test_a_format_that_is_switched_on_takes_the_field_over() -> None:
    form = SecretForm(formats=frozenset({KeyFormat.BASE64}))
    assert same_key(
        renew(keys.secret_text("current", privateKeyBase64=7), form)["privateKeyBase64"]
    )


# --- names --------------------------------------------------------------------------------------


def test_a_secret_keeps_its_team_s_names() -> None:
    form = SecretForm(names=TEAMS_NAMES, formats=frozenset({KeyFormat.BASE64}))
    old_text = renamed(LOCKED_SECRET)
    new = renew(old_text, form)
    assert set(new) == set(json.loads(old_text)) | {"key_body"}
    assert same_key(new["pem_private_key"], new["private_key_passphrase"])
    assert same_key(new["key_body"], new["private_key_passphrase"])
    assert not new.keys() & {*Field, *KeyFormat}
    again = credential.read(Sensitive(json.dumps(new)), form)
    assert again.identity == (keys.ACCOUNT, keys.USER)


def test_fields_may_exchange_their_names() -> None:
    form = SecretForm(names={"user": "account", "account": "user"})
    text = keys.secret_text("current", account=keys.USER, user=keys.ACCOUNT)
    assert credential.read(Sensitive(text), form).identity == (keys.ACCOUNT, keys.USER)


def test_a_field_with_aws_s_name_is_the_team_s_own_when_the_name_is_another() -> None:
    form = SecretForm(names=TEAMS_NAMES)
    text = json.dumps(json.loads(renamed(keys.secret_text("current"))) | {"publicKey": "PGP"})
    assert renew(text, form)["publicKey"] == "PGP"


# --- the first key ------------------------------------------------------------------------------


@pytest.mark.parametrize("form", [SecretForm(), ALL, ALWAYS])
@pytest.mark.parametrize("empty", [None, "", keys.Null])
def test_a_secret_without_a_key_gets_its_first_one(form: SecretForm, empty: object) -> None:
    text = keys.secret_text("current", privateKey=empty, publicKey=empty)
    old = credential.read_identity(Sensitive(text), form)
    assert old.identity == (keys.ACCOUNT, keys.USER)
    assert not old.holds_key
    new = credential.read(renewal.renewed(old, keys.key("pending")), form)
    assert new.holds_key
    assert new.fingerprint == keys.fingerprint("pending")
    assert (new.passphrase is not None) is (form is ALWAYS)


@pytest.mark.parametrize("held", ["no key at all", 7, {}])
def test_a_field_with_anything_in_it_is_a_key_that_may_not_be_replaced(held: object) -> None:
    text = keys.secret_text("current", privateKey=held)
    assert credential.read_identity(Sensitive(text), AWS_FORM).holds_key
