"""A server goes back to what its account held; sessions, faults and entries of later are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.faults import ANY, Unavailable
from tests.sandbox.snowflake.helpers import (
    IGNORE_CONNECT_WARNING,
    BareClient,
    Connect,
    KeyPair,
    Run,
)

if TYPE_CHECKING:
    from sandbox.snowflake import Account, SnowflakeServer

ADMIN = "ACCOUNTADMIN"


def test_users_keys_and_grants_are_as_they_were(
    server: SnowflakeServer, account: Account, second_key: KeyPair
) -> None:
    user = account.user("SVC_APP")
    slots, set_at = user.slots, user.key_slot(1).last_set_time
    grants, roles = set(account.grants), set(account.roles)
    saved = server.snapshot()
    for _ in range(2):
        user = account.user("SVC_APP")
        user.set_key(2, second_key.body)
        user.unset_key(1)
        user.roles.add(ADMIN)
        user.disabled, user.failed_logins, user.locked_until = True, 3, 1e10
        account.create_user("LATE")
        account.create_role("LATE")
        account.grant("OWNERSHIP", on_user="SVC_APP", to_role="LATE")
        account.network_allowed = False
        account.clock = lambda: 0.0
        server.restore(saved)
        user = account.user("SVC_APP")
        assert (user.slots, user.key_slot(1).last_set_time) == (slots, set_at)
        assert user.roles == {"PUBLIC", "ROTATION"}
        assert (user.disabled, user.failed_logins, user.locked_until) == (False, 0, None)
        assert set(account.users) == {"SVC_APP", "OTHER"}
        assert (account.grants, account.roles) == (grants, roles)
        assert account.network_allowed
        assert account.now() > 1e9


@IGNORE_CONNECT_WARNING
def test_objects_made_by_sql_are_gone(server: SnowflakeServer, account: Account, run: Run) -> None:
    account.user("SVC_APP").roles.add(ADMIN)
    saved = server.snapshot()
    run("CREATE DATABASE late", ADMIN)
    assert account.objects
    server.restore(saved)
    assert account.objects == {}
    run("CREATE DATABASE late", ADMIN)


def test_the_users_clock_is_the_accounts(
    server: SnowflakeServer, account: Account, second_key: KeyPair
) -> None:
    server.restore(server.snapshot())
    account.clock = lambda: 4711.0
    account.user("SVC_APP").set_key(2, second_key.body)
    assert account.user("SVC_APP").key_slot(2).last_set_time == 4711.0


def test_a_session_of_before_is_unknown(
    server: SnowflakeServer, bare: BareClient, key: KeyPair
) -> None:
    saved = server.snapshot()
    bare.log_in("SVC_APP", key)
    assert bare.execute("SELECT 1")["success"]
    server.restore(saved)
    assert bare.execute("SELECT 1")["code"] == "390104"
    assert bare.log_in("SVC_APP", key)["success"]


@IGNORE_CONNECT_WARNING
def test_faults_end_and_the_record_is_empty(server: SnowflakeServer, connect: Connect) -> None:
    saved = server.snapshot()
    connect().cursor().execute("SELECT 1")
    server.faults.add(ANY, Unavailable(), times=None)
    server.restore(saved)
    assert server.record.entries == []
    connect().cursor().execute("SELECT 1")
    assert [entry.kind for entry in server.record.statements] == ["SELECT"]


def test_what_a_snapshot_holds_changes_no_more(server: SnowflakeServer, account: Account) -> None:
    saved = server.snapshot()
    account.user("SVC_APP").unset_key(1)
    account.grants.clear()
    account.users.clear()
    server.restore(saved)
    assert account.user("SVC_APP").slots[0] is not None
    assert account.grants
    with pytest.raises(KeyError):
        account.user("LATE")
