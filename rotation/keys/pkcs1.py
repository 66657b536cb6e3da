"""RSA keys of PKCS#1, which have no name of their algorithm: RFC 8017, appendix A.1."""

from typing import TypeVar

from cryptography.hazmat import asn1

Structure = TypeVar("Structure")


@asn1.sequence
class _OtherPrime:
    prime: int
    exponent: int
    coefficient: int


@asn1.sequence
class _PrivateKey:
    version: int
    modulus: int
    public_exponent: int
    private_exponent: int
    prime1: int
    prime2: int
    exponent1: int
    exponent2: int
    coefficient: int
    others: list[_OtherPrime] | None


@asn1.sequence
class _PublicKey:
    modulus: int
    public_exponent: int


@asn1.sequence
class _Algorithm:
    algorithm: asn1.TLV
    parameters: asn1.Null


@asn1.sequence
class _PrivateKeyInfo:
    version: int
    algorithm: _Algorithm
    key: bytes


def is_pkcs1(der: bytes) -> bool:
    """Tell whether a key's DER is PKCS#1, private or public, and neither PKCS#8 nor SPKI."""
    return _decoded(_PrivateKey, der) is not None or _decoded(_PublicKey, der) is not None


def has_more_than_two_primes(der: bytes) -> bool:
    """Tell whether a private key, in PKCS#8 or not, has further primes, which few tools read."""
    info = _decoded(_PrivateKeyInfo, der)
    key = _decoded(_PrivateKey, info.key if info else der)
    return key is not None and bool(key.others)


def _decoded(kind: type[Structure], der: bytes) -> Structure | None:
    try:
        return asn1.decode_der(kind, der)
    except ValueError:  # its text could quote the key
        return None
