"""RSA key pairs: generate, read, write, fingerprint.

Shapes that Snowflake wants: PKCS#8 for the private key, SubjectPublicKeyInfo (SPKI) for the
public one, RSA with at least 2048 bits.
https://docs.snowflake.com/en/user-guide/key-pair-auth
"""

import base64
import hashlib
import re
from collections.abc import Callable
from typing import TypeVar

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes

from rotation.errors import KeyTooShort, UnreadableKey
from rotation.model import Fingerprint

Loaded = TypeVar("Loaded")
KEY_SIZES_BITS = (2048, 3072, 4096)
_MINIMUM_BITS = 2048
_PUBLIC_EXPONENT = 65537
_ARMOUR = "-----BEGIN "
_WHITESPACE = re.compile(r"\s+")
# What cryptography raises for text that is no key, a wrong passphrase, or one too many.
_UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm)


def generate(key_size_bits: int) -> RSAPrivateKey:
    """Return a new RSA key of 2048, 3072 or 4096 bits."""
    return generate_private_key(_PUBLIC_EXPONENT, key_size_bits)


def read_private_key(text: str, passphrase: str | None = None) -> RSAPrivateKey:
    """Read a private key: PEM, or base64 of the DER when the markers were left out.

    Raises UnreadableKey (no RSA key, or the passphrase does not fit) and KeyTooShort.
    """
    key = _or_none(lambda: _load_private(text, passphrase.encode() if passphrase else None))
    if key is None:
        how = "with the secret's passphrase" if passphrase else "without a passphrase"
        raise UnreadableKey(f"privateKey can't be read as a private key {how}.")
    if not isinstance(key, RSAPrivateKey):
        raise UnreadableKey("privateKey is a key of another kind than RSA.")
    _require_minimum(key.key_size, "privateKey")
    return key


def read_public_key(text: str) -> RSAPublicKey:
    """Read a public key: SPKI as PEM, or as base64 without the markers.

    Raises UnreadableKey and KeyTooShort.
    """
    key = _or_none(lambda: _load_public(text))
    if key is None:
        raise UnreadableKey("publicKey can't be read as a public key.")
    if not isinstance(key, RSAPublicKey):
        raise UnreadableKey("publicKey is a key of another kind than RSA.")
    _require_minimum(key.key_size, "publicKey")
    return key


def private_key_pem(key: RSAPrivateKey, passphrase: str | None = None) -> str:
    """Return PKCS#8 PEM, encrypted when there is a passphrase."""
    encryption: serialization.KeySerializationEncryption = (
        serialization.BestAvailableEncryption(passphrase.encode())
        if passphrase
        else serialization.NoEncryption()
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption
    )
    return pem.decode()


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


def _from_base64(text: str) -> bytes:
    return base64.b64decode(_WHITESPACE.sub("", text), validate=True)


def _require_minimum(bits: int, field: str) -> None:
    if bits < _MINIMUM_BITS:
        raise KeyTooShort(f"{field} has {bits} bits; Snowflake accepts {_MINIMUM_BITS} and more.")


def _load_private(text: str, password: bytes | None) -> PrivateKeyTypes:
    if _ARMOUR in text:
        return serialization.load_pem_private_key(text.strip().encode(), password)
    return serialization.load_der_private_key(_from_base64(text), password)


def _load_public(text: str) -> PublicKeyTypes:
    if _ARMOUR in text:
        return serialization.load_pem_public_key(text.strip().encode())
    return serialization.load_der_public_key(_from_base64(text))


def _or_none(load: Callable[[], Loaded]) -> Loaded | None:
    # The library's error ends here, so that none of its text is in the chain of ours.
    try:
        return load()
    except _UNREADABLE:
        return None
