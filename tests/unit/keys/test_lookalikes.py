"""A secret whose key stands under another name is not a secret without a key."""

import base64
import json

import pytest

from rotation.errors.secret import SecretFieldInvalid, SecretNotJson, UnreadableKey
from rotation.keys import credential, pair
from rotation.keys.form import AWS_FORM
from rotation.rules.words import Sensitive
from tests.shared import keys

PEM = pair.private_key_pem(keys.key("current"))
PUBLIC = pair.public_key_pem(keys.key("current").public_key())
BODY = "".join(PEM.splitlines()[1:-1])
LOCKED = keys.locked("current", "words")


def secret(**fields: object) -> Sensitive[str]:
    return Sensitive(json.dumps({"account": keys.ACCOUNT, "user": keys.USER, **fields}))


KEYS = {
    "PEM": PEM,
    "encrypted PEM": LOCKED,
    r"PEM with \n written out": PEM.replace("\n", r"\n"),
    "the body": BODY,
    "base64url": BODY.translate(str.maketrans("+/", "-_")),
    "the base64 of PEM": base64.b64encode(PEM.encode()).decode(),
    "a public key": PUBLIC,
    "a public key's body": "".join(PUBLIC.splitlines()[1:-1]),
    "JSON in a text, as Airflow keeps it": json.dumps({"private_key_content": PEM}),
}


@pytest.mark.parametrize("case", KEYS)
def test_a_key_under_another_name_is_named_with_the_setting(case: str) -> None:
    with pytest.raises(SecretFieldInvalid) as caught:
        credential.read(secret(private_key=KEYS[case], role="R"), AWS_FORM)
    assert caught.value.found == (
        "The secret's field privateKey is missing or empty. What looks like a key stands in "
        "'private_key': FieldNames can say privateKey=private_key."
    )


@pytest.mark.parametrize("case", KEYS)
def test_such_a_secret_gets_no_first_key(case: str) -> None:
    for fields in ({"pem": KEYS[case]}, {"extra": {"deep": ["x", {"er": KEYS[case]}]}}):
        assert credential.read_identity(secret(**fields), AWS_FORM).holds_key


def test_a_key_inside_another_object_is_told_apart() -> None:
    with pytest.raises(SecretFieldInvalid) as caught:
        credential.read(secret(extra={"private_key_content": PEM}), AWS_FORM)
    assert "Inside 'extra' stands what looks like a key: FieldNames reaches top-level" in (
        caught.value.found
    )


@pytest.mark.parametrize(
    "value",
    [
        "",
        "x",
        None,
        7,
        True,
        [],
        {"a": [1, None]},
        "QUJD" * 100,
        "a passphrase of some length " * 9,
    ],
)
def test_what_is_no_key_is_not_taken_for_one(value: object) -> None:
    assert not credential.read_identity(secret(other=value), AWS_FORM).holds_key
    with pytest.raises(SecretFieldInvalid) as caught:
        credential.read(secret(other=value), AWS_FORM)
    assert caught.value.found == "The secret's field privateKey is missing or empty."


def test_a_key_inside_json_inside_a_text_is_not_read_as_the_key() -> None:
    """Writing it back would lose the JSON around it."""
    with pytest.raises(UnreadableKey, match="there is text behind its PEM block"):
        credential.read(secret(privateKey=json.dumps({"private_key": PEM})), AWS_FORM)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("\ufeff" + secret(privateKey=PEM).reveal(), "begins with a byte order mark"),
        (secret(privateKey="K").reveal().replace("K", PEM), "has a line break or a tab of its own"),
        (secret(note="K").reveal().replace("K", "a\tb"), "has a line break or a tab of its own"),
    ],
)
def test_what_editors_and_shells_do_to_json_is_named(text: str, why: str) -> None:
    with pytest.raises(SecretNotJson) as caught:
        credential.read(Sensitive(text), AWS_FORM)
    assert why in caught.value.found
    assert "PRIVATE" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "{'account': 1}", "[]", "{}", '"x"', "{,}"])
def test_any_other_fault_is_no_json_and_no_more_is_said(text: str) -> None:
    with pytest.raises(SecretNotJson, match=r"not a JSON object with fields\. "):
        credential.read(Sensitive(text), AWS_FORM)
