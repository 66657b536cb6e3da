r"""SQL text to lexical tokens, for the small part of Snowflake's SQL that the sandbox speaks.

Source: [D] sql-reference/identifiers-syntax (unquoted names fold to upper case, ``"`` doubles)
and [D] sql-reference/data-types-text (``''`` and backslash escapes in strings).
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass


class Lexeme(enum.Enum):
    """What a token is."""

    WORD = enum.auto()
    QUOTED = enum.auto()
    STRING = enum.auto()
    NUMBER = enum.auto()
    SYMBOL = enum.auto()
    END = enum.auto()


@dataclass(frozen=True, slots=True)
class Token:
    """One token: ``text`` as written at ``offset``, ``value`` as it is meant."""

    lexeme: Lexeme
    text: str
    value: str
    offset: int


_TOKEN = re.compile(
    r"""
      (?P<SPACE>  \s+ | --[^\n]* | //[^\n]* | /\*.*?\*/ )
    | (?P<WORD>   [A-Za-z_][A-Za-z0-9_$]* )
    | (?P<QUOTED> "(?:[^"]|"")+" )
    | (?P<STRING> '(?:[^'\\]|''|\\.)*' )
    | (?P<NUMBER> [0-9]+(?:\.[0-9]+)? )
    | (?P<SYMBOL> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"''|\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[0-7]{3}|.)", re.DOTALL)
_CONTROL = {"0": "\0", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def tokenize(sql: str) -> list[Token]:
    """Return the tokens of a text, without white space and comments, ended by one END token.

    Never fails: a quote that is not closed becomes a symbol, which no statement allows.
    """
    tokens = [
        Token(Lexeme[match.lastgroup], match.group(), _meaning(match), match.start())
        for match in _TOKEN.finditer(sql)
        if match.lastgroup is not None and match.lastgroup != "SPACE"
    ]
    return [*tokens, Token(Lexeme.END, "<EOF>", "", len(sql))]


def fold_identifier(text: str) -> str:
    """Return the name that an identifier means: quotes resolved, or folded to upper case."""
    first, *rest = tokenize(text)
    one_name = first.lexeme in (Lexeme.WORD, Lexeme.QUOTED) and len(rest) == 1
    return first.value if one_name else text.upper()


def _meaning(match: re.Match[str]) -> str:
    text = match.group()
    if match.lastgroup == "WORD":
        return text.upper()
    if match.lastgroup == "QUOTED":
        return text[1:-1].replace('""', '"')
    if match.lastgroup == "STRING":
        return _ESCAPE.sub(_unescape, text[1:-1])
    return text


def _unescape(match: re.Match[str]) -> str:
    escape = match.group()
    if escape == "''":
        return "'"
    code = escape[1:]
    if len(code) == 1:
        return _CONTROL.get(code, code)
    return chr(int(code[1:], 16) if code[0] in "xu" else int(code, 8))
