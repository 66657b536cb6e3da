"""One version of a secret, read as a credential. What is wrong with it names the version."""

from typing import TypeVar

from rotation.errors.base import RotationError
from rotation.errors.secret import MalformedSecret, SecretFieldInvalid
from rotation.keys import credential as credentials
from rotation.keys.credential import Credential, Identity
from rotation.keys.form import SecretForm
from rotation.ports import SecretVersions
from rotation.rules import who
from rotation.rules.who import AllowedIdentities
from rotation.rules.words import Sensitive, Stage

Failure = TypeVar("Failure", bound=RotationError)


def value(
    versions: SecretVersions, version_id: str, stage: Stage, *, remedy: str = ""
) -> Sensitive[str] | None:
    """Read a version's text, None when it is empty. Raises SecretNotJson for a binary value."""
    try:
        return versions.read(version_id)
    except MalformedSecret as error:
        raise _named(error, stage, remedy) from None


def credential(text: Sensitive[str], stage: Stage, form: SecretForm, *, remedy: str) -> Credential:
    """Read a version. The error has this remedy, or keeps its own. Raises MalformedSecret."""
    try:
        return credentials.read(text, form)
    except MalformedSecret as error:
        raise _named(error, stage, remedy) from None


def identity(text: Sensitive[str], stage: Stage, form: SecretForm, *, remedy: str = "") -> Identity:
    """Read a version that may hold no key at all, neither half of one. Raises MalformedSecret."""
    try:
        return credential(text, stage, form, remedy=remedy)
    except SecretFieldInvalid as error:
        damaged = error
    try:
        whose = credentials.read_identity(text, form)
    except MalformedSecret:
        raise damaged from None
    if whose.holds_key:
        raise damaged
    return whose


def check_allowed(found: Identity, stage: Stage, allowed: AllowedIdentities) -> None:
    """Raise IdentityNotAllowed for a version that names somebody the stack does not allow."""
    refusal = who.check_allowed(found.identity, allowed, found.shown)
    if refusal is not None:
        raise _named(refusal.error, stage)


def _named(error: Failure, stage: Stage, remedy: str = "") -> Failure:
    found = f"In the {stage} version: {error.found}"
    return type(error)(found, remedy=remedy or error.remedy)
