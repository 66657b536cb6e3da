"""Keys loaded by the library, whose errors end here: none of their text is in the chain of ours.

TypeError: a passphrase is missing, or given and not needed. ValueError: a wrong passphrase, or no
key at all. The library's own check of RSA keys is left out: keys.consistency takes its place for
every key that leaves pair.read_private_key.
https://cryptography.io/en/latest/hazmat/primitives/asymmetric/serialization/
"""

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes


class Locked:
    """A passphrase that does not fit, to follow the field's name."""

    def __init__(self, why: str) -> None:
        self.why = why


_MISSING = Locked("is encrypted, and the secret has no passphrase")
_NOT_NEEDED = Locked("is not encrypted, but the secret has a passphrase")
_WRONG = Locked("is encrypted, and the secret's passphrase does not open it")


def load_der(octets: bytes, passphrase: bytes | None) -> PrivateKeyTypes | Locked | None:
    """Load PKCS#8 or PKCS#1 DER, None when it holds no private key."""
    try:
        return serialization.load_der_private_key(
            octets, passphrase, unsafe_skip_rsa_key_validation=True
        )
    except TypeError:
        return _NOT_NEEDED if passphrase else _MISSING
    except (ValueError, UnsupportedAlgorithm):
        pass
    return _WRONG if passphrase and load_der(octets, None) is _MISSING else None


def load_pem(octets: bytes, passphrase: bytes | None) -> PrivateKeyTypes | Locked | None:
    """Load PEM, None when it holds no private key."""
    try:
        return serialization.load_pem_private_key(
            octets, passphrase, unsafe_skip_rsa_key_validation=True
        )
    except TypeError:
        return _NOT_NEEDED if passphrase else _MISSING
    except (ValueError, UnsupportedAlgorithm):
        pass
    return _WRONG if passphrase and load_pem(octets, None) is _MISSING else None


def load_public(octets: bytes) -> PublicKeyTypes | None:
    """Load SPKI or PKCS#1 DER, None when it holds no public key."""
    try:
        return serialization.load_der_public_key(octets)
    except (ValueError, UnsupportedAlgorithm):
        return None
