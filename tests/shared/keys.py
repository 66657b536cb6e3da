"""RSA keys for tests, made as they run and once a process: making one takes a while."""

import json
from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)

from rotation.keys import pair
from rotation.rules.words import Fingerprint

Null = object()  # for a JSON null: None leaves the field out
ACCOUNT = "MYORG-SANDBOX"
USER = "SVC_APP"


@cache
def key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:  # noqa: ARG001 (the cache's key)
    """Return the key of this name, always the same one."""
    return rsa.generate_private_key(65537, bits)


def locked(name: str, passphrase: str) -> str:
    """Return the key of this name as a team's tool encrypts it: 2,048 rounds, ours are 600,000."""
    kind = BestAvailableEncryption(passphrase.encode())
    return key(name).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, kind).decode()


def fingerprint(name: str) -> Fingerprint:
    return pair.fingerprint(key(name).public_key())


def secret_text(name: str, **fields: object) -> str:
    """Return a secret that holds the key of this name; ``fields`` replace or add."""
    content: dict[str, object] = {
        "account": ACCOUNT,
        "user": USER,
        "privateKey": pair.private_key_pem(key(name)),
        "publicKey": pair.public_key_pem(key(name).public_key()),
    }
    kept = {name: value for name, value in (content | fields).items() if value is not None}
    return json.dumps({name: None if value is Null else value for name, value in kept.items()})


def key_pair(name: str) -> tuple[str, str]:
    """Return the key of this name as the sandbox makes one: private key as PEM, and public key."""
    return pair.private_key_pem(key(name)), pair.public_key_pem(key(name).public_key())
