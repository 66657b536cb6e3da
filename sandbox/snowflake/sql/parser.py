"""Statements from SQL text. What is not here is a syntax error, never an empty success."""

from __future__ import annotations

from sandbox.snowflake.sql import session_statements, setup_parser
from sandbox.snowflake.sql.alter_user_parser import alter_user
from sandbox.snowflake.sql.statements import (
    ContextFunction,
    DescribeUser,
    Expression,
    Number,
    Select,
    SelectItem,
    ShowKeyPairs,
    ShowUsers,
    Statement,
    Text,
    UseRole,
)
from sandbox.snowflake.sql.token_cursor import TokenCursor
from sandbox.snowflake.sql.tokenizer import Lexeme

# The last two are always NULL: neither a login nor a USE takes a database here.
CONTEXT_FUNCTIONS = frozenset(
    {
        "CURRENT_USER",
        "CURRENT_ROLE",
        "CURRENT_ACCOUNT",
        "CURRENT_VERSION",
        "CURRENT_SESSION",
        "CURRENT_DATABASE",
        "CURRENT_SCHEMA",
    }
)


def parse(sql: str) -> Statement:
    """Read one statement; a trailing semicolon is allowed.

    Raises:
        SnowflakeError: 001003, at the first token that does not fit.

    """
    cursor = TokenCursor(sql)
    statement = _statement(cursor)
    cursor.take_symbol(";")
    cursor.expect_end()
    return statement


def _statement(cursor: TokenCursor) -> Statement:  # noqa: PLR0911 - one statement a line
    if cursor.take_words("ALTER", "USER"):
        return alter_user(cursor)
    if cursor.take_words("DESC", "USER") or cursor.take_words("DESCRIBE", "USER"):
        return DescribeUser(cursor.name())
    if cursor.take_words("SHOW"):
        return _show(cursor)
    if cursor.take_words("USE", "ROLE"):
        return UseRole(cursor.name())
    if cursor.take_words("SELECT"):
        return _select(cursor)
    if cursor.take_words("CREATE"):
        return setup_parser.create(cursor)
    if cursor.take_words("DROP"):
        return setup_parser.drop(cursor)
    if cursor.take_words("GRANT"):
        return setup_parser.change_grants(cursor, revoke=False)
    if cursor.take_words("REVOKE"):
        return setup_parser.change_grants(cursor, revoke=True)
    return session_statements.parse(cursor) or cursor.fail()


def _show(cursor: TokenCursor) -> ShowUsers | ShowKeyPairs:
    if cursor.take_words("USERS"):
        return ShowUsers(cursor.string() if cursor.take_words("LIKE") else None)
    cursor.expect_words("USER", "KEY", "PAIRS")
    return ShowKeyPairs(cursor.name() if cursor.take_words("FOR", "USER") else None)


def _select(cursor: TokenCursor) -> Select:
    items = [_select_item(cursor)]
    while cursor.take_symbol(","):
        items.append(_select_item(cursor))
    return Select(tuple(items))


def _select_item(cursor: TokenCursor) -> SelectItem:
    label, expression = _expression(cursor)
    if cursor.take_words("AS"):
        return SelectItem(cursor.name(), expression)
    return SelectItem(label, expression)


def _expression(cursor: TokenCursor) -> tuple[str, Expression]:
    token = cursor.token
    if token.lexeme is Lexeme.NUMBER:
        return cursor.take(Lexeme.NUMBER).text, Number(token.text)
    if token.lexeme is Lexeme.STRING:
        return cursor.take(Lexeme.STRING).text.upper(), Text(token.value)
    if token.value not in CONTEXT_FUNCTIONS:
        cursor.fail()
    cursor.take(Lexeme.WORD)
    cursor.expect_symbol("(")
    cursor.expect_symbol(")")
    return f"{token.value}()", ContextFunction(token.value)
