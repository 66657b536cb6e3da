"""SQL text to statements."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.snowflake import SnowflakeError
from sandbox.snowflake.sql.parser import parse
from sandbox.snowflake.sql.statements import (
    AlterUser,
    ContextFunction,
    DescribeUser,
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
from sandbox.snowflake.sql.tokenizer import Lexeme, fold_identifier, tokenize

SET_ONE = AlterUser("U", if_exists=False, changes=(SetKey(1, "k"),))
SET_BOTH = AlterUser("U", if_exists=False, changes=(SetKey(1, "k"), SetKey(2, "l")))


@given(st.text(min_size=1))
def test_a_quoted_identifier_comes_back_as_it_was(name: str) -> None:
    doubled = name.replace('"', '""')

    assert parse(f'DESC USER "{doubled}"') == DescribeUser(name)


@given(st.text())
def test_a_string_with_its_quotes_doubled_comes_back_as_it_was(text: str) -> None:
    literal = text.replace("\\", "\\\\").replace("'", "''")

    assert parse(f"SHOW USERS LIKE '{literal}'") == ShowUsers(text)


@given(st.text())
def test_a_string_with_its_quotes_escaped_comes_back_as_it_was(text: str) -> None:
    literal = text.replace("\\", "\\\\").replace("'", "\\'")

    assert parse(f"SHOW USERS LIKE '{literal}'") == ShowUsers(text)


@given(st.text())
def test_tokens_never_overlap_and_the_end_comes_once(sql: str) -> None:
    tokens = tokenize(sql)

    ends = [token.offset + len(token.text) for token in tokens[:-1]]
    assert all(end <= after.offset for end, after in zip(ends, tokens[1:], strict=True))
    assert [token for token in tokens if token.lexeme is Lexeme.END] == [tokens[-1]]


@given(st.text())
def test_every_text_is_a_statement_or_a_syntax_error(sql: str) -> None:
    try:
        parse(sql)
    except SnowflakeError as error:
        assert error.refusal.code == "001003"  # noqa: PT017 - a statement is fine too


def test_escapes_in_a_string_mean_characters() -> None:
    assert parse(r"SHOW USERS LIKE '\t\n\\\'\"\x41\u00e9\101\z'") == ShowUsers("\t\n\\'\"AéAz")


@pytest.mark.parametrize(
    ("text", "name"),
    [("svc_app", "SVC_APP"), ('"svc_app"', "svc_app"), ("svc-app", "SVC-APP"), ('"a""b"', 'a"b')],
)
def test_a_name_outside_sql_folds_as_in_sql(text: str, name: str) -> None:
    assert fold_identifier(text) == name


@pytest.mark.parametrize(
    ("sql", "statement"),
    [
        ("alter user u set rsa_public_key='k'", SET_ONE),
        ("ALTER USER U SET RSA_PUBLIC_KEY = 'k' ;", SET_ONE),
        ("-- why\nALTER /* who */ USER u\n  SET RSA_PUBLIC_KEY='k' // done", SET_ONE),
        ("ALTER USER u SET RSA_PUBLIC_KEY='k' RSA_PUBLIC_KEY_2='l'", SET_BOTH),
        ("ALTER USER u SET RSA_PUBLIC_KEY='k', RSA_PUBLIC_KEY_2='l'", SET_BOTH),
        (
            'ALTER USER IF EXISTS "u" UNSET RSA_PUBLIC_KEY, RSA_PUBLIC_KEY_2',
            AlterUser("u", if_exists=True, changes=(UnsetKey(1), UnsetKey(2))),
        ),
        (
            "ALTER USER u SET DISABLED = true",
            AlterUser("U", if_exists=False, changes=(SetDisabled(disabled=True),)),
        ),
        ("DESC USER u", DescribeUser("U")),
        ('describe user "a ""b"" c"', DescribeUser('a "b" c')),
        ("SHOW USERS", ShowUsers(None)),
        ("USE ROLE r", UseRole("R")),
        (
            "SELECT current_user(), 1, 1.50 AS n, 'it''s' as \"s\"",
            Select(
                (
                    SelectItem("CURRENT_USER()", ContextFunction("CURRENT_USER")),
                    SelectItem("1", Number("1")),
                    SelectItem("N", Number("1.50")),
                    SelectItem("s", Text("it's")),
                )
            ),
        ),
    ],
)
def test_statement(sql: str, statement: Statement) -> None:
    assert parse(sql) == statement


@pytest.mark.parametrize(
    ("sql", "where"),
    [
        ("", "line 1 at position 0 unexpected '<EOF>'"),
        ("BOGUS", "line 1 at position 0 unexpected 'BOGUS'"),
        ("ALTER USER u", "line 1 at position 12 unexpected '<EOF>'"),
        ("ALTER USER u\nSET PASSWORD='x'", "line 2 at position 4 unexpected 'PASSWORD'"),
        ("ALTER USER u SET RSA_PUBLIC_KEY=k", "line 1 at position 32 unexpected 'k'"),
        ("ALTER USER u SET RSA_PUBLIC_KEY='k", "line 1 at position 32 unexpected '''"),
        ("ALTER USER u SET RSA_PUBLIC_KEY='a''", "line 1 at position 35 unexpected '''"),
        ("ALTER USER u SET \"RSA_PUBLIC_KEY\"='k'", "position 17 unexpected '\"RSA_PUBLIC_KEY\"'"),
        ("ALTER USER u UNSET RSA_PUBLIC_KEY_FP", "position 19 unexpected 'RSA_PUBLIC_KEY_FP'"),
        (
            "ALTER USER u SET RSA_PUBLIC_KEY='k' RSA_PUBLIC_KEY='l'",
            "line 1 at position 36 unexpected 'RSA_PUBLIC_KEY'",
        ),
        ("ALTER USER u UNSET RSA_PUBLIC_KEY, RSA_PUBLIC_KEY", "position 35 unexpected 'RSA_"),
        ("ALTER USER u SET DISABLED = maybe", "position 28 unexpected 'maybe'"),
        ("ALTER USER svc-app SET DISABLED = TRUE", "position 14 unexpected '-'"),
        ("DESC USER u; DROP USER u", "line 1 at position 13 unexpected 'DROP'"),
        ('DESC USER ""', "line 1 at position 10 unexpected '\"'"),
        ("SELECT * FROM t", "line 1 at position 7 unexpected '*'"),
        ("SELECT CURRENT_USER", "line 1 at position 19 unexpected '<EOF>'"),
        ("SELECT ?", "line 1 at position 7 unexpected '?'"),
        ("TRUNCATE TABLE t", "line 1 at position 0 unexpected 'TRUNCATE'"),
    ],
)
def test_anything_else_is_a_syntax_error_at_the_token_that_does_not_fit(
    sql: str, where: str
) -> None:
    with pytest.raises(SnowflakeError) as caught:
        parse(sql)

    refusal = caught.value.refusal
    assert (refusal.code, refusal.sqlstate) == ("001003", "42000")
    assert refusal.message.startswith("SQL compilation error:\nsyntax error line")
    assert where in refusal.message
