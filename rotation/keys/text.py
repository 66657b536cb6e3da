r"""The text of a key field, brought to DER: PEM or base64, however its lines were treated.

Taken: PEM with LF, CRLF, spaces, nothing or the two characters ``\n`` between its lines; its body
alone, in base64 or base64url, padded or not; and the base64 of a whole PEM file. A byte order mark
and whatever stands around the PEM block are passed over. None of these can be taken for another:
base64 has no backslash and no hyphens in fives. Everything else is a Damage.
"""

import base64
import re
from dataclasses import dataclass

from rotation.keys import bounds
from rotation.rules.words import Sensitive

PRIVATE_LABELS = frozenset({"PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY"})
PUBLIC_LABELS = frozenset({"PUBLIC KEY", "RSA PUBLIC KEY"})
# RFC 7468, and what OpenSSL and OpenSSH write. Only these are named in a message: a label is
# text of the secret.
_NAMED_LABELS = (PRIVATE_LABELS | PUBLIC_LABELS) | {
    *("CERTIFICATE", "CERTIFICATE REQUEST"),
    *("EC PRIVATE KEY", "OPENSSH PRIVATE KEY", "DSA PRIVATE KEY"),
}
BEGIN, END = "-----BEGIN ", "-----END "
BLOCK = re.compile(r"-----BEGIN ([^-\n]{1,64})-----(.*?)-----END \1-----", re.DOTALL)
_WRITTEN_BREAK = re.compile(r"\\r\\n|\\n|\\r")
_WHITESPACE = re.compile(r"\s+")
BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True)
class Damage:
    """Why a text is no key, to follow the field's name: "… is cut off"."""

    what: str


@dataclass(frozen=True)
class TooManyMarkers:
    """More PEM markers than are looked at, to follow the field's name."""

    what: str


@dataclass(frozen=True)
class Der:
    """A key's DER."""

    octets: Sensitive[bytes]


@dataclass(frozen=True)
class TraditionalPem:
    """PEM whose encryption stands in headers (Proc-Type, DEK-Info), as OpenSSL once wrote it."""

    octets: Sensitive[bytes]


Content = Der | TraditionalPem | Damage | TooManyMarkers


def read(text: str, labels: frozenset[str]) -> Content:
    """Return the content of a key field whose PEM label is one of ``labels``."""
    lines = with_breaks(text)
    if BEGIN in lines:
        return _pem(lines, labels)
    octets = decode(lines)
    if octets is None:
        return Damage("is neither PEM nor base64")
    if BEGIN.encode() in octets:
        return _pem(octets.decode("utf-8", "replace"), labels)
    return Der(Sensitive(octets))


def with_breaks(text: str) -> str:
    r"""Return the text with line breaks where ``\n`` is written out, without a byte order mark."""
    return _WRITTEN_BREAK.sub("\n", text.removeprefix(BYTE_ORDER_MARK))


def decode(text: str) -> bytes | None:
    """Return what base64 or base64url stands for, None when the text is neither."""
    if END in text:  # its hyphens would pass as base64url
        return None
    compact = _WHITESPACE.sub("", text).replace("-", "+").replace("_", "/")
    padding = "=" * (-len(compact) % 4)
    try:
        return base64.b64decode(compact + padding, validate=True)
    except ValueError:  # its text could quote the key
        return None


def _pem(text: str, labels: frozenset[str]) -> Content:
    markers = text.count(BEGIN)
    if markers > bounds.MOST_PEM_MARKERS:
        return TooManyMarkers(
            f"holds {markers:,} PEM markers; at most {bounds.MOST_PEM_MARKERS} are looked at"
        )
    blocks = list(BLOCK.finditer(text))
    if markers != len(blocks):
        return Damage("is cut off: a BEGIN line has no END line of its kind")
    if len(blocks) > 1:
        return Damage(f"holds {len(blocks)} PEM blocks instead of one")
    if text[blocks[0].end() :].strip():
        return Damage("holds more than a key: there is text behind its PEM block")
    label, body = blocks[0].groups()
    return _block(label, body, labels)


def _block(label: str, body: str, labels: frozenset[str]) -> Content:
    if label not in labels:
        kind = label if label in _NAMED_LABELS else "another kind"
        return Damage(f"holds PEM of the kind {kind} instead of {' or '.join(sorted(labels))}")
    if ":" in body:
        return TraditionalPem(Sensitive(f"{BEGIN}{label}-----{body}{END}{label}-----\n".encode()))
    octets = decode(body)
    if octets is None:
        return Damage("has characters in its PEM that are not base64")
    return Der(Sensitive(octets))
