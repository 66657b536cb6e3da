"""What each effect does to a request, seen without retries."""

from __future__ import annotations

import http.client
import threading
import time

import pytest

from sandbox.faults import (
    ANY,
    Callback,
    Cut,
    Delay,
    Garbage,
    Hang,
    Unavailable,
    When,
)
from sandbox.snowflake import (
    EXPIRED_SESSION,
    LOCKED_USER,
    Account,
    Kind,
    Refuse,
    SnowflakeServer,
    missing_privilege,
)
from tests.sandbox.snowflake.helpers import BareClient, KeyPair

CUT = (http.client.RemoteDisconnected, ConnectionResetError)


@pytest.fixture
def user(bare: BareClient, key: KeyPair) -> BareClient:
    """Return a client logged in in a role that may alter SVC_APP."""
    assert bare.log_in("SVC_APP", key, "?roleName=ROTATION")["success"]
    return bare


@pytest.fixture
def alter(second_key: KeyPair) -> str:
    return f"ALTER USER SVC_APP SET RSA_PUBLIC_KEY_2='{second_key.body}'"


def installed(account: Account) -> bool:
    return account.user("SVC_APP").slots[1] is not None


def test_delay_answers_later(
    server: SnowflakeServer, account: Account, user: BareClient, alter: str
) -> None:
    server.faults.add(Kind.STATEMENT, Delay(0.05))
    before = time.monotonic()

    assert user.execute(alter)["success"]
    assert time.monotonic() - before >= 0.05
    assert installed(account)


def test_unavailable_answers_503_without_effect(
    server: SnowflakeServer, account: Account, user: BareClient, alter: str
) -> None:
    server.faults.add(Kind.STATEMENT, Unavailable())

    assert user.request("/queries/v1/query-request", {"sqlText": alter})[0] == 503
    assert not installed(account)
    assert user.execute(alter)["success"]


@pytest.mark.parametrize(
    ("effect", "when"),
    [(Cut(), When.BEFORE), (Cut(), When.AFTER), (Hang(0.05), When.BEFORE)],
)
def test_a_cut_connection_gets_no_reply(
    server: SnowflakeServer,
    account: Account,
    user: BareClient,
    alter: str,
    effect: Cut | Hang,
    when: When,
) -> None:
    server.faults.add(Kind.STATEMENT, effect, when=when, about="ALTER USER")

    assert user.execute("SELECT 1")["success"]
    with pytest.raises(CUT):
        user.execute(alter)
    assert installed(account) is (when is When.AFTER)


def test_garbage_is_no_json(
    server: SnowflakeServer, account: Account, user: BareClient, alter: str
) -> None:
    server.faults.add(Kind.STATEMENT, Garbage(b"<html>", "text/html"))

    assert user.request("/queries/v1/query-request", {"sqlText": alter}) == (200, b"<html>")
    assert not installed(account)


@pytest.mark.parametrize(
    "effect",
    [
        EXPIRED_SESSION,
        missing_privilege("SVC_APP"),
        Refuse("000630", "Statement reached its timeout", "57014"),
    ],
)
def test_refuse_answers_a_snowflake_error_without_effect(
    server: SnowflakeServer,
    account: Account,
    user: BareClient,
    alter: str,
    effect: Refuse,
) -> None:
    server.faults.add(Kind.STATEMENT, effect)

    reply = user.execute(alter)

    assert (reply["success"], reply["code"]) == (False, effect.code)
    assert reply["message"] == effect.message
    assert reply["data"]["sqlState"] == effect.sqlstate
    assert not installed(account)


def test_a_locked_user_on_request(server: SnowflakeServer, bare: BareClient, key: KeyPair) -> None:
    server.faults.add(Kind.LOGIN, LOCKED_USER)

    assert bare.log_in("SVC_APP", key)["code"] == "390102"
    assert bare.log_in("SVC_APP", key)["success"]


@pytest.mark.parametrize(("when", "seen"), [(When.BEFORE, [False]), (When.AFTER, [True])])
def test_a_call_happens_at_its_moment(
    server: SnowflakeServer,
    account: Account,
    user: BareClient,
    alter: str,
    when: When,
    seen: list[bool],
) -> None:
    found: list[bool] = []
    look = Callback(lambda _: found.append(installed(account)))
    server.faults.add(Kind.STATEMENT, look, when=when)

    assert user.execute(alter)["success"]
    assert found == seen


def test_a_call_that_fails_is_told_to_whoever_stops_the_server(account: Account) -> None:
    server = SnowflakeServer(account)
    server.start()
    server.faults.add(ANY, Callback(lambda _: 1 / 0), when=When.AFTER)
    client = BareClient(server)
    with pytest.raises(CUT):
        client.post("/telemetry/send")
    client.close()

    with pytest.raises(RuntimeError, match="failed while it answered"):
        server.stop()


def test_two_faults_act_in_the_order_of_adding(
    server: SnowflakeServer, account: Account, user: BareClient, alter: str
) -> None:
    server.faults.add(ANY, Delay(0.01))
    server.faults.add(Kind.STATEMENT, Cut(), when=When.AFTER)

    with pytest.raises(CUT):
        user.execute(alter)

    assert installed(account)
    assert server.record.calls[-1].faults == ("Delay", "Cut")


def test_clear_takes_faults_away(server: SnowflakeServer, user: BareClient, alter: str) -> None:
    server.faults.add(ANY, Unavailable(), times=None)
    server.faults.clear()

    assert user.execute(alter)["success"]


def test_a_hung_request_ends_when_the_server_stops(account: Account, key: KeyPair) -> None:
    server = SnowflakeServer(account)
    server.start()
    server.faults.add(Kind.LOGIN, Hang())
    client = BareClient(server)
    threads_before = set(threading.enumerate())
    caught: list[BaseException] = []

    def log_in() -> None:
        try:
            client.log_in("SVC_APP", key)
        except CUT as error:
            caught.append(error)

    waiting = threading.Thread(target=log_in)
    waiting.start()
    while not server.record.calls:
        time.sleep(0.005)
    at_work = set(threading.enumerate()) - threads_before
    assert len(at_work) == 2  # the client's and the server's for it

    server.stop()

    for thread in at_work:
        thread.join(timeout=5)
    client.close()
    assert len(caught) == 1
    assert not [thread for thread in at_work if thread.is_alive()]
