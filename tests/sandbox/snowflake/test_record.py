"""What the record tells, and what it does not hold."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sandbox.snowflake import Kind, SnowflakeServer

if TYPE_CHECKING:
    from tests.sandbox.snowflake.helpers import BareClient, KeyPair


def test_the_record_tells_what_happened_and_holds_no_token(
    server: SnowflakeServer, bare: BareClient, key: KeyPair, foreign_key: KeyPair
) -> None:
    refused = bare.log_in("svc_app", foreign_key)
    bare.log_in("svc_app", key, "?roleName=ROTATION")
    bare.execute("DESC USER svc_app")
    bare.execute("DROP TABLE t")
    bare.execute("USE ROLE PUBLIC")

    assert refused["code"] == "394304"
    logins = [(e.login_name, e.outcome, e.slot, e.fingerprint) for e in server.record.logins]
    assert logins == [
        ("svc_app", "394304", None, foreign_key.fingerprint),
        ("svc_app", "success", 1, key.fingerprint),
    ]
    statements = [(e.user, e.role, e.kind, e.sql, e.outcome) for e in server.record.statements]
    assert statements == [
        ("SVC_APP", "ROTATION", "DESC USER", "DESC USER svc_app", "success"),
        ("SVC_APP", "ROTATION", "UNSUPPORTED", "DROP TABLE t", "001003"),
        ("SVC_APP", "ROTATION", "USE ROLE", "USE ROLE PUBLIC", "success"),
    ]
    kinds = [entry.operation for entry in server.record.calls]
    assert kinds == [Kind.LOGIN] * 2 + [Kind.STATEMENT] * 3
    everything = json.dumps([repr(entry) for entry in server.record.entries])
    assert bare.token not in everything
    assert bare.master_token not in everything
    assert "eyJ" not in everything


def test_the_record_can_be_cleared(server: SnowflakeServer, bare: BareClient) -> None:
    bare.post("/telemetry/send")
    server.record.clear()

    assert server.record.entries == []
