"""The protocol below the clients: shapes, sessions, repeats and the record."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from sandbox.faults import Delay
from sandbox.snowflake import Account, Kind, SnowflakeServer
from tests.sandbox.snowflake.helpers import BareClient, KeyPair

# What one client or another cannot do without, found by leaving fields out one at a time.
LOGIN_FIELDS = {"token", "masterToken", "sessionId"}
QUERY_FIELDS = {"rowtype", "rowset", "queryResultFormat", "returned"}
COLUMN_FIELDS = {"name", "nullable", "type", "length", "precision", "scale"}
# What the captured replies have besides.
CAPTURED_LOGIN_FIELDS = LOGIN_FIELDS | {
    "validityInSeconds",
    "masterValidityInSeconds",
    "displayUserName",
    "serverVersion",
    "firstLogin",
    "healthCheckInterval",
    "parameters",
    "sessionInfo",
}


def test_the_login_reply_has_what_clients_need(bare: BareClient, key: KeyPair) -> None:
    data = bare.log_in("SVC_APP", key, "?roleName=rotation")["data"]

    assert data.keys() >= CAPTURED_LOGIN_FIELDS
    assert data["sessionInfo"]["roleName"] == "ROTATION"
    assert data["displayUserName"] == "SVC_APP"


def test_the_query_reply_has_what_clients_need(bare: BareClient, key: KeyPair) -> None:
    bare.log_in("SVC_APP", key)

    data = bare.execute("SELECT 1, 'a'")["data"]

    assert data.keys() >= QUERY_FIELDS
    assert all(column.keys() >= COLUMN_FIELDS for column in data["rowtype"])
    assert [column["type"] for column in data["rowtype"]] == ["fixed", "text"]
    assert (data["rowset"], data["returned"]) == ([["1", "a"]], 1)


@pytest.mark.parametrize("sent", [False, "false", "FALSE"])
def test_session_parameters_are_echoed_and_booleans_stay_booleans(
    bare: BareClient, key: KeyPair, sent: object
) -> None:
    parameters = {"CLIENT_TELEMETRY_ENABLED": sent, "QUERY_TAG": "rotation"}

    data = bare.log_in("SVC_APP", key, SESSION_PARAMETERS=parameters)["data"]

    echoed = {item["name"]: item["value"] for item in data["parameters"]}
    assert echoed["CLIENT_TELEMETRY_ENABLED"] is False
    assert echoed["QUERY_TAG"] == "rotation"
    assert echoed["TIMEZONE"] == "Etc/UTC"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/queries/v1/query-request", {"sqlText": "SELECT 1"}),
        ("/queries/v1/abort-request", {"requestId": "x"}),
        ("/session/heartbeat", {}),
        ("/session?delete=true", {}),
    ],
)
def test_what_needs_a_session_says_so(
    server: SnowflakeServer, bare: BareClient, key: KeyPair, path: str, body: dict[str, str]
) -> None:
    assert bare.post(path, body, token="invented")["code"] == "390104"
    bare.log_in("SVC_APP", key)
    if "delete" not in path:
        server.sessions.expire_tokens()
        assert bare.post(path, body)["code"] == "390112"
    else:
        assert bare.post(path, body)["success"]
        assert bare.post(path, body)["code"] == "390111"


def test_a_session_is_renewed_with_the_master_token(
    server: SnowflakeServer, bare: BareClient, key: KeyPair, account: Account
) -> None:
    bare.log_in("SVC_APP", key)
    account.user("SVC_APP").unset_key(1)
    server.sessions.expire_tokens()
    old = {"oldSessionToken": bare.token, "requestType": "RENEW"}

    renewed = bare.post("/session/token-request", old, token=bare.master_token)["data"]

    assert renewed.keys() >= {"sessionToken", "masterToken", "validityInSecondsST", "sessionId"}
    bare.token = renewed["sessionToken"]
    assert bare.execute("SELECT 1")["success"]


def test_a_refused_token_request_has_no_data(bare: BareClient) -> None:
    refused = bare.post("/session/token-request", {"requestType": "RENEW"}, token="expired")

    assert (refused["success"], refused["data"]) == (False, None)
    assert refused["code"] == "390113"


def test_heartbeat_abort_and_telemetry_answer(bare: BareClient, key: KeyPair) -> None:
    bare.log_in("SVC_APP", key)

    for path in ("/session/heartbeat", "/queries/v1/abort-request", "/telemetry/send"):
        assert bare.post(path, {})["success"]


def test_a_repeated_request_id_gets_the_same_reply_and_no_second_effect(
    server: SnowflakeServer, account: Account, bare: BareClient, key: KeyPair, second_key: KeyPair
) -> None:
    bare.log_in("SVC_APP", key, "?roleName=ROTATION")
    alter = f"ALTER USER SVC_APP SET RSA_PUBLIC_KEY_2='{second_key.body}'"

    first = bare.execute(alter, "one")
    account.user("SVC_APP").unset_key(2)
    repeat = bare.execute(alter, "one")

    assert repeat == first
    assert account.user("SVC_APP").slots[1] is None
    assert len(server.record.statements) == 1
    assert bare.execute(alter, "two")["data"]["queryId"] != first["data"]["queryId"]
    assert account.user("SVC_APP").slots[1] == second_key.fingerprint


def test_a_repeat_that_overtakes_its_first_try_still_has_one_effect(
    server: SnowflakeServer, bare: BareClient, key: KeyPair
) -> None:
    bare.log_in("SVC_APP", key)
    server.faults.add(Kind.STATEMENT, Delay(0.1))
    slow: list[dict[str, Any]] = []
    first = threading.Thread(target=lambda: slow.append(bare.execute("SELECT 1", "one")))
    first.start()
    while not [entry for entry in server.record.calls if entry.operation is Kind.STATEMENT]:
        pass
    second = BareClient(server)
    second.token = bare.token

    fast = second.execute("SELECT 1", "one")

    first.join()
    second.close()
    assert slow == [fast]
    assert len(server.record.statements) == 1


def test_another_session_does_not_see_the_repeat(
    server: SnowflakeServer, bare: BareClient, key: KeyPair
) -> None:
    bare.log_in("SVC_APP", key)
    bare.execute("SELECT 1", "one")
    bare.log_in("SVC_APP", key)

    assert bare.execute("SELECT 2", "one")["data"]["rowset"] == [["2"]]
    assert len(server.record.statements) == 2
