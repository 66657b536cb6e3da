"""Finds secrets in text that leaves the process: whole, or in pieces of 16 bytes.

A secret is looked for as it is, as base64 at each of its three alignments (standard or
URL-safe, with or without line breaks and escapes), as hexadecimal, and, for the integers of
a key, in decimal.

The text is cut into blocks so short that a piece of the least length worth reporting holds
at least one of them whole. Sliding over the secret and asking for each of its blocks in the
set of the text's is then enough, and what matches is measured to both sides.
"""

from __future__ import annotations

import base64
import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_ESCAPED = re.compile(r"\\(?:x|u00)([0-9a-fA-F]{2})|\\([nrt\\'\"])")
_SHORT = {"n": "\n", "r": "\r", "t": "\t"}
_ESCAPED_SPACE = re.compile(r"\\+[nrt]")
_URL_SAFE = str.maketrans("-_", "+/")
_ARMOUR = re.compile(r"-----[A-Z ]+-----")
# What no log line has a reason to hold, whosever it is.
_PATTERNS = {
    "a private key's marker": re.compile(r"BEGIN (?:RSA |ENCRYPTED )?PRIVATE KEY"),
    "a JWT": re.compile(r"eyJ[\w-]{10,}\.eyJ[\w-]{10,}"),
}


@dataclass(frozen=True)
class Form:
    """A way to write bytes as text.

    ``least`` is what 16 bytes need in it; a run of that length holds a whole, aligned block
    of ``block`` characters.
    """

    name: str
    block: int
    least: int
    plain: Callable[[str], str]


def _as_bytes(text: str) -> str:
    plain = text.encode("utf-8", "surrogatepass").decode("latin-1")
    once = _ESCAPED.sub(_unescaped, plain)
    # A repr inside JSON is escaped twice.
    return f"{plain}\0{once}\0{_ESCAPED.sub(_unescaped, once)}" if "\\" in plain else plain


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else _SHORT.get(found[2], found[2])


def _as_base64(text: str) -> str:
    joined = unquote(_ESCAPED_SPACE.sub("", text)).translate(_URL_SAFE)
    return re.sub(r"[^A-Za-z0-9+/]+", "", joined)


def _as_hexadecimal(text: str) -> str:
    return re.sub(r"[^0-9a-f]+", "", text.lower().replace("0x", ""))


def _as_digits(text: str) -> str:
    return re.sub(r"[^0-9]+", "", text)


RAW = Form("raw", 8, 16, _as_bytes)
BASE64 = Form("base64", 10, 20, _as_base64)
HEXADECIMAL = Form("hexadecimal", 16, 32, _as_hexadecimal)
DECIMAL = Form("decimal", 19, 38, _as_digits)
FORMS = (RAW, BASE64, HEXADECIMAL, DECIMAL)


@dataclass(frozen=True)
class Secret:
    """Something that must not be found, written in every form."""

    name: str
    written: tuple[tuple[Form, str], ...]


@functools.lru_cache(maxsize=256)
def text(name: str, value: str) -> Secret:
    """Return a text to look for: a passphrase, a token."""
    return Secret(name, tuple(_written(value.encode("utf-8", "surrogatepass"))))


@functools.lru_cache(maxsize=256)
def private_key(pem: str, passphrase: str | None) -> Secret:
    """Return the secret part of an RSA key to look for, and the file as it is stored.

    Modulus and exponent come first in the DER and are public; what follows is secret.
    """
    secret = passphrase.encode() if passphrase else None
    # Checking an RSA key takes 50 ms, and whether it is a good one does not matter here.
    key = load_pem_private_key(pem.encode(), secret, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("an RSA key was expected")
    numbers = key.private_numbers()
    integers = (numbers.d, numbers.p, numbers.q)
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    tail = der[der.index(numbers.d.to_bytes((numbers.d.bit_length() + 7) // 8)) :]
    written = [*_written(tail), *((DECIMAL, str(integer)) for integer in integers)]
    if passphrase:
        written += _written(base64.b64decode(_ARMOUR.sub("", pem)))
    return Secret("the private key", tuple(written))


def _written(raw: bytes) -> Iterator[tuple[Form, str]]:
    yield RAW, raw.decode("latin-1")
    yield HEXADECIMAL, raw.hex()
    for before, mixed in ((0, 0), (1, 2), (2, 3)):
        shifted = base64.b64encode(b"\0" * before + raw).decode().rstrip("=")
        # Characters that hold bits of a neighbour too are not the secret's own.
        partial = bool((before + len(raw)) % 3)
        yield BASE64, shifted[mixed : len(shifted) - partial]


class Text:
    """A text to search in, made plain and cut into blocks once for every form."""

    def __init__(self, content: str) -> None:
        self._content = content
        self._cut = {form: _Cut(form.plain(content), form.block) for form in FORMS}

    def holds(self, secrets: Iterable[Secret]) -> list[str]:
        """Return what was found, as names without any of the secret in them."""
        found = {name for name, pattern in _PATTERNS.items() if pattern.search(self._content)}
        for secret in secrets:
            for form, written in secret.written:
                if self._cut[form].holds(written, form.least):
                    found.add(f"{secret.name} ({form.name})")
        return sorted(found)


class _Cut:
    def __init__(self, plain: str, block: int) -> None:
        self._plain, self._block = plain, block
        self._places: dict[str, list[int]] = {}
        for place in range(0, len(plain) - block + 1, block):
            self._places.setdefault(plain[place : place + block], []).append(place)

    def holds(self, needle: str, least: int) -> bool:
        if len(needle) < least:
            return bool(needle) and needle in self._plain
        block, places = self._block, self._places
        return any(
            self._run(needle, at, place) >= least
            for at in range(len(needle) - block + 1)
            if (block_of := needle[at : at + block]) in places
            for place in places[block_of]
        )

    def _run(self, needle: str, at: int, place: int) -> int:
        """Return how many characters around these two places are the same in both."""
        before = 0
        while (
            before < min(at, place) and needle[at - before - 1] == self._plain[place - before - 1]
        ):
            before += 1
        length = 0
        longest = min(len(needle) - at, len(self._plain) - place)
        while length < longest and needle[at + length] == self._plain[place + length]:
            length += 1
        return before + length
