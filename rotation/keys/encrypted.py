"""PKCS#8 encrypted with a passphrase: PBES2 with PBKDF2-HMAC-SHA256 and AES-256-CBC.

``cryptography`` writes the same shape, but with 2048 iterations that can't be changed. The
structures are those of RFC 5958 (EncryptedPrivateKeyInfo) and RFC 8018, appendix A.

Every client of docs/clients.md that takes an encrypted key reads this shape. scrypt would be
stronger, but neither Java's providers nor .NET's are known to read it in PKCS#8.
"""

import secrets

from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.x509 import ObjectIdentifier

# OWASP's number for PBKDF2-HMAC-SHA256. Measured: 0.1 s of CPU on a core of 2026, each time a
# key is read or written; a Lambda function with 512 MB has 0.29 of a core.
# https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
ITERATIONS = 600_000
_SALT_BYTES = 16
_KEY_BYTES = 32
_BLOCK_BYTES = 16
_MISREAD_SECOND_BYTE = 0x0E
_PBES2 = ObjectIdentifier("1.2.840.113549.1.5.13")
_PBKDF2 = ObjectIdentifier("1.2.840.113549.1.5.12")
_HMAC_SHA256 = ObjectIdentifier("1.2.840.113549.2.9")
_AES_256_CBC = ObjectIdentifier("2.16.840.1.101.3.4.1.42")


@asn1.sequence
class _Prf:
    algorithm: ObjectIdentifier
    parameters: asn1.Null


@asn1.sequence
class _Pbkdf2Parameters:
    salt: bytes
    iterations: int
    prf: _Prf


@asn1.sequence
class _KeyDerivation:
    algorithm: ObjectIdentifier
    parameters: _Pbkdf2Parameters


@asn1.sequence
class _Cipher:
    algorithm: ObjectIdentifier
    initialization_vector: bytes


@asn1.sequence
class _Pbes2Parameters:
    key_derivation: _KeyDerivation
    cipher: _Cipher


@asn1.sequence
class _Encryption:
    algorithm: ObjectIdentifier
    parameters: _Pbes2Parameters


@asn1.sequence
class _EncryptedPrivateKeyInfo:
    encryption: _Encryption
    encrypted: bytes


def encrypt(pkcs8_der: bytes, passphrase: str) -> bytes:
    """Return DER of an EncryptedPrivateKeyInfo with a fresh salt and initialization vector."""
    salt, vector = _drawn(_SALT_BYTES), _drawn(_BLOCK_BYTES)
    kdf = PBKDF2HMAC(hashes.SHA256(), _KEY_BYTES, salt, ITERATIONS)
    prf = _Prf(algorithm=_HMAC_SHA256, parameters=asn1.Null())
    pbkdf2 = _Pbkdf2Parameters(salt=salt, iterations=ITERATIONS, prf=prf)
    parameters = _Pbes2Parameters(
        key_derivation=_KeyDerivation(algorithm=_PBKDF2, parameters=pbkdf2),
        cipher=_Cipher(algorithm=_AES_256_CBC, initialization_vector=vector),
    )
    sealed = _EncryptedPrivateKeyInfo(
        encryption=_Encryption(algorithm=_PBES2, parameters=parameters),
        encrypted=_aes_256_cbc(kdf.derive(passphrase.encode()), vector, pkcs8_der),
    )
    return asn1.encode_der(sealed)


def _drawn(count: int) -> bytes:
    """Return random bytes that jsrsasign reads: it misreads those whose second one is 0x0e.

    jsrsasign 11.1.5 opens what is encrypted here, except for one key in 128; see docs/clients.md.
    """
    while True:
        octets = secrets.token_bytes(count)
        if octets[1] != _MISREAD_SECOND_BYTE:
            return octets


def _aes_256_cbc(key: bytes, vector: bytes, plain: bytes) -> bytes:
    padder = padding.PKCS7(8 * _BLOCK_BYTES).padder()
    encryptor = Cipher(algorithms.AES256(key), modes.CBC(vector)).encryptor()
    return encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
