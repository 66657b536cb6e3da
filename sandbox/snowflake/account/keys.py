"""Public keys as Snowflake takes them, with fingerprint code of this sandbox's own.

The product computes fingerprints too; sharing its code would let one bug agree with itself.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

from sandbox.snowflake.answers.refusals import SnowflakeError, key_rejected

# [D] user-guide/key-pair-auth: RSA of at least 2048 bits.
MINIMUM_BITS = 2048

_ARMOUR = re.compile(r"\s*-----BEGIN PUBLIC KEY-----(.*)-----END PUBLIC KEY-----\s*", re.DOTALL)


def fingerprint(key: RSAPublicKey) -> str:
    """Return ``SHA256:`` and the base64 of the SHA-256 over the key's SPKI DER ([D])."""
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return "SHA256:" + base64.b64encode(hashlib.sha256(der).digest()).decode("ascii")


def parse_public_key(text: str) -> RSAPublicKey:
    """Read a key as ``SET RSA_PUBLIC_KEY`` takes it: base64 of SPKI DER.

    PEM armour and white space are allowed ([2nd]). EC keys are refused as invalid: this
    sandbox stands for RSA slots only.

    Raises:
        SnowflakeError: 390000, not an RSA public key or one that is too short.

    """
    armoured = _ARMOUR.fullmatch(text)
    body = "".join((armoured.group(1) if armoured else text).split())
    try:
        key = load_der_public_key(base64.b64decode(body, validate=True))
    except (binascii.Error, ValueError, UnsupportedAlgorithm) as error:
        raise SnowflakeError(key_rejected("Invalid Public key")) from error
    if not isinstance(key, RSAPublicKey):
        raise SnowflakeError(key_rejected("Invalid Public key"))
    if key.key_size < MINIMUM_BITS:
        reason = f"Key length {key.key_size} is smaller than minimal requirement of {MINIMUM_BITS}."
        raise SnowflakeError(key_rejected(reason))
    return key
