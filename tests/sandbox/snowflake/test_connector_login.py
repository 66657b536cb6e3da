"""The installed Snowflake connector, unmodified, logs in or is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from snowflake.connector.errors import DatabaseError

from sandbox.faults import Unavailable
from sandbox.snowflake import Account, Kind, SnowflakeServer
from tests.sandbox.snowflake.helpers import IGNORE_CONNECT_WARNING, Connect, KeyPair

if TYPE_CHECKING:
    from snowflake.connector import SnowflakeConnection

pytestmark = IGNORE_CONNECT_WARNING


def whoami(connection: SnowflakeConnection) -> tuple[Any, ...]:
    cursor = connection.cursor()
    cursor.execute("SELECT CURRENT_USER(), CURRENT_ROLE()")
    return tuple(cursor.fetchone() or ())


def errno_of(connect: Connect, **arguments: Any) -> int:  # noqa: ANN401
    with pytest.raises(DatabaseError) as caught:
        connect(**arguments)
    return int(caught.value.errno)


def test_either_slot_lets_in_until_it_is_unset(
    server: SnowflakeServer, account: Account, connect: Connect, key: KeyPair, second_key: KeyPair
) -> None:
    account.user("SVC_APP").set_key(2, second_key.body)

    assert whoami(connect()) == ("SVC_APP", "PUBLIC")
    assert whoami(connect(private_key=second_key.der)) == ("SVC_APP", "PUBLIC")

    account.user("SVC_APP").unset_key(1)
    assert errno_of(connect) == 394304
    assert whoami(connect(private_key=second_key.der)) == ("SVC_APP", "PUBLIC")
    outcomes = [(entry.slot, entry.outcome) for entry in server.record.logins]
    assert outcomes == [(1, "success"), (2, "success"), (None, "394304"), (2, "success")]
    # the connector's own fingerprint agrees
    assert server.record.logins[0].fingerprint == key.fingerprint


def test_an_open_session_outlives_its_key(
    server: SnowflakeServer, account: Account, connect: Connect
) -> None:
    connection = connect()
    account.user("SVC_APP").unset_key(1)
    server.sessions.expire_tokens()

    assert whoami(connection) == ("SVC_APP", "PUBLIC")
    kinds = [entry.operation for entry in server.record.calls]
    assert kinds == [Kind.LOGIN, Kind.STATEMENT, Kind.TOKEN_RENEWAL, Kind.STATEMENT]


@pytest.mark.parametrize("detailed", [True, False])
def test_a_wrong_key_without_and_with_detail(
    account: Account,
    foreign_key: KeyPair,
    connect: Connect,
    detailed: bool,  # noqa: FBT001
) -> None:
    with SnowflakeServer(account, detailed_jwt_errors=detailed) as server:
        errno = errno_of(connect, port=server.port, private_key=foreign_key.der)

    assert errno == (394304 if detailed else 390144)


def test_the_user_part_is_the_login_name(
    server: SnowflakeServer, account: Account, connect: Connect, key: KeyPair
) -> None:
    account.create_user("svc-lower", login_name="Batch@Example.com", rsa_public_key=key.body)

    assert whoami(connect("svc-lower")) == ("svc-lower", "PUBLIC")
    assert errno_of(connect, user="svc-lower") == 394300
    assert server.connect_arguments("svc-lower")["user"] == "BATCH@EXAMPLE.COM"


@pytest.mark.parametrize("name", ["sandbox", "SANDBOX.eu-west-1"])
def test_the_account_in_its_other_forms(connect: Connect, name: str) -> None:
    assert whoami(connect(account=name)) == ("SVC_APP", "PUBLIC")


def test_another_account_is_a_mismatch(connect: Connect) -> None:
    assert errno_of(connect, account="ELSEWHERE") == 394307


def test_a_password_is_refused(connect: Connect) -> None:
    arguments = {"authenticator": "snowflake", "private_key": None, "password": "guess"}

    assert errno_of(connect, **arguments) == 390100


def test_disabled_locked_and_shut_out(account: Account, connect: Connect) -> None:
    user = account.user("SVC_APP")
    user.disabled = True
    assert errno_of(connect) == 390101
    user.disabled, user.locked_until = False, account.now() + 60
    assert errno_of(connect) == 390102
    user.locked_until, account.network_allowed = None, False
    assert errno_of(connect) == 390422


def test_the_role_of_the_connect_string(connect: Connect) -> None:
    connection = connect(role="rotation")

    assert whoami(connection) == ("SVC_APP", "ROTATION")
    assert connection.role == "ROTATION"
    assert errno_of(connect, role="ACCOUNTADMIN") == 390186
    assert errno_of(connect, role="NO_SUCH_ROLE") == 390189


def test_the_default_role_is_taken_if_none_is_asked_for(account: Account, connect: Connect) -> None:
    account.user("SVC_APP").default_role = "ROTATION"

    assert whoami(connect()) == ("SVC_APP", "ROTATION")


@pytest.mark.parametrize("enabled", [True, False])
def test_telemetry_is_off_when_asked(
    server: SnowflakeServer,
    connect: Connect,
    enabled: bool,  # noqa: FBT001
) -> None:
    connection = connect(session_parameters={"CLIENT_TELEMETRY_ENABLED": enabled})
    connection.cursor().execute("SELECT 1")
    connection.close()

    kinds = {entry.operation for entry in server.record.calls}
    assert (Kind.TELEMETRY in kinds) is enabled
    assert Kind.CLOSE in kinds


def test_a_login_that_meets_one_503_is_tried_again(
    server: SnowflakeServer, connect: Connect
) -> None:
    server.faults.add(Kind.LOGIN, Unavailable())

    assert whoami(connect()) == ("SVC_APP", "PUBLIC")
    assert [entry.faults for entry in server.record.calls[:2]] == [("Unavailable",), ()]
