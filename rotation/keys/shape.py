r"""How a key's text is written, so that the next key is written alike.

A consumer reads the secret with code that was made for what it found there: PEM with real line
breaks or with ``\n`` written out, its body alone, base64url without padding, or the base64 of a
PEM file. Each shape that rotation.keys.text takes is told here, and written here.
"""

import base64
import re
import textwrap
from dataclasses import dataclass
from typing import Self

from rotation.keys.text import BEGIN, BLOCK, BYTE_ORDER_MARK, decode, with_breaks

_BREAK = r"(?:\\n|\\r|\s)"
_FIRST_BREAK = re.compile(rf"{_BREAK}+")
_WRITTEN_BREAKS = ("\\n", "\\r")


@dataclass(frozen=True)
class _Layout:
    """How base64 is laid out: alphabet, padding, what stands between its lines and behind."""

    url_alphabet: bool
    padded: bool
    line_break: str
    width: int
    tail: str

    @classmethod
    def of(cls, text: str) -> Self:
        tail = _last_break(text)
        content = text[: len(text) - len(tail)]
        first = _FIRST_BREAK.search(content)
        compact = _FIRST_BREAK.sub("", content)
        return cls(
            url_alphabet=bool(set(compact) & set("-_")),
            padded=len(compact) % 4 == 0,
            line_break=first.group() if first else "",
            width=first.start() if first else 0,
            tail=tail,
        )

    def write(self, octets: bytes) -> str:
        encode = base64.urlsafe_b64encode if self.url_alphabet else base64.b64encode
        text = encode(octets).decode()
        text = text if self.padded else text.rstrip("=")
        lines = textwrap.wrap(text, self.width, break_on_hyphens=False) if self.width else [text]
        return self.line_break.join(lines) + self.tail


@dataclass(frozen=True)
class Pem:
    """A PEM block. What stands before it, such as Bag Attributes, belongs to the old key."""

    line_break: str
    wraps: bool
    tail: str

    @classmethod
    def of(cls, text: str) -> Self:
        """Tell how the lines of a text with one block are treated."""
        block = BLOCK.search(text)
        body = block.group(2) if block else ""
        first = _FIRST_BREAK.match(body)
        behind = text[block.end() :] if block else ""
        return cls(
            line_break=first.group() if first else "",
            wraps=bool(_FIRST_BREAK.search(_stripped(body))),
            tail=_last_break(behind),
        )

    def write(self, pem: str) -> str:
        """Return this shape of a key that is given as PEM."""
        lines = pem.splitlines()
        if not self.wraps and ":" not in pem:
            lines = [lines[0], "".join(lines[1:-1]), lines[-1]]
        return self.line_break.join(lines) + self.tail


@dataclass(frozen=True)
class Body:
    """What stands between PEM's markers, alone."""

    layout: _Layout

    def write(self, pem: str) -> str:
        """Return this shape of a key that is given as PEM."""
        return self.layout.write(base64.b64decode("".join(pem.splitlines()[1:-1])))


@dataclass(frozen=True)
class PemInBase64:
    """The base64 of a PEM file."""

    layout: _Layout
    pem: Pem

    def write(self, pem: str) -> str:
        """Return this shape of a key that is given as PEM."""
        return self.layout.write(self.pem.write(pem).encode())


Shape = Pem | Body | PemInBase64
FILE = Pem(line_break="\n", wraps=True, tail="\n")
"""How a PEM file is written; a first key is."""


def shape_of(text: str) -> Shape:
    """Tell how a text is written that rotation.keys.text.read takes."""
    text = text.removeprefix(BYTE_ORDER_MARK)
    if BEGIN in text:
        return Pem.of(text)
    octets = decode(with_breaks(text)) or b""
    if BEGIN.encode() in octets:
        inner = octets.decode("utf-8", "replace").removeprefix(BYTE_ORDER_MARK)
        return PemInBase64(_Layout.of(text), Pem.of(inner))
    return Body(_Layout.of(text))


def _last_break(text: str) -> str:
    """Return the line breaks and blanks that a text ends with, in one pass from its end."""
    end = len(text)
    while end:
        if text[end - 1].isspace():
            end -= 1
        elif text.endswith(_WRITTEN_BREAKS, 0, end):
            end -= 2
        else:
            break
    return text[end:]


def _stripped(body: str) -> str:
    first = _FIRST_BREAK.match(body)
    start = first.end() if first else 0
    return body[start : max(start, len(body) - len(_last_break(body)))]
