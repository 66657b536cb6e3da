"""The installed Snowflake connector changes users, with and without the privilege."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from snowflake.connector.errors import ProgrammingError

from tests.sandbox.snowflake.helpers import (
    IGNORE_CONNECT_WARNING,
    Connect,
    KeyPair,
    Run,
    refusal_of,
)

if TYPE_CHECKING:
    from sandbox.snowflake import Account

pytestmark = IGNORE_CONNECT_WARNING


ALTERATIONS = [
    "ALTER USER {u} SET RSA_PUBLIC_KEY_2='{key}'",
    "ALTER USER {u} UNSET RSA_PUBLIC_KEY, RSA_PUBLIC_KEY_2",
    "ALTER USER {u} SET DISABLED = FALSE",
    "DESC USER {u}",
]


@pytest.mark.parametrize(
    ("user", "privilege", "allowed"),
    [
        ("SVC_APP", None, [False, False, False, True]),
        ("SVC_APP", "MODIFY PROGRAMMATIC AUTHENTICATION METHODS", [True, True, False, True]),
        ("SVC_APP", "OWNERSHIP", [True, True, True, True]),
        ("OTHER", None, [False, False, False, False]),
        ("OTHER", "MODIFY PROGRAMMATIC AUTHENTICATION METHODS", [True, True, False, False]),
        ("OTHER", "OWNERSHIP", [True, True, True, True]),
    ],
)
def test_each_privilege_allows_what_it_says(
    account: Account,
    connect: Connect,
    second_key: KeyPair,
    user: str,
    privilege: str | None,
    allowed: list[bool],
) -> None:
    account.create_role("TRIED")
    account.grant_role("TRIED", to_user="SVC_APP")
    if privilege:
        account.grant(privilege, on_user=user, to_role="TRIED")
    cursor = connect(role="TRIED").cursor()
    found = []
    for sql in ALTERATIONS:
        try:
            cursor.execute(sql.format(u=user, key=second_key.body))
            found.append(True)
        except ProgrammingError as error:
            reason = f"Insufficient privileges to operate on user '{user}'"
            expected = f"003001 (42501): SQL access control error:\n{reason}"
            found.append(not str(error).startswith(expected))

    assert found == allowed


def test_alter_user_sets_and_unsets(
    account: Account, run: Run, second_key: KeyPair, key: KeyPair
) -> None:
    status = run(f"ALTER USER svc_app SET RSA_PUBLIC_KEY_2='{second_key.body}'", "ROTATION")
    assert status == [("Statement executed successfully.",)]
    assert account.user("SVC_APP").slots == (key.fingerprint, second_key.fingerprint)

    run("ALTER USER svc_app UNSET RSA_PUBLIC_KEY_2", "ROTATION")
    assert account.user("SVC_APP").slots == (key.fingerprint, None)


def test_an_owner_disables_a_user_and_its_sessions(
    account: Account, connect: Connect, key: KeyPair
) -> None:
    account.create_user("ADMIN", rsa_public_key=key.body)
    account.grant_role("ACCOUNTADMIN", to_user="ADMIN")
    victim = connect().cursor()

    connect("ADMIN", role="ACCOUNTADMIN").cursor().execute("ALTER USER svc_app SET DISABLED=TRUE")

    with pytest.raises(ProgrammingError, match="User access disabled"):
        victim.execute("SELECT 1")


def test_quoted_names_keep_their_case(account: Account, run: Run, second_key: KeyPair) -> None:
    account.create_user('svc "lower"', login_name="LOWER")
    account.create_role("keys")
    account.grant_role("keys", to_user="SVC_APP")
    account.grant("OWNERSHIP", on_user='svc "lower"', to_role="keys")

    run(
        f'ALTER USER "svc ""lower""" SET RSA_PUBLIC_KEY=\'{second_key.body}\'',
        '"keys"',
    )

    assert account.user('svc "lower"').slots == (second_key.fingerprint, None)


def test_a_rejected_key_changes_nothing(
    account: Account, run: Run, key: KeyPair, second_key: KeyPair
) -> None:
    sql = f"ALTER USER svc_app SET RSA_PUBLIC_KEY_2='{second_key.body}' RSA_PUBLIC_KEY='abcd'"

    errno, sqlstate, message = refusal_of(run, sql, "ROTATION")

    assert (errno, sqlstate) == (390000, "22023")
    assert "New public key rejected by current policy. Reason: 'Invalid Public key'" in message
    assert account.user("SVC_APP").slots == (key.fingerprint, None)
