"""A secret's content as a Snowflake key-pair credential.

The fields are ``account``, ``user``, ``privateKey`` and the optional ``publicKey`` and
``passphrase``, under the names that keys.form gives them.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from rotation.errors.secret import (
    InvalidAccount,
    InvalidUser,
    KeyPairMismatch,
    SecretFieldInvalid,
)
from rotation.keys import lookalikes, pair
from rotation.keys.document import SecretDocument
from rotation.keys.form import (
    Field,
    SecretForm,
)
from rotation.rules import names
from rotation.rules.words import Fingerprint, Sensitive

# ORGANIZATION-ACCOUNT, LOCATOR, LOCATOR.region, LOCATOR.region.cloud, in government regions with
# fhplus or vps before the region, each with or without .privatelink or .global: labels of a host
# name. Nothing else may become part of one.
# https://docs.snowflake.com/en/user-guide/admin-account-identifier
_ACCOUNT = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9-]{1,63}){0,3}"
    r"(?:\.(?i:privatelink|global))?"
)
# Every region has a hyphen: LOCATOR.region is told from ORGANIZATION.ACCOUNT by it.
_NETWORKS = frozenset({"privatelink", "global"})
_TWO = 2
# The connector appends it itself.
_HOST = ".snowflakecomputing."
# https://docs.snowflake.com/en/sql-reference/identifiers
_LONGEST_IDENTIFIER = 255
# What the derived key is for, so that it serves nothing else.
_VOUCHER_PURPOSE = b"rotation of a Snowflake key pair: voucher for the next key"


@dataclass(frozen=True, repr=False)
class Identity:
    """Whom a secret is for, and the secret itself; it need not hold a key."""

    account: str
    user: str
    document: SecretDocument
    form: SecretForm

    @property
    def identity(self) -> tuple[str, str]:
        """Account and user: what must not change in a rotation."""
        return self.account, self.user

    @property
    def shown(self) -> tuple[str, str]:
        """Account and user as messages may tell of them; see rules.names."""
        content = self.document.content
        own = {self.form.name(Field.ACCOUNT), self.form.name(Field.USER)}
        elsewhere = [value for name, value in content.items() if name not in own]
        return (
            names.shown(self.account, elsewhere=elsewhere),
            names.shown(self.user, elsewhere=elsewhere),
        )

    @property
    def holds_key(self) -> bool:
        """Tell whether there is a key or half of one, readable or not, under whatever name."""
        named = (self.form.name(Field.PRIVATE_KEY), self.form.name(Field.PUBLIC_KEY))
        return any(map(self.document.has, named)) or lookalikes.is_met(self.document)

    def __repr__(self) -> str:
        """Show who it is, never what the secret holds."""
        account, user = self.shown
        return f"{type(self).__name__}(account={account}, user={user})"


@dataclass(frozen=True, repr=False)
class Credential(Identity):
    """What a secret version proves to Snowflake: who, and with which key."""

    private_key: Sensitive[RSAPrivateKey]
    passphrase: Sensitive[str] | None

    @property
    def fingerprint(self) -> Fingerprint:
        """The fingerprint of the key's public half."""
        return pair.fingerprint(self.private_key.reveal().public_key())

    @property
    def voucher_key(self) -> Sensitive[bytes]:
        """What this key's holder alone can compute vouchers with; see rules.vouching."""
        der = pair.private_key_der(self.private_key.reveal())
        return Sensitive(hmac.digest(der, _VOUCHER_PURPOSE, hashlib.sha256))

    @property
    def public_key_body(self) -> str:
        """The public key as ALTER USER wants it."""
        return pair.public_key_body(self.private_key.reveal().public_key())


def read_identity(text: Sensitive[str], form: SecretForm) -> Identity:
    """Read whom a secret's value is for, with or without a key. Raises a MalformedSecret."""
    document = SecretDocument(text)
    account, user = form.name(Field.ACCOUNT), form.name(Field.USER)
    return Identity(
        _account(document.required_text(account), account),
        _user(document.required_text(user), user),
        document,
        form,
    )


def read(text: Sensitive[str], form: SecretForm) -> Credential:
    """Read a secret's value. Raises a MalformedSecret that names what is wrong."""
    whose = read_identity(text, form)
    passphrase = whose.document.optional_text(form.name(Field.PASSPHRASE)) or None
    field = form.name(Field.PRIVATE_KEY)
    written = whose.document.optional_text(field)
    if not written:
        elsewhere = lookalikes.told(whose.document, field, Field.PRIVATE_KEY)
        raise SecretFieldInvalid(f"The secret's field {field} is missing or empty.{elsewhere}")
    key = pair.read_private_key(written, passphrase, field)
    _require_own_public_key(whose.document, key, form)
    sealed = Sensitive(passphrase) if passphrase else None
    return Credential(*whose.identity, whose.document, form, Sensitive(key), sealed)


def vouched(
    text: Sensitive[str], wanted: frozenset[Fingerprint], form: SecretForm
) -> frozenset[Fingerprint]:
    """Return which of the wanted fingerprints this value's private key has: one or none.

    The public half is asked first: opening an encrypted private key takes 0.1 s of CPU, and a
    secret may have a hundred versions. One whose public key is not wanted can't vouch, since its
    private key is that one's or the value is damaged. Raises a MalformedSecret.
    """
    claimed = read_identity(text, form).document.optional_text(form.name(Field.PUBLIC_KEY))
    if claimed and pair.fingerprint(pair.read_public_key(claimed)) not in wanted:
        return frozenset()
    return wanted & {read(text, form).fingerprint}


def _account(account: str, field: str = Field.ACCOUNT) -> str:
    if not _ACCOUNT.fullmatch(account) or _HOST in f"{account.lower()}.":
        raise InvalidAccount(f"The secret's {field} is not a Snowflake account identifier.")
    labels = account.lower().split(".")
    if len(labels) == _TWO and "-" not in labels[1] and labels[1] not in _NETWORKS:
        raise InvalidAccount(
            f"The secret's {field} has a period between organization and account, as Snowsight "
            "copies it; it takes a hyphen there."
        )
    return account


def _user(user: str, field: str) -> str:
    if len(user) > _LONGEST_IDENTIFIER or not user.isprintable() or user != user.strip():
        raise InvalidUser(
            f"The secret's {field} has control characters, outer spaces, or over "
            f"{_LONGEST_IDENTIFIER} characters."
        )
    return user


def _require_own_public_key(document: SecretDocument, key: RSAPrivateKey, form: SecretForm) -> None:
    field = form.name(Field.PUBLIC_KEY)
    text = document.optional_text(field)
    if not text:
        return
    if pair.read_public_key(text, field).public_numbers() != key.public_key().public_numbers():
        private = form.name(Field.PRIVATE_KEY)
        raise KeyPairMismatch(f"The secret's {field} does not belong to its {private}.")
