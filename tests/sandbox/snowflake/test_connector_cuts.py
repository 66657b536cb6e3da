"""What the installed Snowflake connector does when a statement is cut off."""

from __future__ import annotations

import pytest
from snowflake.connector.errors import OperationalError

from sandbox.faults import Cut, When
from sandbox.snowflake import Account, Kind, SnowflakeServer
from tests.sandbox.snowflake.helpers import (
    IGNORE_CONNECT_WARNING,
    Connect,
    KeyPair,
    Run,
)

pytestmark = IGNORE_CONNECT_WARNING


@pytest.mark.parametrize("when", When)
def test_a_statement_cut_once_is_tried_again_and_takes_effect_once(
    server: SnowflakeServer,
    account: Account,
    run: Run,
    second_key: KeyPair,
    when: When,
) -> None:
    server.faults.add(Kind.STATEMENT, Cut(), when=when, about="ALTER USER")

    run(f"ALTER USER svc_app SET RSA_PUBLIC_KEY_2='{second_key.body}'", "ROTATION")

    assert account.user("SVC_APP").slots[1] == second_key.fingerprint
    assert [entry.kind for entry in server.record.statements] == ["ALTER USER"]
    requests = [entry.faults for entry in server.record.calls if entry.operation is Kind.STATEMENT]
    assert requests == [("Cut",), ()]


# 5.x deprecates network_timeout; without it this test would take five seconds
@pytest.mark.filterwarnings("ignore:.*network_timeout:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:.*network_timeout:FutureWarning")
@pytest.mark.parametrize(("when", "installed"), [(When.BEFORE, False), (When.AFTER, True)])
def test_a_statement_cut_for_ever_fails_whether_it_took_effect_or_not(
    server: SnowflakeServer,
    account: Account,
    connect: Connect,
    second_key: KeyPair,
    when: When,
    installed: bool,  # noqa: FBT001
) -> None:
    cursor = connect(role="ROTATION", network_timeout=1).cursor()
    server.faults.add(Kind.STATEMENT, Cut(), when=when, times=None)

    with pytest.raises(OperationalError):
        cursor.execute(f"ALTER USER svc_app SET RSA_PUBLIC_KEY_2='{second_key.body}'")

    assert (account.user("SVC_APP").slots[1] is not None) is installed
    assert len(server.record.statements) == int(installed)
