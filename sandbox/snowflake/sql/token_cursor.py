"""A place in a statement's tokens: take what is expected, or fail where it is not."""

from __future__ import annotations

from typing import NoReturn

from sandbox.snowflake.answers.refusals import SnowflakeError, syntax_error
from sandbox.snowflake.sql.tokenizer import Lexeme, Token, tokenize


class TokenCursor:
    """Reads one statement. Every method that does not find what it needs raises 001003."""

    def __init__(self, sql: str) -> None:
        self._sql = sql
        self._tokens = tokenize(sql)
        self.position = 0

    @property
    def token(self) -> Token:
        """The next token."""
        return self._tokens[self.position]

    @property
    def rest(self) -> list[Token]:
        """The tokens not taken yet, with END."""
        return self._tokens[self.position :]

    def take_words(self, *words: str) -> bool:
        """Step over these unquoted words if they come next, all of them or none."""
        ahead = self.rest[: len(words)]
        if [(t.lexeme, t.value) for t in ahead] != [(Lexeme.WORD, word) for word in words]:
            return False
        self.position += len(words)
        return True

    def take_symbol(self, symbol: str) -> bool:
        """Step over a symbol if it comes next."""
        if (self.token.lexeme, self.token.text) != (Lexeme.SYMBOL, symbol):
            return False
        self.position += 1
        return True

    def expect_words(self, *words: str) -> None:
        """Step over these words."""
        if not self.take_words(*words):
            self.fail()

    def expect_symbol(self, symbol: str) -> None:
        """Step over a symbol."""
        if not self.take_symbol(symbol):
            self.fail()

    def expect_end(self) -> None:
        """Fail unless every token is taken."""
        if self.token.lexeme is not Lexeme.END:
            self.fail()

    def take(self, lexeme: Lexeme) -> Token:
        """Return the next token, which must be one of these."""
        token = self.token
        if token.lexeme is not lexeme:
            self.fail()
        self.position += 1
        return token

    def word(self) -> str:
        """Return an unquoted word, in upper case."""
        return self.take(Lexeme.WORD).value

    def name(self) -> str:
        """Return an identifier as it is stored: folded, or as it stands in quotes."""
        quoted = self.token.text.startswith('"')
        return self.take(Lexeme.QUOTED if quoted else Lexeme.WORD).value

    def path(self) -> tuple[str, ...]:
        """Return an identifier with what qualifies it."""
        parts = [self.name()]
        while self.take_symbol("."):
            parts.append(self.name())
        return tuple(parts)

    def string(self) -> str:
        """Return a string literal."""
        return self.take(Lexeme.STRING).value

    def strings(self) -> tuple[str, ...]:
        """Return a list of string literals in parentheses, which may be empty."""
        self.expect_symbol("(")
        found: list[str] = []
        while self.token.lexeme is Lexeme.STRING:
            found.append(self.string())
            if not self.take_symbol(","):
                break
        self.expect_symbol(")")
        return tuple(found)

    def fail(self) -> NoReturn:
        """Raise the syntax error at the next token."""
        before = self._sql[: self.token.offset]
        line = before.count("\n") + 1
        position = self.token.offset - (before.rfind("\n") + 1)
        raise SnowflakeError(syntax_error(line, position, self.token.text))
