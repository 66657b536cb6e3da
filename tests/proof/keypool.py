"""RSA keys for simulated worlds, and the one place where the proof swaps code for speed.

Reading a 2048-bit key takes 55 ms, making one 70 ms; a proof reads a million. While a step
runs here (``with swapped(…)``), five pure functions answer from memory:

==================================  ==========================================================
``pair.generate``                   draws the next key of the pool, which the world remembers
``pair.read_private_key``           knows the pool's PEM texts; others take the real way
``pair.read_public_key``            the same
``credential.read``                 the real one, once for each text
``credential.read_identity``        the real one, once for each text
``renewal.renewed``                 the real one, once for each text and key
==================================  ==========================================================

The pool's keys are real RSA with 1024 bits: key sizes are the unit tests' subject.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from types import TracebackType

from cryptography.hazmat.primitives.asymmetric import rsa

from rotation.errors.secret import MalformedSecret
from rotation.keys import credential, pair, renewal
from rotation.keys.credential import Credential, Identity
from rotation.keys.form import AWS_FORM
from rotation.rules.words import Fingerprint, Sensitive

ACCOUNT = "MYORG-SANDBOX"
_BITS = 1024
_private: dict[str, rsa.RSAPrivateKey] = {}
_public: dict[str, rsa.RSAPublicKey] = {}
_names: dict[Fingerprint, str] = {}
_fingerprints: dict[str, Fingerprint] = {}
_pieces: set[str] = set()
PIECE_CHARACTERS = 16


@cache
def key(number: int) -> rsa.RSAPrivateKey:
    """Return the pool's key of this number, made when it is first asked for."""
    made = rsa.generate_private_key(65537, _BITS)
    pem = pair.private_key_pem(made)
    _private[pem] = made
    _public[pair.public_key_pem(made.public_key())] = made.public_key()
    _names[pair.fingerprint(made.public_key())] = f"k{number}"
    body = pair.public_key_body(made.public_key())
    _fingerprints[body] = pair.fingerprint(made.public_key())
    _pieces.update(pieces("".join(pem.splitlines()[2:-1])))
    return made


@cache
def fingerprint(number: int) -> Fingerprint:
    return pair.fingerprint(key(number).public_key())


def fingerprint_of_body(body: str) -> Fingerprint:
    """Return the fingerprint of a key as ALTER USER takes it. KeyError for another text."""
    return _fingerprints[body]


def name(held: Fingerprint | None) -> str:
    """Return a key's short name for stories."""
    return "nothing" if held is None else _names.get(held, held)


def pieces(text: str) -> set[str]:
    """Return every stretch of 16 characters."""
    return {text[n : n + PIECE_CHARACTERS] for n in range(len(text) - PIECE_CHARACTERS + 1)}


def leaks(text: str) -> bool:
    """Tell whether the text holds 16 characters of a private key of the pool."""
    return _leaks(text, len(_pieces))


@lru_cache(maxsize=50_000)
def _leaks(text: str, _known: int) -> bool:
    """Most outcomes are told in the same words; ``_known`` grows with every key of the pool."""
    return not _pieces.isdisjoint(pieces(text)) or "PRIVATE KEY" in text


@cache
def secret_text(number: int, user: str, note: str = "") -> str:
    """Return a secret's value with this key; ``note`` is a field of the team's own."""
    made = key(number)
    content = {
        "account": ACCOUNT,
        "user": user,
        "privateKey": pair.private_key_pem(made),
        "publicKey": pair.public_key_pem(made.public_key()),
        "note": note,
    }
    return json.dumps(content)


@cache
def text_without_key(user: str) -> str:
    """Return the value of a secret that waits for its user's first key."""
    return json.dumps({"account": ACCOUNT, "user": user, "note": ""})


@dataclass(frozen=True, repr=False)
class _Known(Credential):
    """A credential that computes what is asked of it once."""

    @cached_property
    def fingerprint(self) -> Fingerprint:
        return super().fingerprint

    @cached_property
    def public_key_body(self) -> str:
        return super().public_key_body

    @cached_property
    def voucher_key(self) -> Sensitive[bytes]:
        return super().voucher_key


_read, _renewed = credential.read, renewal.renewed
_read_identity = credential.read_identity
_read_private, _read_public = pair.read_private_key, pair.read_public_key


@cache
def _remembered(text: str) -> Credential:
    read = _read(Sensitive(text), AWS_FORM)
    return _Known(**vars(read))


@cache
def _remembered_identity(text: str) -> Identity:
    return _read_identity(Sensitive(text), AWS_FORM)


@cache
def _remembered_renewal(old: Identity, made: rsa.RSAPrivateKey) -> Sensitive[str]:
    return _renewed(old, made)


def _known_private(text: str, passphrase: str | None = None, *field: str) -> rsa.RSAPrivateKey:
    return _private.get(text) or _read_private(text, passphrase, *field)


def _known_public(text: str, *field: str) -> rsa.RSAPublicKey:
    return _public.get(text) or _read_public(text, *field)


class swapped:  # noqa: N801 (reads as a statement: with swapped(…))
    """Answer from memory inside the ``with`` block; ``draw`` makes the new keys."""

    def __init__(self, draw: Callable[[], int]) -> None:
        self._swaps = (
            (pair, "generate", lambda _bits: key(draw())),
            (pair, "read_private_key", _known_private),
            (pair, "read_public_key", _known_public),
            (credential, "read", lambda text, *_: _remembered(text.reveal())),
            (
                credential,
                "read_identity",
                lambda text, *_: _remembered_identity(text.reveal()),
            ),
            (renewal, "renewed", _remembered_renewal),
        )

    def __enter__(self) -> None:
        self._before = [(module, name, getattr(module, name)) for module, name, _ in self._swaps]
        for module, name_, stand_in in self._swaps:
            setattr(module, name_, stand_in)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for module, name_, real in self._before:
            setattr(module, name_, real)


@cache
def fingerprint_of_secret(text: str) -> Fingerprint | None:
    """Return the fingerprint of a secret's key, None when the text is no credential."""
    with swapped(lambda: 0):
        try:
            return credential.read(Sensitive(text), AWS_FORM).fingerprint
        except MalformedSecret:
            return None


def credential_of_secret(text: str) -> Credential:
    """Return the credential in a secret's text. Raises MalformedSecret."""
    with swapped(lambda: 0):
        return credential.read(Sensitive(text), AWS_FORM)


@cache
def user_of_secret(text: str) -> str | None:
    """Return the user that a secret names, None when the text is no credential."""
    with swapped(lambda: 0):
        try:
            return credential.read_identity(Sensitive(text), AWS_FORM).user
        except MalformedSecret:
            return None
