"""How a secret is written: its fields' names, further shapes of the key, its encryption.

The names are those of AWS's own type ``SnowflakeKeyPairAuthentication`` unless the settings
map them to a team's own.
https://docs.aws.amazon.com/secretsmanager/latest/mes/mes-partner-Snowflake.html
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from rotation.errors.function import InvalidSettings


class Field(StrEnum):
    """The fields that this function reads and writes, by AWS's names."""

    ACCOUNT = "account"
    USER = "user"
    PRIVATE_KEY = "privateKey"
    PUBLIC_KEY = "publicKey"
    PASSPHRASE = "passphrase"  # noqa: S105 (a field's name)


class KeyFormat(StrEnum):
    """A further shape of the private key, for clients that take no PEM; see docs/clients.md.

    Each is another writing of the same text, encrypted when ``privateKey`` is: never is a key
    in clear text beside one that is not.
    """

    BASE64 = "privateKeyBase64"
    BASE64_URL = "privateKeyBase64Url"
    PEM_BASE64 = "privateKeyPemBase64"

    def of(self, pem: str) -> str:
        """Return this shape of a key that is given as PEM."""
        body = "".join(line for line in pem.splitlines() if not line.startswith("-----"))
        match self:
            case KeyFormat.BASE64:
                return body
            case KeyFormat.BASE64_URL:
                return body.replace("+", "-").replace("/", "_")
            case KeyFormat.PEM_BASE64:
                return base64.b64encode(pem.encode()).decode()


class Encryption(StrEnum):
    """When a new key is encrypted: as the current one is, or always."""

    KEEP = "keep"
    ALWAYS = "always"


_KNOWN = tuple(str(name) for name in (*Field, *KeyFormat))
_LONGEST_NAME = 255


@dataclass(frozen=True)
class SecretForm:
    """What the settings say about a secret's content.

    ``names`` maps a Field or KeyFormat to the team's own name of it; what it leaves out keeps
    AWS's. ``formats`` are the shapes to write beside ``privateKey``.
    """

    names: Mapping[str, str] = field(default_factory=dict, hash=False)
    formats: frozenset[KeyFormat] = frozenset()
    encryption: Encryption = Encryption.KEEP

    @classmethod
    def from_texts(cls, names: str, formats: str, encryption: str) -> Self:
        """Read FIELD_NAMES, KEY_FORMATS and ENCRYPT_PRIVATE_KEY. Raises InvalidSettings."""
        if encryption and encryption not in set(Encryption):
            allowed = " or ".join(Encryption)
            raise InvalidSettings(f"ENCRYPT_PRIVATE_KEY holds {encryption!r}; it takes {allowed}.")
        kept = Encryption(encryption) if encryption else Encryption.KEEP
        return cls(_read_names(names), _read_formats(formats), kept)

    def name(self, of: Field | KeyFormat) -> str:
        """Return the name of a field in the secret."""
        return self.names.get(of, of)


AWS_FORM = SecretForm()


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")] if text else []


def _read_formats(text: str) -> frozenset[KeyFormat]:
    parts = _parts(text)
    unknown = [part for part in parts if part not in set(KeyFormat)]
    if unknown:
        known = ", ".join(KeyFormat)
        raise InvalidSettings(f"KEY_FORMATS holds {unknown[0]!r}; it takes {known}.")
    return frozenset(KeyFormat(part) for part in parts)


def _read_names(text: str) -> dict[str, str]:
    """Read ``ours=theirs`` between commas; what is not named keeps its name."""
    names: dict[str, str] = {}
    for part in _parts(text):
        ours, equals, theirs = (piece.strip() for piece in part.partition("="))
        if not equals or ours not in _KNOWN or ours in names:
            known = ", ".join(_KNOWN)
            raise InvalidSettings(
                f"FIELD_NAMES holds {part!r}; it takes NAME=YOURS, each NAME once, of {known}."
            )
        if not theirs or not theirs.isprintable() or len(theirs) > _LONGEST_NAME:
            raise InvalidSettings(f"FIELD_NAMES gives {ours} a name that can't be used.")
        names[ours] = theirs
    _require_distinct(names)
    return names


def _require_distinct(names: Mapping[str, str]) -> None:
    """Refuse two fields of one name, also when one of them keeps its own."""
    taken: dict[str, str] = {}
    for ours in _KNOWN:
        theirs = names.get(ours, ours)
        if theirs in taken:
            raise InvalidSettings(
                f"FIELD_NAMES gives {taken[theirs]} and {ours} the same name, {theirs!r}."
            )
        taken[theirs] = ours
