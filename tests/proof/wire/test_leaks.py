"""The scanner finds what is planted, in each encoding, and nothing else."""

import base64
import json
import secrets
from collections.abc import Callable
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from tests.proof.wire import leaks
from tests.shared import keys

PEM, PUBLIC = keys.key_pair("current")
_loaded = load_pem_private_key(PEM.encode(), None)
assert isinstance(_loaded, RSAPrivateKey)
KEY = _loaded
NUMBERS = KEY.private_numbers()
DER = KEY.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
SECRET_FROM = DER.index(NUMBERS.d.to_bytes((NUMBERS.d.bit_length() + 7) // 8))
BODY = "".join(PEM.splitlines()[1:-1])
SECRET = leaks.private_key(PEM, None)
NOISE = json.dumps({"message": "step done", "observed": {"current": "SHA256:" + "Qx7/" * 11}}) * 20

WHOLE = {
    "PEM": PEM,
    "PEM in JSON": json.dumps({"privateKey": PEM}),
    "PEM in JSON in JSON": json.dumps(json.dumps({"privateKey": PEM})),
    "body on one line": BODY,
    "body in a URL": quote(BODY, safe=""),
    "URL-safe": base64.urlsafe_b64encode(DER).decode(),
    "hexadecimal": DER.hex(),
    "hexadecimal, upper case": DER.hex().upper(),
    "hexadecimal with colons": DER.hex(":"),
    "Python bytes": repr(DER),
    "d": str(NUMBERS.d),
    "p": str(NUMBERS.p),
    "q": str(NUMBERS.q),
    "d in hexadecimal": hex(NUMBERS.d),
    "p in hexadecimal": f"{NUMBERS.p:X}",
    "q with separators": f"{NUMBERS.q:,}",
}


def found(text: str, *secrets: leaks.Secret) -> list[str]:
    return leaks.Text(NOISE + text + NOISE).holds(secrets)


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_key_is_found_as(name: str) -> None:
    assert found(WHOLE[name], SECRET)


@pytest.mark.parametrize(
    "write",
    [
        lambda piece: base64.b64encode(piece).decode(),
        lambda piece: base64.b64encode(b"1" + piece + b"22").decode(),
        lambda piece: base64.urlsafe_b64encode(b"12" + piece).decode(),
        lambda piece: piece.hex(),
        lambda piece: piece.hex().upper(),
        repr,
    ],
)
def test_16_bytes_are_found_at_every_alignment(write: Callable[[bytes], str]) -> None:
    # 7 meets every place within a base64 group and within a block of the scanner.
    for start in range(SECRET_FROM, len(DER) - 15, 7):
        piece = DER[start : start + 16]
        text = "x" * (start % 23) + " " + write(piece)
        assert leaks.Text(text).holds([SECRET]), start


def test_20_characters_of_the_pem_body_are_found() -> None:
    first = -(-SECRET_FROM * 8 // 6)
    for start in range(first, len(BODY.rstrip("=")) - 21, 7):
        assert leaks.Text(BODY[start : start + 20]).holds([SECRET]), start


def test_38_digits_of_d_are_found() -> None:
    assert leaks.Text("value=" + str(NUMBERS.d)[100:138]).holds([SECRET])


def test_an_encrypted_key_and_its_passphrase_are_found() -> None:
    pem = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"sesame"))
    secret = leaks.private_key(pem.decode(), "sesame")
    assert "the private key (base64)" in found(pem.decode().splitlines()[5], secret)
    assert found(BODY[-200:], secret)
    assert found("open sesame", leaks.text("the passphrase", "sesame"))


def test_tokens_are_found_in_pieces_and_any_jwt_is_found() -> None:
    token = secrets.token_urlsafe(32)
    assert found(token[7:23], leaks.text("token", token)) == ["token (raw)"]
    assert found(base64.b64encode(token.encode())[8:40].decode(), leaks.text("token", token))
    jwt = "eyJ0eXAiOiJKV1QifQ.eyJpc3MiOiJYWCJ9XX.c2lnbmF0dXJl"
    assert found(f"TOKEN={jwt}") == ["a JWT"]


def test_public_halves_and_fifteen_bytes_are_not() -> None:
    public = "".join(PUBLIC.splitlines()[1:-1])
    assert found(f"SET RSA_PUBLIC_KEY = '{public}'", SECRET) == []
    assert found(between_others(DER.hex(), 1400, 1430), SECRET) == []
    assert found(NOISE, SECRET) == []


def between_others(text: str, start: int, end: int) -> str:
    """Return a piece of hexadecimal between digits that do not go on as the text does.

    What stands beside it in a log may do so by chance, and then a longer piece is there: the noise
    ends and begins with hexadecimal digits, which in one key of a hundred were the key's own next.
    """
    other = {"0": "1"}
    return other.get(text[start - 1], "0") + text[start:end] + other.get(text[end], "0")
