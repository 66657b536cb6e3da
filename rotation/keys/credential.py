"""A secret's content as a Snowflake key-pair credential: read, and written with a new key.

The fields are ``account``, ``user``, ``privateKey`` and the optional ``publicKey`` and
``passphrase``, under the names that rotation.secret_form gives them.
"""

import re
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from rotation.errors.secret import (
    InvalidAccount,
    InvalidUser,
    KeyPairMismatch,
    MalformedSecret,
    SecretFieldInvalid,
    SecretTooLarge,
)
from rotation.keys import lookalikes, pair
from rotation.keys.document import SecretDocument
from rotation.keys.form import (
    Encryption,
    Field,
    KeyFormat,
    SecretForm,
)
from rotation.keys.shape import shape_of
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
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
_LARGEST_VALUE_BYTES = 65_536
# 256 bits: the passphrase is not what anybody guesses.
_PASSPHRASE_BYTES = 32


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
    def holds_key(self) -> bool:
        """Tell whether there is a key or half of one, readable or not, under whatever name."""
        named = (self.form.name(Field.PRIVATE_KEY), self.form.name(Field.PUBLIC_KEY))
        return any(map(self.document.has, named)) or lookalikes.is_met(self.document)

    def __repr__(self) -> str:
        """Show who it is, never what the secret holds."""
        return f"{type(self).__name__}(account={self.account!r}, user={self.user!r})"


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


def renewed(old: Identity, key: RSAPrivateKey) -> Sensitive[str]:
    """Return the secret's text with ``key`` in it and every other field untouched.

    A secret with a passphrase gets a new one: each passphrase belongs to one key (docs/adr/0009).
    ``old`` may be a secret without a key, which gets its first. Raises SecretTooLarge.
    """
    form = old.form
    passphrase = _fresh_passphrase(old)
    pem = pair.private_key_pem(key, passphrase)
    texts = {
        form.name(Field.PRIVATE_KEY): _as_before(old, key, passphrase),
        form.name(Field.PUBLIC_KEY): _public_as_before(old, key.public_key()),
    }
    if passphrase:
        texts[form.name(Field.PASSPHRASE)] = passphrase
    texts |= {form.name(shape): shape.of(pem) for shape in KeyFormat if shape in form.formats}
    text = old.document.rewritten(texts, _left_over(old))
    size_bytes = len(text.reveal().encode(errors="surrogatepass"))
    if size_bytes > _LARGEST_VALUE_BYTES:
        raise SecretTooLarge(
            f"The secret with its new key would have {size_bytes} bytes; "
            f"Secrets Manager holds {_LARGEST_VALUE_BYTES}."
        )
    return text


def _as_before(old: Identity, key: RSAPrivateKey, passphrase: str | None) -> str:
    """Return a private key in the shape of the old one: PEM or not, PKCS#8 or PKCS#1.

    A key that gets its first passphrase becomes PKCS#8: PKCS#1 without PEM can't be encrypted.
    """
    before = _text_before(old, Field.PRIVATE_KEY)
    if before is None:
        return pair.private_key_pem(key, passphrase)
    was_encrypted = isinstance(old, Credential) and old.passphrase is not None
    traditional = pair.is_traditional(before) and was_encrypted == (passphrase is not None)
    return shape_of(before).write(pair.private_key_pem(key, passphrase, traditional=traditional))


def _public_as_before(old: Identity, key: RSAPublicKey) -> str:
    before = _text_before(old, Field.PUBLIC_KEY)
    if before is None:
        return pair.public_key_pem(key)
    return shape_of(before).write(pair.public_key_pem(key, traditional=pair.is_traditional(before)))


def _text_before(old: Identity, field: Field) -> str | None:
    """Return what a credential's field holds; None when there is no such key."""
    text = old.document.optional_text(old.form.name(field))
    return text if text and isinstance(old, Credential) else None


def _fresh_passphrase(old: Identity) -> str | None:
    wanted = old.form.encryption is Encryption.ALWAYS
    if wanted or old.document.optional_text(old.form.name(Field.PASSPHRASE)):
        return secrets.token_urlsafe(_PASSPHRASE_BYTES)
    return None


def _left_over(old: Identity) -> list[str]:
    """Return the fields of formats that were switched off and hold the key that is replaced.

    Left there, that key would soon open nothing. A field with anything else in it is a team's own.
    """
    if not isinstance(old, Credential):
        return []
    off = (old.form.name(shape) for shape in KeyFormat if shape not in old.form.formats)
    return [name for name in off if _holds_same_key(old, name)]


def _holds_same_key(old: Credential, name: str) -> bool:
    passphrase = old.passphrase.reveal() if old.passphrase else None
    try:
        text = old.document.optional_text(name) or ""
        found = pair.read_private_key(text, passphrase)
    except MalformedSecret:
        return False
    return found.private_numbers() == old.private_key.reveal().private_numbers()


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
