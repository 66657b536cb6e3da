"""RSA key pairs: generate, read, write, fingerprint.

Shapes that Snowflake wants: PKCS#8 for the private key, SubjectPublicKeyInfo (SPKI) for the
public one, RSA with at least 2048 bits.
https://docs.snowflake.com/en/user-guide/key-pair-auth
"""

import base64
import hashlib
import textwrap

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)

from rotation.errors.secret import (
    KeyTooCostly,
    KeyTooShort,
    PassphraseDoesNotFit,
    UnknownKeyEncryption,
    UnreadableKey,
)
from rotation.keys import bounds, loading, pkcs1
from rotation.keys import text as key_text
from rotation.keys.consistency import inconsistency
from rotation.keys.loading import Locked
from rotation.keys.sealed import Costly, Unknown, is_sealed
from rotation.keys.text import Damage, Der, TooManyMarkers, TraditionalPem
from rotation.rules.words import Fingerprint

_MINIMUM_BITS = 2048
_PUBLIC_EXPONENT = 65537
_PEM_LINE = 64


def generate(key_size_bits: int) -> RSAPrivateKey:
    """Return a new RSA key of 2048, 3072 or 4096 bits."""
    return generate_private_key(_PUBLIC_EXPONENT, key_size_bits)


def read_private_key(
    text: str, passphrase: str | None = None, field: str = "privateKey"
) -> RSAPrivateKey:
    """Read a private key in any shape of key_text: PKCS#8, encrypted or not, or PKCS#1.

    ``field`` is the name for messages. Raises UnreadableKey, PassphraseDoesNotFit, KeyTooShort.
    """
    content = _content(text, key_text.PRIVATE_LABELS, field)
    octets = content.octets.reveal()
    words = passphrase.encode(errors="surrogatepass") if passphrase else None
    load = loading.load_pem if isinstance(content, TraditionalPem) else loading.load_der
    key = load(_openable(content, field), words)
    if isinstance(key, Locked):
        raise PassphraseDoesNotFit(f"{field} {key.why}.")
    if key is None and pkcs1.has_more_than_two_primes(octets):
        raise UnreadableKey(f"{field} is an RSA key of more than two primes; those are not read.")
    if key is None:
        raise UnreadableKey(f"{field} is damaged: its base64 holds no private key.")
    if not isinstance(key, RSAPrivateKey):
        raise UnreadableKey(f"{field} is a key of another kind than RSA.")
    _require_size(key.key_size, field)
    if wrong := inconsistency(key):
        raise UnreadableKey(f"{field} is damaged: {wrong}.")
    return key


def read_public_key(text: str, field: str = "publicKey") -> RSAPublicKey:
    """Read a public key: SPKI as PEM, or as base64 without the markers.

    Raises UnreadableKey and KeyTooShort.
    """
    key = loading.load_public(_content(text, key_text.PUBLIC_LABELS, field).octets.reveal())
    if key is None:
        raise UnreadableKey(f"{field} is damaged: its base64 holds no public key.")
    if not isinstance(key, RSAPublicKey):
        raise UnreadableKey(f"{field} is a key of another kind than RSA.")
    _require_size(key.key_size, field)
    return key


def private_key_pem(
    key: RSAPrivateKey, passphrase: str | None = None, *, traditional: bool = False
) -> str:
    """Return PKCS#8 PEM, encrypted when there is a passphrase; see keys.encrypted.

    ``traditional`` is PKCS#1, whose encryption stands in headers of the PEM.
    """
    if traditional:
        return _traditional_pem(key, passphrase)
    der = private_key_der(key)
    if passphrase is None:
        return _pem("PRIVATE KEY", der)
    from rotation.keys import encrypted  # noqa: PLC0415 (loads x509: 5 MB that few secrets need)

    return _pem("ENCRYPTED PRIVATE KEY", encrypted.encrypt(der, passphrase))


def private_key_der(key: RSAPrivateKey) -> bytes:
    """Return unencrypted PKCS#8 DER: the form that connector 4.8 and 5.2 both take."""
    return key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def public_key_pem(key: RSAPublicKey, *, traditional: bool = False) -> str:
    """Return SPKI PEM; ``traditional`` is PKCS#1."""
    kinds = serialization.PublicFormat
    kind = kinds.PKCS1 if traditional else kinds.SubjectPublicKeyInfo
    return key.public_bytes(serialization.Encoding.PEM, kind).decode()


def is_traditional(text: str) -> bool:
    """Tell whether a text that read_private_key or read_public_key takes is PKCS#1."""
    content = key_text.read(text, key_text.PRIVATE_LABELS | key_text.PUBLIC_LABELS)
    if isinstance(content, TraditionalPem):
        return True
    return isinstance(content, Der) and pkcs1.is_pkcs1(content.octets.reveal())


def _traditional_pem(key: RSAPrivateKey, passphrase: str | None) -> str:
    kind: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase is not None:
        kind = serialization.BestAvailableEncryption(passphrase.encode())
    shape = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, shape, kind).decode()


def public_key_body(key: RSAPublicKey) -> str:
    """Return the SPKI as one line of base64 without PEM markers, as ALTER USER wants it."""
    return base64.b64encode(_spki(key)).decode()


def fingerprint(key: RSAPublicKey) -> Fingerprint:
    """Return ``SHA256:`` and the base64 SHA-256 of the SPKI DER, as DESC USER shows it."""
    digest = base64.b64encode(hashlib.sha256(_spki(key)).digest()).decode()
    return Fingerprint(f"SHA256:{digest}")


def _spki(key: RSAPublicKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _pem(label: str, der: bytes) -> str:
    body = textwrap.wrap(base64.b64encode(der).decode(), _PEM_LINE)
    return "\n".join([f"-----BEGIN {label}-----", *body, f"-----END {label}-----", ""])


def _require_size(bits: int, field: str) -> None:
    if bits < _MINIMUM_BITS:
        raise KeyTooShort(f"{field} has {bits} bits; Snowflake accepts {_MINIMUM_BITS} and more.")
    if bits > bounds.MOST_MODULUS_BITS:
        raise KeyTooCostly(
            f"{field} has {bits:,} bits; at most {bounds.MOST_MODULUS_BITS:,} are read."
        )


def _content(text: str, labels: frozenset[str], field: str) -> Der | TraditionalPem:
    content = key_text.read(text, labels)
    if isinstance(content, TooManyMarkers):
        raise KeyTooCostly(f"{field} {content.what}.")
    if isinstance(content, Damage):
        raise UnreadableKey(f"{field} {content.what}.")
    return content


def _openable(content: Der | TraditionalPem, field: str) -> bytes:
    """Return what may be opened. Raises KeyTooCostly and UnknownKeyEncryption."""
    octets = content.octets.reveal()
    if isinstance(content, Der) and not is_sealed(octets):
        return octets
    from rotation.keys import protection  # noqa: PLC0415 (as for keys.encrypted)

    found: bytes | Costly | Unknown
    if isinstance(content, TraditionalPem):
        found = protection.examine_headers(octets) or octets
    else:
        found = protection.examine(octets)
    if isinstance(found, Costly):
        raise KeyTooCostly(f"{field} {found.what}.")
    if isinstance(found, Unknown):
        raise UnknownKeyEncryption(
            f"{field} is encrypted with {found.name}; that is not read here."
        )
    return found
