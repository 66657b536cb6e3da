"""Reply shapes, as JSON values: what four real clients need of a local server ([L]).

Which fields a client cannot do without: token for all; masterToken and sessionId for connector
5.x; rowset and rowtype (name, nullable, type, length, precision, scale) for connector 4.x;
queryResultFormat for 5.x; returned for the Node.js driver.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from sandbox.http import HttpReply
from sandbox.snowflake.execution.statements import SERVER_VERSION

if TYPE_CHECKING:
    from sandbox.snowflake.answers.refusals import Refusal
    from sandbox.snowflake.answers.results import Column, ResultSet
    from sandbox.snowflake.login.sessions import Session, Sessions

Json = dict[str, Any]

SESSION_PARAMETERS: Json = {
    "TIMEZONE": "Etc/UTC",
    "CLIENT_TELEMETRY_ENABLED": True,
    "CLIENT_SESSION_KEEP_ALIVE": False,
    "PYTHON_CONNECTOR_QUERY_RESULT_FORMAT": "json",
    "JDBC_QUERY_RESULT_FORMAT": "json",
    "AUTOCOMMIT": True,
}
_TEXT_LENGTH = 16_777_216


def session_parameters(sent: Json) -> Json:
    """Return a session's parameters: the defaults, overridden by what the client sent.

    A boolean may arrive as text and goes back as a boolean, as the clients read it.
    """
    merged = {**SESSION_PARAMETERS, **sent}
    for name, default in SESSION_PARAMETERS.items():
        if isinstance(default, bool) and isinstance(merged[name], str):
            merged[name] = merged[name].lower() == "true"
    return merged


def http_reply(value: Json) -> HttpReply:
    """Return one of these as it is sent; a refusal is a 200 too."""
    headers = {"Content-Type": "application/json"}
    return HttpReply(200, json.dumps(value).encode(), headers, value["code"])


def success(data: object = None) -> Json:
    """Return a reply that says yes."""
    return {"data": data, "message": None, "code": None, "success": True}


def login_refused(refusal: Refusal) -> Json:
    """Return a refusal of a login or a token request; without data, so no SQLSTATE either."""
    return {
        "data": None,
        "code": refusal.code,
        "message": refusal.message,
        "success": False,
        "headers": None,
    }


def refused(refusal: Refusal) -> Json:
    """Return a refusal of any other request."""
    data = {
        "internalError": False,
        "errorCode": refusal.code,
        "age": 0,
        "sqlState": refusal.sqlstate,
        "queryId": str(uuid.uuid4()),
        "line": -1,
        "pos": -1,
        "type": "COMPILATION",
    }
    return {**login_refused(refusal), "data": data}


def logged_in(session: Session, sessions: Sessions) -> Json:
    """Return the reply to a login."""
    return success(
        {
            "masterToken": session.master_token,
            "token": session.token,
            "validityInSeconds": int(sessions.validity_seconds),
            "masterValidityInSeconds": int(sessions.master_validity_seconds),
            "displayUserName": session.user.name,
            "serverVersion": SERVER_VERSION,
            "firstLogin": False,
            "remMeToken": None,
            "remMeValidityInSeconds": 0,
            "healthCheckInterval": 45,
            "newClientForUpgrade": None,
            "sessionId": session.number,
            "parameters": _parameter_list(session),
            "sessionInfo": {
                "databaseName": None,
                "schemaName": None,
                "warehouseName": None,
                "roleName": session.role,
            },
            "idToken": None,
            "idTokenValidityInSeconds": 0,
            "responseData": None,
            "mfaToken": None,
            "mfaTokenValidityInSeconds": 0,
        }
    )


def renewed(session: Session, sessions: Sessions) -> Json:
    """Return the reply to a token renewal."""
    return success(
        {
            "sessionToken": session.token,
            "masterToken": session.master_token,
            "validityInSecondsST": int(sessions.validity_seconds),
            "validityInSecondsMT": int(sessions.master_validity_seconds),
            "sessionId": session.number,
        }
    )


def result(result_set: ResultSet, session: Session, now: float) -> Json:
    """Return the reply to a statement, as a JSON row set."""
    return success(
        {
            "parameters": _parameter_list(session),
            "rowtype": [_row_type(column) for column in result_set.columns],
            "rowset": [list(row) for row in result_set.rows],
            "total": len(result_set.rows),
            "returned": len(result_set.rows),
            "queryId": str(uuid.uuid4()),
            "databaseProvider": None,
            "finalDatabaseName": None,
            "finalSchemaName": None,
            "finalWarehouseName": None,
            "finalRoleName": session.role,
            "numberOfBinds": 0,
            "arrayBindSupported": False,
            "statementTypeId": result_set.statement_type,
            "version": 1,
            "sendResultTime": int(now * 1000),
            "queryResultFormat": "json",
            "queryContext": {"entries": []},
        }
    )


def _parameter_list(session: Session) -> list[Json]:
    return [{"name": name, "value": value} for name, value in session.parameters.items()]


def _row_type(column: Column) -> Json:
    return {
        "name": column.name,
        "database": "",
        "schema": "",
        "table": "",
        "nullable": not column.is_number,
        "type": "fixed" if column.is_number else "text",
        "length": None if column.is_number else _TEXT_LENGTH,
        "byteLength": None if column.is_number else _TEXT_LENGTH,
        "precision": column.precision,
        "scale": column.scale,
        "collation": None,
    }
