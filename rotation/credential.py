"""A secret's content as a Snowflake key-pair credential.

The field names are those of AWS's own type ``SnowflakeKeyPairAuthentication``, so that a
secret can move between the two unchanged: ``account``, ``user``, ``privateKey`` and the
optional ``publicKey`` and ``passphrase``.
https://docs.aws.amazon.com/secretsmanager/latest/mes/mes-partner-Snowflake.html
"""

import re
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from rotation import keypair
from rotation.errors import InvalidAccount, InvalidUser, KeyPairMismatch, SecretTooLarge
from rotation.model import Fingerprint, Sensitive
from rotation.secret_document import SecretDocument

# ORGANIZATION-ACCOUNT, LOCATOR, LOCATOR.region, LOCATOR.region.cloud, each with or without
# .privatelink or .global: up to four labels of a host name. Nothing else may become part of one.
# https://docs.snowflake.com/en/user-guide/admin-account-identifier
_ACCOUNT = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9-]{1,63}){0,3}"
)
# The connector appends it itself.
_HOST = ".snowflakecomputing."
# https://docs.snowflake.com/en/sql-reference/identifiers
_LONGEST_IDENTIFIER = 255
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
_LARGEST_VALUE_BYTES = 65_536


@dataclass(frozen=True, repr=False)
class Credential:
    """What a secret version proves to Snowflake: who, and with which key."""

    account: str
    user: str
    private_key: Sensitive[RSAPrivateKey]
    document: SecretDocument
    passphrase: Sensitive[str] | None

    @property
    def identity(self) -> tuple[str, str]:
        """Account and user: what must not change in a rotation."""
        return self.account, self.user

    @property
    def fingerprint(self) -> Fingerprint:
        """The fingerprint of the key's public half."""
        return keypair.fingerprint(self.private_key.reveal().public_key())

    @property
    def public_key_body(self) -> str:
        """The public key as ALTER USER wants it."""
        return keypair.public_key_body(self.private_key.reveal().public_key())

    def __repr__(self) -> str:
        """Show who it is, never the key."""
        return f"Credential(account={self.account!r}, user={self.user!r}, private_key=***)"


def read(text: Sensitive[str]) -> Credential:
    """Read a secret's value. Raises a MalformedSecret that names what is wrong."""
    document = SecretDocument(text)
    account = _account(document.required_text("account"))
    user = _user(document.required_text("user"))
    passphrase = document.optional_text("passphrase") or None
    key = keypair.read_private_key(document.required_text("privateKey"), passphrase)
    _require_own_public_key(document, key)
    sealed = Sensitive(passphrase) if passphrase else None
    return Credential(account, user, Sensitive(key), document, sealed)


def renewed(old: Credential, key: RSAPrivateKey) -> Sensitive[str]:
    """Return the secret's text with ``key`` in it and every other field untouched.

    A secret with a passphrase gets its new key encrypted with the same passphrase, because
    the passphrase is one of the fields that stay. Raises SecretTooLarge.
    """
    passphrase = old.passphrase.reveal() if old.passphrase else None
    text = old.document.with_texts(
        {
            "privateKey": keypair.private_key_pem(key, passphrase),
            "publicKey": keypair.public_key_pem(key.public_key()),
        }
    )
    size_bytes = len(text.reveal().encode(errors="surrogatepass"))
    if size_bytes > _LARGEST_VALUE_BYTES:
        raise SecretTooLarge(
            f"The secret with its new key would have {size_bytes} bytes; "
            f"Secrets Manager holds {_LARGEST_VALUE_BYTES}."
        )
    return text


def _account(account: str) -> str:
    if not _ACCOUNT.fullmatch(account) or _HOST in f"{account.lower()}.":
        raise InvalidAccount("The secret's account is not a Snowflake account identifier.")
    return account


def _user(user: str) -> str:
    if len(user) > _LONGEST_IDENTIFIER or not user.isprintable() or user != user.strip():
        raise InvalidUser(
            "The secret's user has control characters, outer spaces, or over "
            f"{_LONGEST_IDENTIFIER} characters."
        )
    return user


def _require_own_public_key(document: SecretDocument, key: RSAPrivateKey) -> None:
    text = document.optional_text("publicKey")
    if text and keypair.read_public_key(text).public_numbers() != key.public_key().public_numbers():
        raise KeyPairMismatch("The secret's publicKey does not belong to its privateKey.")
