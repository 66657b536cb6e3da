r"""A new key is written as the one before: every shape that is read is kept to the byte.

Rewriting a text's own key has to give that text again; nothing else would show what was lost.
"""

import base64
import json

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from rotation.keys import credential, pair, renewal, shape
from rotation.keys.form import AWS_FORM
from rotation.keys.shape import Body, Pem, PemInBase64, shape_of
from rotation.rules.words import Sensitive
from tests.shared import keys

KEY, NEXT = keys.key("current"), keys.key("pending")
FILE = pair.private_key_pem(KEY)
OLD_FILE = KEY.private_bytes(
    Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
).decode()
BODY = "".join(FILE.splitlines()[1:-1])
URL = BODY.translate(str.maketrans("+/", "-_"))
ONE_LINE = FILE.splitlines()[0] + "\n" + BODY + "\n" + FILE.splitlines()[-1]


def wrapped(text: str, width: int, line_break: str) -> str:
    return line_break.join(text[n : n + width] for n in range(0, len(text), width))


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


SHAPES = {
    "a PEM file": FILE,
    "a PEM file of PKCS#1": OLD_FILE,
    "a PEM file with CRLF": FILE.replace("\n", "\r\n"),
    "a PEM file without its last line break": FILE.strip(),
    "a PEM file and an empty line": FILE + "\n",
    r"PEM with \n written out": FILE.replace("\n", r"\n"),
    r"PEM with \n written out, none at its end": FILE.strip().replace("\n", r"\n"),
    r"PEM with \r\n written out": FILE.replace("\n", r"\r\n"),
    "PEM whose lines were joined by spaces": FILE.strip().replace("\n", " "),
    "PEM whose lines were joined by nothing": FILE.replace("\n", ""),
    "PEM that is indented": FILE.strip().replace("\n", "\n    "),
    "PEM with its body in one line": ONE_LINE,
    "the body in one line": BODY,
    "the body and a line break": BODY + "\n",
    "the body, 76 a line": wrapped(BODY, 76, "\n"),
    "the body, 64 a line with CRLF": wrapped(BODY, 64, "\r\n") + "\r\n",
    r"the body, \n written out": wrapped(BODY, 64, r"\n"),
    "the body of PKCS#1": "".join(OLD_FILE.splitlines()[1:-1]),
    "base64url": URL,
    "base64url without padding": URL.rstrip("="),
    "base64 without padding": BODY.rstrip("="),
    "the base64 of a PEM file": in_base64(FILE),
    "the base64 of a PEM file with CRLF": in_base64(FILE.replace("\n", "\r\n")),
    "the base64 of a PEM file, 76 a line": wrapped(in_base64(FILE), 76, "\n") + "\n",
    "the base64 of a PEM file, without padding": in_base64(FILE + " ").rstrip("="),
    "the base64 of PKCS#1": in_base64(OLD_FILE),
}


def renewed(private: str, public: str, key: object = NEXT) -> dict[str, str]:
    secret = json.dumps(
        {"account": keys.ACCOUNT, "user": keys.USER, "privateKey": private, "publicKey": public}
    )
    old = credential.read(Sensitive(secret), AWS_FORM)
    assert key in {KEY, NEXT}
    new = KEY if key is KEY else NEXT
    content: dict[str, str] = json.loads(renewal.renewed(old, new).reveal())
    return content


PUBLIC = pair.public_key_pem(KEY.public_key())
PUBLIC_BODY = pair.public_key_body(KEY.public_key())
PUBLIC_SHAPES = {
    "a PEM file": PUBLIC,
    r"PEM with \n written out": PUBLIC.replace("\n", r"\n"),
    "the body in one line": PUBLIC_BODY,
    "the body, 64 a line": wrapped(PUBLIC_BODY, 64, "\n"),
    "base64url": PUBLIC_BODY.translate(str.maketrans("+/", "-_")),
    "the base64 of a PEM file": in_base64(PUBLIC),
}


def test_the_samples_have_something_to_be_lost() -> None:
    assert BODY.endswith("=") or len(BODY) % 4 == 0
    assert set(BODY) & set("+/")


@pytest.mark.parametrize("case", SHAPES)
def test_the_same_key_written_again_gives_the_same_text(case: str) -> None:
    assert renewed(SHAPES[case], PUBLIC, KEY)["privateKey"] == SHAPES[case]


@pytest.mark.parametrize("case", SHAPES)
def test_another_key_is_written_in_the_same_shape_and_reads_back(case: str) -> None:
    written = renewed(SHAPES[case], PUBLIC)["privateKey"]
    assert pair.read_private_key(written).private_numbers() == NEXT.private_numbers()
    assert written != SHAPES[case]
    # A key of another length may need no padding: then nothing tells whether it would be there.
    lacks_padding = "without padding" in case and len(SHAPES[case]) % 4 != 0
    assert not (lacks_padding and "=" in written)
    assert type(shape_of(written)) is type(shape_of(SHAPES[case]))


@pytest.mark.parametrize("case", PUBLIC_SHAPES)
def test_the_public_key_keeps_its_shape_too(case: str) -> None:
    assert renewed(FILE, PUBLIC_SHAPES[case], KEY)["publicKey"] == PUBLIC_SHAPES[case]


def test_what_stands_before_the_block_belongs_to_the_old_key() -> None:
    assert (
        renewed(f"Bag Attributes\n    friendlyName: old\n{FILE}", PUBLIC, KEY)["privateKey"] == FILE
    )
    inside = in_base64(f"Bag Attributes\n{FILE}")
    assert renewed(inside, PUBLIC, KEY)["privateKey"] == in_base64(FILE)


def test_a_byte_order_mark_goes() -> None:
    assert renewed(f"\ufeff{FILE}", PUBLIC, KEY)["privateKey"] == FILE
    assert renewed(in_base64(f"\ufeff{FILE}"), PUBLIC, KEY)["privateKey"] == in_base64(FILE)


def test_a_first_key_is_a_pem_file() -> None:
    secret = Sensitive(json.dumps({"account": keys.ACCOUNT, "user": keys.USER}))
    whose = credential.read_identity(secret, AWS_FORM)
    content = json.loads(renewal.renewed(whose, KEY).reveal())
    assert content["privateKey"] == FILE
    assert content["publicKey"] == PUBLIC


def test_every_kind_of_shape_is_met() -> None:
    assert {type(shape_of(text)) for text in SHAPES.values()} == {Pem, Body, PemInBase64}
    assert shape_of(FILE) == shape.FILE


def test_sixty_thousand_blanks_are_passed_over_in_one_pass() -> None:
    blanks = " " * 30_000 + r"\n" * 15_000
    shape = shape_of(FILE.replace("-----END", f"{blanks}-----END") + blanks)
    assert isinstance(shape, Pem)
    assert shape.tail == "\n" + blanks
