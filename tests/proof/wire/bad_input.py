"""Events and secrets that nobody should send, as Hypothesis strategies."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import strategies as st

from sandbox.stack import ACCOUNT, USER
from tests.proof.wire.bench import STEPS
from tests.shared import keys

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

LARGEST_BYTES = 65_536
PEM, PUBLIC = keys.key_pair("current")
_KEY = keys.key("previous")

HOSTILE = (
    "'; DROP USER ADMIN; --",
    '"; ALTER USER ADMIN UNSET RSA_PUBLIC_KEY; --',
    f"{USER}\" SET RSA_PUBLIC_KEY = 'MIIB' --",
    "evil.example.com/",
    "evil.example.com#",
    "evil.example.com?x=",
    "a@evil.example.com",
    "127.0.0.1:1",
    "//evil.example.com",
    "..",
    "ORG-ACCOUNT\r\nHost: evil.example.com",
    "%0d%0aHost:%20evil",
    "\N{FULLWIDTH FULL STOP}evil",
    "\N{CYRILLIC SMALL LETTER DZE}vc",
    "\u202egnp.exe",
    "\x00",
    "${jndi:ldap://evil}",
    "{{7*7}}",
    "\ud800",
    "A\udfff",
    "😀" * 64,
    "a" * 300,
    "-",
    "_",
    " ",
)


def _written(key: PrivateKeyTypes, encoding: Encoding, form: PrivateFormat) -> str:
    raw = key.private_bytes(encoding, form, NoEncryption())
    return raw.decode() if encoding is Encoding.PEM else base64.b64encode(raw).decode()


def _locked() -> str:
    kind = BestAvailableEncryption(b"another passphrase")
    return _KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, kind).decode()


# Keys of every kind that is none of ours, or can't be opened.
WRONG_KEYS = (
    *(
        _written(key, encoding, PrivateFormat.PKCS8)
        for key in (
            ec.generate_private_key(ec.SECP256R1()),
            ed25519.Ed25519PrivateKey.generate(),
            dsa.generate_private_key(1024),  # noqa: S505 - to be refused
            rsa.generate_private_key(65537, 1024),  # noqa: S505 - to be refused
        )
        for encoding in (Encoding.PEM, Encoding.DER)
    ),
    _written(ed25519.Ed25519PrivateKey.generate(), Encoding.PEM, PrivateFormat.OpenSSH),
    _locked(),
    PUBLIC,
    "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----",
)


@st.composite
def _damaged(draw: st.DrawFn) -> str:
    """Return a good key that was cut, or had something put in, where it matters."""
    place = draw(st.integers(30, len(PEM) - 60))
    kind = draw(st.sampled_from(["cut", "drop", "insert", "swap"]))
    extra = draw(st.sampled_from(["\x00", "é", "\ud800", "-----", "=", "!"]))
    return {
        "cut": PEM[:place],
        "drop": PEM[:place] + PEM[place + 7 :],
        "insert": PEM[:place] + extra + PEM[place:],
        "swap": PEM[:place] + PEM[place : place + 9][::-1] + PEM[place + 9 :],
    }[kind]


any_text = st.text(st.characters(), max_size=200) | st.sampled_from(HOSTILE)
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
    max_leaves=12,
)
_no_text: st.SearchStrategy[Any] = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([[], {}])
    | any_text.map(lambda text: [text])
)
bad_keys = st.sampled_from(WRONG_KEYS) | _damaged() | any_text | _no_text
bad_texts = st.sampled_from(HOSTILE) | any_text | _no_text


@st.composite
def bad_fields(draw: st.DrawFn) -> str:
    """Return a secret with one field spoiled or missing."""
    content: dict[str, Any] = {
        "account": ACCOUNT,
        "user": USER,
        "privateKey": PEM,
        "publicKey": PUBLIC,
        "more": draw(any_json),
    }
    spoiled = draw(st.sampled_from(["account", "user", "privateKey", "publicKey", "passphrase"]))
    if spoiled in ("publicKey", "passphrase"):
        # Without them, or with nothing in them, a secret is a good one.
        content[spoiled] = draw((bad_keys if spoiled == "publicKey" else bad_texts).filter(bool))
    elif draw(st.booleans()):
        del content[spoiled]
    else:
        content[spoiled] = draw(bad_keys if spoiled == "privateKey" else bad_texts)
    return json.dumps(content, ensure_ascii=draw(st.booleans()))


deep = st.integers(1, 30_000).map(lambda depth: "[" * depth + "]" * depth)
deep_objects = st.integers(1, 10_000).map(lambda depth: '{"a":' * depth + "1" + "}" * depth)
bad_secrets = (
    bad_fields()
    | any_json.map(json.dumps)
    | any_text
    | deep
    | deep_objects
    | st.sampled_from(["", "{}", "[]", "null", "NaN", '{"a":1,"a":2}', "x" * LARGEST_BYTES])
    | st.integers(1, 64).map(lambda n: json.dumps({"user": "u" * (n * 1000)}))
).filter(lambda text: len(text.encode("utf-8", "surrogatepass")) <= LARGEST_BYTES)

_some_step = st.sampled_from(STEPS) | any_text | any_json
bad_events = any_json | st.fixed_dictionaries(
    {},
    optional={
        "Step": _some_step,
        "SecretId": any_text | any_json | st.just("x" * LARGEST_BYTES),
        "ClientRequestToken": any_text | any_json,
        "RotationToken": any_text | any_json,
    },
)
