"""Statements from SQL text. What is not here is a syntax error, never an empty success."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from sandbox.snowflake.refusals import SnowflakeError, syntax_error
from sandbox.snowflake.statements import (
    AlterUser,
    Change,
    ContextFunction,
    DescribeUser,
    Expression,
    Number,
    Select,
    SelectItem,
    SetDisabled,
    SetKey,
    ShowUsers,
    Statement,
    Text,
    UnsetKey,
    UseRole,
)
from sandbox.snowflake.tokenizer import Lexeme, Token, tokenize

if TYPE_CHECKING:
    from sandbox.snowflake.users import Slot

CONTEXT_FUNCTIONS = frozenset(
    {"CURRENT_USER", "CURRENT_ROLE", "CURRENT_ACCOUNT", "CURRENT_VERSION", "CURRENT_SESSION"}
)
KEY_PROPERTIES: dict[str, Slot] = {"RSA_PUBLIC_KEY": 1, "RSA_PUBLIC_KEY_2": 2}


def parse(sql: str) -> Statement:
    """Read one statement; a trailing semicolon is allowed.

    Raises:
        SnowflakeError: 001003, at the first token that does not fit.

    """
    parser = _Parser(sql)
    statement = parser.statement()
    parser.take_symbol(";")
    parser.expect_end()
    return statement


class _Parser:
    def __init__(self, sql: str) -> None:
        self._sql = sql
        self._tokens = tokenize(sql)
        self._next = 0

    def statement(self) -> Statement:
        if self.take_words("ALTER", "USER"):
            return self._alter_user()
        if self.take_words("DESC", "USER") or self.take_words("DESCRIBE", "USER"):
            return DescribeUser(self._name())
        if self.take_words("SHOW", "USERS"):
            return ShowUsers(self._string() if self.take_words("LIKE") else None)
        if self.take_words("USE", "ROLE"):
            return UseRole(self._name())
        if self.take_words("SELECT"):
            return self._select()
        return self._fail()

    def take_words(self, *words: str) -> bool:
        """Step over these unquoted words if they come next, all of them or none."""
        ahead = self._tokens[self._next : self._next + len(words)]
        if [(t.lexeme, t.value) for t in ahead] != [(Lexeme.WORD, word) for word in words]:
            return False
        self._next += len(words)
        return True

    def take_symbol(self, symbol: str) -> bool:
        token = self._tokens[self._next]
        if (token.lexeme, token.text) != (Lexeme.SYMBOL, symbol):
            return False
        self._next += 1
        return True

    def expect_end(self) -> None:
        if self._tokens[self._next].lexeme is not Lexeme.END:
            self._fail()

    def _alter_user(self) -> AlterUser:
        if_exists = self.take_words("IF", "EXISTS")
        user = self._name()
        if self.take_words("SET"):
            changes = self._set_changes()
        elif self.take_words("UNSET"):
            changes = self._unset_changes()
        else:
            self._fail()
        return AlterUser(user, if_exists, changes)

    def _set_changes(self) -> tuple[Change, ...]:
        self._refuse_repeats()
        changes: list[Change] = [self._set_change()]
        # the comma between properties is optional ([D] sql-reference/sql/alter-user)
        while self.take_symbol(",") or self._tokens[self._next].lexeme is Lexeme.WORD:
            changes.append(self._set_change())
        return tuple(changes)

    def _refuse_repeats(self) -> None:
        """Refuse a property that is named twice; Snowflake does too, in other words ([2nd])."""
        start, seen = self._next, set[str]()
        for position, token in enumerate(self._tokens[start:], start):
            if token.lexeme is Lexeme.WORD and token.value in KEY_PROPERTIES:
                if token.value in seen:
                    self._next = position
                    self._fail()
                seen.add(token.value)

    def _set_change(self) -> Change:
        if self.take_words("DISABLED"):
            self._expect_symbol("=")
            if self.take_words("TRUE"):
                return SetDisabled(disabled=True)
            if self.take_words("FALSE"):
                return SetDisabled(disabled=False)
            self._fail()
        slot = self._key_slot()
        self._expect_symbol("=")
        return SetKey(slot, self._string())

    def _unset_changes(self) -> tuple[Change, ...]:
        self._refuse_repeats()
        changes = [UnsetKey(self._key_slot())]
        while self.take_symbol(","):
            changes.append(UnsetKey(self._key_slot()))
        return tuple(changes)

    def _key_slot(self) -> Slot:
        slot = KEY_PROPERTIES.get(self._tokens[self._next].value)
        if slot is None:
            self._fail()
        self._take(Lexeme.WORD)
        return slot

    def _select(self) -> Select:
        items = [self._select_item()]
        while self.take_symbol(","):
            items.append(self._select_item())
        return Select(tuple(items))

    def _select_item(self) -> SelectItem:
        label, expression = self._expression()
        if self.take_words("AS"):
            return SelectItem(self._name(), expression)
        return SelectItem(label, expression)

    def _expression(self) -> tuple[str, Expression]:
        token = self._tokens[self._next]
        if token.lexeme is Lexeme.NUMBER:
            return self._take(Lexeme.NUMBER).text, Number(token.text)
        if token.lexeme is Lexeme.STRING:
            return self._take(Lexeme.STRING).text.upper(), Text(token.value)
        if token.value not in CONTEXT_FUNCTIONS:
            self._fail()
        self._take(Lexeme.WORD)
        self._expect_symbol("(")
        self._expect_symbol(")")
        return f"{token.value}()", ContextFunction(token.value)

    def _name(self) -> str:
        token = self._tokens[self._next]
        return self._take(Lexeme.QUOTED if token.text.startswith('"') else Lexeme.WORD).value

    def _string(self) -> str:
        return self._take(Lexeme.STRING).value

    def _expect_symbol(self, symbol: str) -> None:
        if not self.take_symbol(symbol):
            self._fail()

    def _take(self, lexeme: Lexeme) -> Token:
        token = self._tokens[self._next]
        if token.lexeme is not lexeme:
            self._fail()
        self._next += 1
        return token

    def _fail(self) -> NoReturn:
        token = self._tokens[self._next]
        before = self._sql[: token.offset]
        line, position = before.count("\n") + 1, token.offset - (before.rfind("\n") + 1)
        raise SnowflakeError(syntax_error(line, position, token.text))
