"""Field names, shapes and encryption, as the settings give them."""

import json

import pytest

from rotation.errors.function import InvalidSettings
from rotation.errors.secret import MalformedSecret
from rotation.keys import credential
from rotation.keys.form import (
    AWS_FORM,
    Encryption,
    Field,
    KeyFormat,
    SecretForm,
)
from rotation.rules.words import Sensitive
from tests.shared import keys


def test_nothing_set_is_aws_s_own_form() -> None:
    assert SecretForm.from_texts("", "", "") == AWS_FORM
    assert [AWS_FORM.name(field) for field in Field] == [
        "account",
        "user",
        "privateKey",
        "publicKey",
        "passphrase",
    ]


def test_everything_is_read_with_blanks_around() -> None:
    form = SecretForm.from_texts(
        " privateKey = pem_private_key ,user=sfUser, privateKeyBase64=body ",
        "privateKeyBase64 , privateKeyPemBase64",
        "always",
    )
    assert form.name(Field.PRIVATE_KEY) == "pem_private_key"
    assert form.name(Field.USER) == "sfUser"
    assert form.name(Field.ACCOUNT) == "account"
    assert form.name(KeyFormat.BASE64) == "body"
    assert form.formats == {KeyFormat.BASE64, KeyFormat.PEM_BASE64}
    assert form.encryption is Encryption.ALWAYS


@pytest.mark.parametrize(
    "name", ["sf.user", "Nom d'usager", "a=b", "user-name", "пользователь", "n" * 255]
)
def test_a_team_may_have_any_name_that_can_be_shown(name: str) -> None:
    assert SecretForm.from_texts(f"user={name}", "", "").name(Field.USER) == name


def test_two_fields_may_exchange_their_names() -> None:
    form = SecretForm.from_texts("user=account,account=user", "", "")
    assert (form.name(Field.USER), form.name(Field.ACCOUNT)) == ("account", "user")


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("privateKey", "holds 'privateKey'; it takes NAME=YOURS"),
        ("private_key=a", "holds 'private_key=a'; it takes"),
        ("PRIVATEKEY=a", "holds 'PRIVATEKEY=a'; it takes"),
        ("user=a,user=b", "holds 'user=b'; it takes NAME=YOURS, each NAME once"),
        ("user=a,", "holds ''; it takes"),
        ("=a", "holds '=a'; it takes"),
        ("user=", "gives user a name that can't be used"),
        ("user=a\x07", "gives user a name that can't be used"),
        (f"user={'n' * 256}", "gives user a name that can't be used"),
        ("user=x,account=x", "gives account and user the same name, 'x'"),
        ("user=account", "gives account and user the same name, 'account'"),
        ("privateKey=privateKeyBase64", "gives privateKey and privateKeyBase64 the same name"),
        ("user=passphrase", "gives user and passphrase the same name, 'passphrase'"),
    ],
)
def test_names_that_can_not_be_used_are_refused(names: str, said: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        SecretForm.from_texts(names, "", "")
    assert caught.value.found.startswith("FIELD_NAMES ")
    assert said in caught.value.found


@pytest.mark.parametrize(
    "formats", ["privateKey", "base64", "privateKeyBase64,", "PRIVATEKEYBASE64"]
)
def test_unknown_formats_are_refused(formats: str) -> None:
    with pytest.raises(InvalidSettings, match="KEY_FORMATS holds"):
        SecretForm.from_texts("", formats, "")


@pytest.mark.parametrize("encryption", ["never", "ALWAYS", "yes"])
def test_unknown_encryptions_are_refused(encryption: str) -> None:
    with pytest.raises(InvalidSettings, match=r"ENCRYPT_PRIVATE_KEY holds .* keep or always"):
        SecretForm.from_texts("", "", encryption)


TEAMS_NAMES = {
    "account": "sfAccount",
    "user": "sfUser",
    "privateKey": "pem",
    "publicKey": "pub",
    "passphrase": "words",
}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"account": None}, "sfAccount"),
        ({"account": "https://a"}, "sfAccount"),
        ({"user": 7}, "sfUser"),
        ({"user": " a"}, "sfUser"),
        ({"privateKey": None}, "pem"),
        ({"privateKey": "abcd"}, "pem"),
        ({"privateKey": "?"}, "pem"),
        ({"passphrase": "unneeded"}, "pem"),
        ({"passphrase": 7}, "words"),
        ({"publicKey": "?"}, "pub"),
        ({"publicKey": []}, "pub"),
    ],
)
def test_errors_name_the_team_s_own_fields(fields: dict[str, object], named: str) -> None:
    content = json.loads(keys.secret_text("current", **fields))
    text = json.dumps({TEAMS_NAMES[name]: value for name, value in content.items()})
    with pytest.raises(MalformedSecret) as caught:
        credential.read(Sensitive(text), SecretForm(names=TEAMS_NAMES))
    words = set(caught.value.found.replace(".", " ").split())
    assert named in words
    assert not words & {"privateKey", "publicKey"}
