"""What each kind of request does, from JSON to JSON. Faults and HTTP are elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.snowflake.answers import refusals
from sandbox.snowflake.answers.refusals import SnowflakeError
from sandbox.snowflake.execution.statements import execute
from sandbox.snowflake.login import key_pair_jwt
from sandbox.snowflake.login.logins import (
    Login,
    LoginPolicy,
    LoginRequest,
    log_in,
    refuse_by_address,
)
from sandbox.snowflake.login.sessions import Session, Sessions, token_in
from sandbox.snowflake.protocol import wire
from sandbox.snowflake.protocol.requests import Kind
from sandbox.snowflake.record import SUCCESS, LoginEntry, StatementEntry
from sandbox.snowflake.sql.parser import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.record import Record
    from sandbox.snowflake.account.accounts import Account
    from sandbox.snowflake.protocol.requests import Request

Json = dict[str, Any]


class Endpoints:
    """The requests of the protocol, for one account."""

    def __init__(
        self, account: Account, sessions: Sessions, policy: LoginPolicy, record: Record
    ) -> None:
        self._account = account
        self._sessions = sessions
        self._policy = policy
        self._record = record
        self._actions: dict[Kind, Callable[[Request], Json]] = {
            Kind.LOGIN: self._log_in,
            Kind.STATEMENT: self._statement,
            Kind.TOKEN_RENEWAL: self._renew,
            Kind.HEARTBEAT: self._session_needed,
            Kind.ABORT: self._session_needed,
            Kind.CLOSE: self._close,
            Kind.TELEMETRY: lambda _: wire.success("Log Received"),
        }

    def answer(self, request: Request) -> Json:
        """Answer a request of a known kind."""
        try:
            return self._actions[request.kind](request)
        except SnowflakeError as error:
            refuse = wire.login_refused if request.kind is Kind.TOKEN_RENEWAL else wire.refused
            return refuse(error.refusal)

    def _log_in(self, request: Request) -> Json:
        login_request = _login_request(request)
        try:
            login = log_in(self._account, login_request, self._policy, self._account.now())
        except SnowflakeError as error:
            self._record_login(login_request, None, error.refusal.code)
            return wire.login_refused(error.refusal)
        self._record_login(login_request, login, SUCCESS)
        parameters = wire.session_parameters(login_request.session_parameters)
        session = self._sessions.open(login.user, login.role, parameters)
        return wire.logged_in(session, self._sessions)

    def _record_login(self, request: LoginRequest, login: Login | None, outcome: str) -> None:
        entry = LoginEntry(
            time=self._account.now(),
            account=request.account_name,
            login_name=request.login_name or key_pair_jwt.claimed_user(request.jwt),
            outcome=outcome,
            slot=login.slot if login else None,
            fingerprint=_claimed_fingerprint(request.jwt),
        )
        self._record.add(entry)

    def _statement(self, request: Request) -> Json:
        session = self._sessions.with_token(token_in(request.authorization))
        request_id = request.query.get("requestId", "")
        # one lock around the look-up and the effect: a retry may arrive while its first try runs
        with self._account.lock:
            if session.user.disabled:
                # [D] admin-user-management: a disabled user can issue no new queries; the code
                # an open session gets is not documented
                raise SnowflakeError(refusals.USER_DISABLED)
            # [D] user-guide/network-policies: an open session runs no further queries either
            refuse_by_address(self._account, session.user)
            if request_id in session.replies:
                return session.replies[request_id]
            reply = self._run(str(request.sql), session)
            if request_id:
                session.replies[request_id] = reply
            return reply

    def _run(self, sql: str, session: Session) -> Json:
        role, kind, outcome = session.role, "UNSUPPORTED", SUCCESS
        try:
            statement = parse(sql)
            kind = statement.kind
            result_set = execute(statement, self._account, session)
            return wire.result(result_set, session, self._account.now())
        except SnowflakeError as error:
            outcome = error.refusal.code
            return wire.refused(error.refusal)
        finally:
            now = self._account.now()
            self._record.add(StatementEntry(now, session.user.name, role, kind, sql, outcome))

    def _renew(self, request: Request) -> Json:
        session = self._sessions.renew(token_in(request.authorization))
        return wire.renewed(session, self._sessions)

    def _session_needed(self, request: Request) -> Json:
        self._sessions.with_token(token_in(request.authorization))
        return wire.success()

    def _close(self, request: Request) -> Json:
        self._sessions.close(token_in(request.authorization))
        return wire.success()


def _login_request(request: Request) -> LoginRequest:
    data = request.body.get("data") or {}
    return LoginRequest(
        account_name=str(data.get("ACCOUNT_NAME") or ""),
        login_name=str(data.get("LOGIN_NAME") or ""),
        authenticator=str(data.get("AUTHENTICATOR") or ""),
        jwt=str(data.get("TOKEN") or ""),
        role=request.query.get("roleName"),
        provider=data.get("PROVIDER"),
        session_parameters=data.get("SESSION_PARAMETERS") or {},
    )


def _claimed_fingerprint(jwt: str) -> str | None:
    try:
        return key_pair_jwt.decode(jwt).fingerprint
    except SnowflakeError:
        return None
