"""A secret's text with a new key in it, written in the shape of the old one."""

import secrets

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from rotation.errors.secret import MalformedSecret, SecretTooLarge
from rotation.keys import pair
from rotation.keys.credential import Credential, Identity
from rotation.keys.form import Encryption, Field, KeyFormat
from rotation.keys.shape import shape_of
from rotation.rules.words import Sensitive

# https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
_LARGEST_VALUE_BYTES = 65_536
# 256 bits: the passphrase is not what anybody guesses.
_PASSPHRASE_BYTES = 32


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
