"""Whether a key's DER is encrypted, and what may come of a look at how."""

from dataclasses import dataclass

from cryptography.hazmat import asn1


@asn1.sequence
class _EncryptedPrivateKeyInfo:
    """RFC 5958, with the encryption's name and parameters unread."""

    encryption: asn1.TLV
    encrypted: bytes


@dataclass(frozen=True)
class Unknown:
    """Encrypted in a way that ``cryptography`` does not open; ``name`` is its usual name."""

    name: str


@dataclass(frozen=True)
class Costly:
    """To follow the field's name: "asks for 10,000,000 rounds …"."""

    what: str


def is_sealed(der: bytes) -> bool:
    """Tell whether a private key looks encrypted; keys.protection then reads how."""
    try:
        asn1.decode_der(_EncryptedPrivateKeyInfo, der)
    except ValueError:  # its text could quote the key
        return False
    return True
