"""Private keys in every shape that a secret may hold, and every damage by its name."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from rotation.errors.secret import PassphraseDoesNotFit, UnreadableKey
from rotation.keys import pair
from tests.shared import keys

WORDS = "open sesame"
KEY = keys.key("current")


def written(
    shape: PrivateFormat, passphrase: str | None = None, encoding: Encoding = Encoding.PEM
) -> bytes:
    kind = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    return KEY.private_bytes(encoding, shape, kind)


PKCS8 = written(PrivateFormat.PKCS8).decode()
DER = written(PrivateFormat.PKCS8, encoding=Encoding.DER)
PKCS1 = written(PrivateFormat.TraditionalOpenSSL).decode()
LOCKED = written(PrivateFormat.PKCS8, WORDS).decode()
# PKCS#1 whose encryption stands in the headers Proc-Type and DEK-Info.
OLD_LOCKED = written(PrivateFormat.TraditionalOpenSSL, WORDS).decode()
OPENSSH = written(PrivateFormat.OpenSSH).decode()
PUBLIC = pair.public_key_pem(KEY.public_key())
ELLIPTIC = ec.generate_private_key(ec.SECP256R1())
ELLIPTIC_PKCS8 = ELLIPTIC.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
ELLIPTIC_PEM = ELLIPTIC.private_bytes(
    Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
).decode()


def body(pem: str) -> str:
    return "".join(line for line in pem.splitlines() if "-----" not in line)


def urlsafe(pem: str) -> str:
    return body(pem).translate(str.maketrans("+/", "-_"))


def in_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def wrapped(text: str, width: int = 76) -> str:
    return "\n".join(text[n : n + width] for n in range(0, len(text), width))


@pytest.mark.parametrize(
    ("case", "text", "passphrase"),
    [
        ("PKCS#8", PKCS8, None),
        ("PKCS#1", PKCS1, None),
        ("encrypted PKCS#8", LOCKED, WORDS),
        ("encrypted PKCS#1", OLD_LOCKED, WORDS),
        ("PKCS#8 with CRLF", PKCS8.replace("\n", "\r\n"), None),
        ("PKCS#1 with CRLF", PKCS1.replace("\n", "\r\n"), None),
        ("encrypted PKCS#8 with CRLF", LOCKED.replace("\n", "\r\n"), WORDS),
        ("encrypted PKCS#1 with CRLF", OLD_LOCKED.replace("\n", "\r\n"), WORDS),
        ("PKCS#8 with CR alone", PKCS8.replace("\n", "\r"), None),
        (r"PKCS#8 with \n written out", PKCS8.replace("\n", r"\n"), None),
        (r"PKCS#1 with \n written out", PKCS1.replace("\n", r"\n"), None),
        (r"encrypted PKCS#8 with \n written out", LOCKED.replace("\n", r"\n"), WORDS),
        (r"encrypted PKCS#1 with \n written out", OLD_LOCKED.replace("\n", r"\n"), WORDS),
        (r"PKCS#8 with \r\n written out", PKCS8.replace("\n", r"\r\n"), None),
        ("PKCS#8 whose lines were joined by spaces", PKCS8.replace("\n", " "), None),
        ("PKCS#8 whose lines were joined by nothing", PKCS8.replace("\n", ""), None),
        ("PKCS#8 that is indented", PKCS8.replace("\n", "\n    "), None),
        ("PKCS#8 without its last line break", PKCS8.strip(), None),
        ("PKCS#8 between blanks", f" \n\t{PKCS8}\n ", None),
        ("PKCS#8 behind what openssl pkcs12 writes", f"Bag Attributes\n\n{PKCS8}", None),
        ("PKCS#8 without markers, one line", body(PKCS8), None),
        ("PKCS#8 without markers, 76 a line", wrapped(body(PKCS8)), None),
        (
            r"PKCS#8 without markers, \n written out",
            wrapped(body(PKCS8)).replace("\n", "\\n"),
            None,
        ),
        ("PKCS#8 without markers, CRLF", wrapped(body(PKCS8)).replace("\n", "\r\n"), None),
        ("PKCS#1 without markers", body(PKCS1), None),
        ("encrypted PKCS#8 without markers", body(LOCKED), WORDS),
        ("PKCS#8 in base64url", urlsafe(PKCS8), None),
        ("encrypted PKCS#8 in base64url", urlsafe(LOCKED), WORDS),
        ("PKCS#8 in base64url without padding", urlsafe(PKCS8).rstrip("="), None),
        ("PKCS#8 without markers and padding", body(PKCS8).rstrip("="), None),
        ("PKCS#8 behind a byte order mark", f"\ufeff{PKCS8}", None),
        ("base64 of a PEM file with a byte order mark", in_base64(f"\ufeff{PKCS8}"), None),
        ("base64 of a PEM file behind an empty line", in_base64(f"\n{PKCS8}"), None),
        ("base64 of what openssl pkcs12 writes", in_base64(f"Bag Attributes\n{PKCS8}"), None),
        ("base64 of the PEM file", base64.b64encode(PKCS8.encode()).decode(), None),
        ("base64 of the encrypted PEM file", base64.b64encode(LOCKED.encode()).decode(), WORDS),
        ("our own encrypted PKCS#8", pair.private_key_pem(KEY, WORDS), WORDS),
        ("a passphrase that is not ASCII", pair.private_key_pem(KEY, "šésam 🗝"), "šésam 🗝"),
    ],
)
def test_is_read(case: str, text: str, passphrase: str | None) -> None:
    found = pair.read_private_key(text, passphrase)
    assert found.private_numbers() == KEY.private_numbers(), case


def flipped(pem: str, at: int) -> str:
    """Return the PEM with one character of its body changed."""
    return pem[:at] + ("A" if pem[at] != "A" else "B") + pem[at + 1 :]


DAMAGED = "is damaged: its base64 holds no private key."
NEITHER = "is neither PEM nor base64."
CUT = "is cut off: a BEGIN line has no END line of its kind."
NOT_BASE64 = "has characters in its PEM that are not base64."
MISSING = "is encrypted, and the secret has no passphrase."
NOT_NEEDED = "is not encrypted, but the secret has a passphrase."
WRONG = "is encrypted, and the secret's passphrase does not open it."
OF_THE_KIND = (
    "holds PEM of the kind {} instead of ENCRYPTED PRIVATE KEY or PRIVATE KEY or RSA PRIVATE KEY."
)


@pytest.mark.parametrize(
    ("case", "text", "passphrase", "said"),
    [
        ("words", "my key", None, NEITHER),
        ("a path", "/etc/keys/rsa_key.p8", None, NEITHER),
        ("letters beyond ASCII", "ключ", None, NEITHER),
        ("a lone surrogate", "\ud800", None, NEITHER),
        ("base64 of something else", "aGVsbG8gd29ybGQ=", None, DAMAGED),
        ("base64 without its last character", body(PKCS8).rstrip("=")[:-1], None, None),
        ("base64 that is cut", body(PKCS8)[:800], None, DAMAGED),
        ("the first line is missing", PKCS8.partition("\n")[2], None, NEITHER),
        ("PKCS#1 without its first line", PKCS1.partition("\n")[2], None, NEITHER),
        ("octets after the key", base64.b64encode(DER + b"more").decode(), None, DAMAGED),
        ("the last line is missing", PKCS8[:900], None, CUT),
        ("lines in the middle are missing", PKCS8[:100] + PKCS8[-100:], None, None),
        ("an END of another kind", PKCS8.replace("END ", "END RSA "), None, CUT),
        ("a character of the structure is changed", flipped(PKCS8, 32), None, DAMAGED),
        ("a star in the body", PKCS8[:200] + "*" + PKCS8[201:], None, NOT_BASE64),
        ("two keys", PKCS8 + PKCS8, None, "holds 2 PEM blocks instead of one."),
        ("a key and its public key", PKCS8 + PUBLIC, None, "holds 2 PEM blocks instead of one."),
        ("a public key", PUBLIC, None, OF_THE_KIND.format("PUBLIC KEY")),
        ("a public key's body", body(PUBLIC), None, DAMAGED),
        ("an OpenSSH key", OPENSSH, None, OF_THE_KIND.format("OPENSSH PRIVATE KEY")),
        ("an elliptic key", ELLIPTIC_PEM, None, OF_THE_KIND.format("EC PRIVATE KEY")),
        ("an elliptic PKCS#8", ELLIPTIC_PKCS8, None, "is a key of another kind than RSA."),
        (
            "a label of nobody's",
            PKCS8.replace("PRIVATE KEY", "hunter2"),
            None,
            OF_THE_KIND.format("another kind"),
        ),
        ("encrypted, no passphrase", LOCKED, None, MISSING),
        ("encrypted PKCS#1, no passphrase", OLD_LOCKED, None, MISSING),
        ("encrypted without markers, no passphrase", body(LOCKED), None, MISSING),
        ("encrypted, another passphrase", LOCKED, "open", WRONG),
        ("encrypted, a passphrase with a blank", LOCKED, f"{WORDS} ", WRONG),
        ("encrypted, a passphrase that is no UTF-8", LOCKED, "\ud800", WRONG),
        ("encrypted PKCS#1, another passphrase", OLD_LOCKED, "open", WRONG),
        ("encrypted PKCS#1 on one line", OLD_LOCKED.replace("\n", " "), WORDS, DAMAGED),
        ("not encrypted, a passphrase", PKCS8, WORDS, NOT_NEEDED),
        ("PKCS#1 not encrypted, a passphrase", PKCS1, WORDS, NOT_NEEDED),
        ("encrypted, damaged, a passphrase", body(LOCKED)[:700], WORDS, DAMAGED),
    ],
)
def test_is_refused_by_the_name_of_its_damage(
    case: str, text: str, passphrase: str | None, said: str | None
) -> None:
    with pytest.raises(UnreadableKey) as caught:
        pair.read_private_key(text, passphrase, "pem_private_key")
    found = caught.value.found
    assert said is None or found == f"pem_private_key {said}", case
    assert type(caught.value) is (
        PassphraseDoesNotFit if said in {MISSING, NOT_NEEDED, WRONG} else UnreadableKey
    )
    assert caught.value.__context__ is None, "a library's error could quote the secret"
    assert "hunter2" not in str(caught.value)
    assert not {text[n : n + 12] for n in range(30, len(text) - 42)} & pieces(str(caught.value))


def pieces(text: str) -> set[str]:
    return {text[n : n + 12] for n in range(len(text))}


@pytest.mark.parametrize(
    ("case", "text"),
    [
        ("PEM", PUBLIC),
        ("CRLF", PUBLIC.replace("\n", "\r\n")),
        (r"\n written out", PUBLIC.replace("\n", r"\n")),
        ("without markers", body(PUBLIC)),
        ("base64 of the PEM file", base64.b64encode(PUBLIC.encode()).decode()),
    ],
)
def test_a_public_key_is_read(case: str, text: str) -> None:
    assert pair.fingerprint(pair.read_public_key(text)) == keys.fingerprint("current"), case


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PKCS8, "holds PEM of the kind PRIVATE KEY instead of PUBLIC KEY or RSA PUBLIC KEY."),
        (body(PKCS8), "is damaged: its base64 holds no public key."),
        ("?", NEITHER),
    ],
)
def test_another_public_key_is_refused(text: str, said: str) -> None:
    with pytest.raises(UnreadableKey) as caught:
        pair.read_public_key(text, "rsa_public")
    assert caught.value.found == f"rsa_public {said}"


def test_the_unencrypted_pem_is_the_one_that_cryptography_writes() -> None:
    assert pair.private_key_pem(KEY) == PKCS8
