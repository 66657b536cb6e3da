r"""The text of a key field, brought to DER: PEM or base64, however its lines were treated.

Taken: PEM with LF, CRLF, spaces or the two characters ``\n`` between its lines; its body
alone, in base64 or base64url; and the base64 of a whole PEM file. None of these can be taken
for another: base64 has no backslash and no hyphens in fives. Everything else is a Damage.
"""

import base64
import re
from dataclasses import dataclass

from rotation.rules.words import Sensitive

PRIVATE_LABELS = frozenset({"PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY"})
PUBLIC_LABELS = frozenset({"PUBLIC KEY"})
# RFC 7468, and what OpenSSL and OpenSSH write. Only these are named in a message: a label is
# text of the secret.
_NAMED_LABELS = (PRIVATE_LABELS | PUBLIC_LABELS) | {
    *("CERTIFICATE", "CERTIFICATE REQUEST", "RSA PUBLIC KEY"),
    *("EC PRIVATE KEY", "OPENSSH PRIVATE KEY", "DSA PRIVATE KEY"),
}
_BEGIN, _END = "-----BEGIN ", "-----END "
_BLOCK = re.compile(r"-----BEGIN ([^-\n]{1,64})-----(.*?)-----END \1-----", re.DOTALL)
_WRITTEN_BREAK = re.compile(r"\\r\\n|\\n|\\r")
_WHITESPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Damage:
    """Why a text is no key, to follow the field's name: "… is cut off"."""

    what: str


@dataclass(frozen=True)
class Der:
    """A key's DER."""

    octets: Sensitive[bytes]


@dataclass(frozen=True)
class TraditionalPem:
    """PEM whose encryption stands in headers (Proc-Type, DEK-Info), as OpenSSL once wrote it."""

    octets: Sensitive[bytes]


def read(text: str, labels: frozenset[str]) -> Der | TraditionalPem | Damage:
    """Return the content of a key field whose PEM label is one of ``labels``."""
    lines = _WRITTEN_BREAK.sub("\n", text)
    if _BEGIN in lines:
        return _pem(lines, labels)
    octets = _base64(lines)
    if octets is not None and octets.startswith(_BEGIN.encode()):
        return _pem(octets.decode("ascii", "replace"), labels)
    return Damage("is neither PEM nor base64") if octets is None else Der(Sensitive(octets))


def _pem(text: str, labels: frozenset[str]) -> Der | TraditionalPem | Damage:
    blocks = _BLOCK.findall(text)
    if text.count(_BEGIN) != len(blocks):
        return Damage("is cut off: a BEGIN line has no END line of its kind")
    if len(blocks) > 1:
        return Damage(f"holds {len(blocks)} PEM blocks instead of one")
    label, body = blocks[0]
    if label not in labels:
        kind = label if label in _NAMED_LABELS else "another kind"
        return Damage(f"holds PEM of the kind {kind} instead of {' or '.join(sorted(labels))}")
    if ":" in body:
        block = f"{_BEGIN}{label}-----{body}{_END}{label}-----\n"
        return TraditionalPem(Sensitive(block.encode()))
    octets = _base64(body)
    if octets is None:
        return Damage("has characters in its PEM that are not base64")
    return Der(Sensitive(octets))


def _base64(text: str) -> bytes | None:
    compact = _WHITESPACE.sub("", text).replace("-", "+").replace("_", "/")
    if _END in text:  # its hyphens would pass as base64url
        return None
    try:
        return base64.b64decode(compact, validate=True)
    except ValueError:  # its text could quote the key
        return None
