"""RSA key pairs: generate, read, write, fingerprint.

Shapes that Snowflake wants: PKCS#8 for the private key, SubjectPublicKeyInfo (SPKI) for the
public one, RSA with at least 2048 bits.
https://docs.snowflake.com/en/user-guide/key-pair-auth
"""

import base64
import hashlib
import textwrap

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes

from rotation.errors.secret import KeyTooShort, PassphraseDoesNotFit, UnreadableKey
from rotation.keys import encrypted
from rotation.keys import text as key_text
from rotation.keys.consistency import inconsistency
from rotation.keys.text import Damage, TraditionalPem
from rotation.rules.words import Fingerprint

KEY_SIZES_BITS = (2048, 3072, 4096)
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
    content = key_text.read(text, key_text.PRIVATE_LABELS)
    if isinstance(content, Damage):
        raise UnreadableKey(f"{field} {content.what}.")
    load = _load_pem if isinstance(content, TraditionalPem) else _load_der
    key = load(
        content.octets.reveal(), passphrase.encode(errors="surrogatepass") if passphrase else None
    )
    if isinstance(key, _Locked):
        raise PassphraseDoesNotFit(f"{field} {key.why}.")
    if key is None:
        raise UnreadableKey(f"{field} is damaged: its base64 holds no private key.")
    if not isinstance(key, RSAPrivateKey):
        raise UnreadableKey(f"{field} is a key of another kind than RSA.")
    _require_minimum(key.key_size, field)
    if wrong := inconsistency(key):
        raise UnreadableKey(f"{field} is damaged: {wrong}.")
    return key


def read_public_key(text: str, field: str = "publicKey") -> RSAPublicKey:
    """Read a public key: SPKI as PEM, or as base64 without the markers.

    Raises UnreadableKey and KeyTooShort.
    """
    content = key_text.read(text, key_text.PUBLIC_LABELS)
    if isinstance(content, Damage):
        raise UnreadableKey(f"{field} {content.what}.")
    key = _load_public(content.octets.reveal())
    if key is None:
        raise UnreadableKey(f"{field} is damaged: its base64 holds no public key.")
    if not isinstance(key, RSAPublicKey):
        raise UnreadableKey(f"{field} is a key of another kind than RSA.")
    _require_minimum(key.key_size, field)
    return key


def private_key_pem(key: RSAPrivateKey, passphrase: str | None = None) -> str:
    """Return PKCS#8 PEM, encrypted when there is a passphrase; see encrypted_key."""
    der = private_key_der(key)
    if passphrase is None:
        return _pem("PRIVATE KEY", der)
    return _pem("ENCRYPTED PRIVATE KEY", encrypted.encrypt(der, passphrase))


def private_key_der(key: RSAPrivateKey) -> bytes:
    """Return unencrypted PKCS#8 DER: the form that connector 4.8 and 5.2 both take."""
    return key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def public_key_pem(key: RSAPublicKey) -> str:
    """Return SPKI PEM."""
    pem = key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return pem.decode()


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


def _require_minimum(bits: int, field: str) -> None:
    if bits < _MINIMUM_BITS:
        raise KeyTooShort(f"{field} has {bits} bits; Snowflake accepts {_MINIMUM_BITS} and more.")


# The library's own check of RSA keys is left out: keys.consistency takes its place for every key
# that leaves read_private_key. The library's errors end below, so that none of their text is in
# the chain of ours. TypeError: a passphrase is missing, or given and not needed. ValueError: a
# wrong passphrase, or no key at all.
# https://cryptography.io/en/latest/hazmat/primitives/asymmetric/serialization/


class _Locked:
    """A passphrase that does not fit, to follow the field's name."""

    def __init__(self, why: str) -> None:
        self.why = why


_MISSING = _Locked("is encrypted, and the secret has no passphrase")
_NOT_NEEDED = _Locked("is not encrypted, but the secret has a passphrase")
_WRONG = _Locked("is encrypted, and the secret's passphrase does not open it")


def _load_der(octets: bytes, passphrase: bytes | None) -> PrivateKeyTypes | _Locked | None:
    try:
        return serialization.load_der_private_key(
            octets, passphrase, unsafe_skip_rsa_key_validation=True
        )
    except TypeError:
        return _NOT_NEEDED if passphrase else _MISSING
    except (ValueError, UnsupportedAlgorithm):
        pass
    return _WRONG if passphrase and _load_der(octets, None) is _MISSING else None


def _load_pem(octets: bytes, passphrase: bytes | None) -> PrivateKeyTypes | _Locked | None:
    try:
        return serialization.load_pem_private_key(
            octets, passphrase, unsafe_skip_rsa_key_validation=True
        )
    except TypeError:
        return _NOT_NEEDED if passphrase else _MISSING
    except (ValueError, UnsupportedAlgorithm):
        pass
    return _WRONG if passphrase and _load_pem(octets, None) is _MISSING else None


def _load_public(octets: bytes) -> PublicKeyTypes | None:
    try:
        return serialization.load_der_public_key(octets)
    except (ValueError, UnsupportedAlgorithm):
        return None
