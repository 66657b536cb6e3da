"""How a PKCS#8 key is encrypted, read from its parameters before anything is derived.

EncryptedPrivateKeyInfo is RFC 5958, PBES1 and PBES2 are RFC 8018, scrypt is RFC 7914; the PBE
kinds of PKCS#12 are RFC 7292.
"""

import re
from collections.abc import Callable
from typing import TypeVar

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from rotation.keys import bounds, identifiers
from rotation.keys.sealed import Costly, Unknown

Structure = TypeVar("Structure")

_DEK_INFO = re.compile(rb"DEK-Info: ?([A-Z0-9-]{1,40}),")
_OPENED_BY_HEADER = {"AES-128-CBC", "AES-192-CBC", "AES-256-CBC", "DES-EDE3-CBC"}


@asn1.sequence
class _Algorithm:
    algorithm: ObjectIdentifier
    parameters: asn1.TLV


@asn1.sequence
class _EncryptedPrivateKeyInfo:
    encryption: _Algorithm
    encrypted: bytes


@asn1.sequence
class _Pbes1:
    salt: bytes
    iterations: int


@asn1.sequence
class _Pbes2:
    key_derivation: _Algorithm
    cipher: _Algorithm


@asn1.sequence
class _Prf:
    algorithm: ObjectIdentifier
    parameters: asn1.Null | None


@asn1.sequence
class _Pbkdf2:
    salt: bytes
    iterations: int
    key_length: int | None
    prf: _Prf | None


@asn1.sequence
class _Scrypt:
    salt: bytes
    cost: int
    block_size: int
    parallelization: int
    key_length: int | None


def examine(der: bytes) -> bytes | Unknown | Costly:
    """Return the DER to be opened, or why it must not or can't be.

    Returned as it is: what is not encrypted, damaged, or encrypted in a known way. Changed is a
    PBKDF2 whose PRF spells out the default, HMAC-SHA1, as JDK 17 writes it: DER leaves a default
    out, and ``cryptography`` from 45 on insists on that.
    """
    sealed = _decoded(_EncryptedPrivateKeyInfo, lambda kind: asn1.decode_der(kind, der))
    if sealed is None:
        return der
    found = sealed.encryption
    if found.algorithm.dotted_string != identifiers.PBES2:
        pbes1 = _decoded(_Pbes1, found.parameters.parse)
        return _unknown(found) or (pbes1 and _too_many(pbes1.iterations)) or der
    pbes2 = _decoded(_Pbes2, found.parameters.parse)
    if pbes2 is None:
        return der
    refused = _unknown(pbes2.cipher) or _unknown(pbes2.key_derivation)
    return refused or _examine_derivation(pbes2, sealed, der)


def examine_headers(pem: bytes) -> Unknown | None:
    """Return why a key can't be opened whose PEM names its encryption in the header DEK-Info.

    Its key is derived with one round of MD5: there is nothing that costs. RFC 1421, 4.6.1.3.
    """
    found = _DEK_INFO.search(pem)
    name = found.group(1).decode() if found else ""
    return Unknown(name) if name and name not in _OPENED_BY_HEADER else None


def _examine_derivation(
    pbes2: _Pbes2, sealed: _EncryptedPrivateKeyInfo, der: bytes
) -> bytes | Unknown | Costly:
    derivation = pbes2.key_derivation.parameters
    if pbes2.key_derivation.algorithm.dotted_string == identifiers.SCRYPT:
        scrypt = _decoded(_Scrypt, derivation.parse)
        if scrypt is None:
            return der
        return _scrypt_too_costly(scrypt) or _too_long(scrypt.key_length) or der
    pbkdf2 = _decoded(_Pbkdf2, derivation.parse)
    if pbkdf2 is None:
        return der
    refused = (pbkdf2.prf and _unknown(pbkdf2.prf)) or _too_many(pbkdf2.iterations)
    refused = refused or _too_long(pbkdf2.key_length)
    return refused or _without_spelled_out_default(pbkdf2, pbes2, sealed, der)


def _unknown(found: _Algorithm | _Prf) -> Unknown | None:
    identifier = found.algorithm.dotted_string
    if identifier in identifiers.OPENED:
        return None
    return Unknown(identifiers.NOT_OPENED.get(identifier, f"the algorithm {identifier}"))


def _too_many(rounds: int) -> Costly | None:
    if rounds <= bounds.MOST_DERIVATION_ROUNDS:
        return None
    return Costly(
        f"asks for {rounds:,} rounds of key derivation; "
        f"at most {bounds.MOST_DERIVATION_ROUNDS:,} are tried"
    )


def _too_long(key_bytes: int | None) -> Costly | None:
    if key_bytes is None or key_bytes <= bounds.LONGEST_DERIVED_KEY_BYTES:
        return None
    return Costly(f"asks for a derived key of {key_bytes:,} bytes; no cipher here takes that")


def _scrypt_too_costly(asked: _Scrypt) -> Costly | None:
    memory_bytes = 128 * asked.cost * asked.block_size
    work = asked.cost * asked.block_size * asked.parallelization
    if memory_bytes <= bounds.MOST_SCRYPT_BYTES and work <= bounds.MOST_SCRYPT_WORK:
        return None
    return Costly(
        f"asks scrypt for {memory_bytes // 2**20:,} MiB, {asked.parallelization:,} times over; "
        f"at most {bounds.MOST_SCRYPT_BYTES // 2**20} MiB and as much work are tried"
    )


def _without_spelled_out_default(
    pbkdf2: _Pbkdf2, pbes2: _Pbes2, sealed: _EncryptedPrivateKeyInfo, der: bytes
) -> bytes:
    if pbkdf2.prf is None or pbkdf2.prf.algorithm.dotted_string != identifiers.HMAC_SHA1:
        return der
    shorter = _Pbkdf2(
        salt=pbkdf2.salt, iterations=pbkdf2.iterations, key_length=pbkdf2.key_length, prf=None
    )
    derivation = _Algorithm(algorithm=pbes2.key_derivation.algorithm, parameters=_tlv(shorter))
    parameters = _tlv(_Pbes2(key_derivation=derivation, cipher=pbes2.cipher))
    encryption = _Algorithm(algorithm=sealed.encryption.algorithm, parameters=parameters)
    return asn1.encode_der(
        _EncryptedPrivateKeyInfo(encryption=encryption, encrypted=sealed.encrypted)
    )


def _tlv(structure: object) -> asn1.TLV:
    return asn1.decode_der(asn1.TLV, asn1.encode_der(structure))


def _decoded(
    kind: type[Structure], decode: Callable[[type[Structure]], Structure]
) -> Structure | None:
    try:
        return decode(kind)
    except ValueError:  # its text could quote the key
        return None
