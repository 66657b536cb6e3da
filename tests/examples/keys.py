"""Private keys as PEM, made as the tests run."""

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from tests.shared import keys


def _pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def locked(pem: str, passphrase: str) -> str:
    """Return the same key, encrypted."""
    key = load_pem_private_key(pem.encode(), None)
    sealed = BestAvailableEncryption(passphrase.encode())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealed).decode()


PLAIN = keys.key_pair("current")[0]
LOCKED = locked(PLAIN, "right")
ELLIPTIC = _pem(ec.generate_private_key(ec.SECP256R1()))
SHORT = _pem(rsa.generate_private_key(65537, 1024))  # noqa: S505 - it is to be refused
