"""A Snowflake on 127.0.0.1 that real clients log in to."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Self

from sandbox.http import HttpServer
from sandbox.snowflake.faults import Faults
from sandbox.snowflake.login.logins import LoginPolicy
from sandbox.snowflake.login.sessions import Sessions
from sandbox.snowflake.protocol.endpoints import Endpoints
from sandbox.snowflake.protocol.service import Service
from sandbox.snowflake.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from sandbox.snowflake.account.accounts import Account, Snapshot


class SnowflakeServer:
    """Serves one account over HTTP while it is entered as a context.

    ``port`` 0 takes a free one. ``clock`` returns epoch seconds and becomes the account's, if
    given. Token lives are in seconds. For the rest see ``LoginPolicy``.
    """

    host = "127.0.0.1"

    def __init__(  # noqa: PLR0913 - options of a test server, by keyword
        self,
        account: Account,
        *,
        port: int = 0,
        clock: Callable[[], float] | None = None,
        detailed_jwt_errors: bool = True,
        lock_after_failed_logins: int | None = 5,
        session_validity_seconds: float = 3600,
        master_validity_seconds: float = 14400,
    ) -> None:
        self.account = account
        if clock is not None:
            account.clock = clock
        self.faults = Faults()
        self.record = Record()
        self.sessions = Sessions(account.now, session_validity_seconds, master_validity_seconds)
        self._policy = LoginPolicy(detailed_jwt_errors, lock_after_failed_logins)
        self._wanted_port = port
        self._stopping = threading.Event()
        self._http: HttpServer | None = None

    @property
    def http(self) -> HttpServer:
        """The HTTP server.

        Raises:
            RuntimeError: the server does not run.

        """
        if self._http is None:
            raise RuntimeError("the server does not run: start it, or enter it as a context")
        return self._http

    @property
    def port(self) -> int:
        """The port in use. Raises RuntimeError when the server does not run."""
        return self.http.port

    @property
    def url(self) -> str:
        """The address, as the Node.js driver takes it for ``accessUrl``."""
        return f"http://{self.host}:{self.port}"

    def connect_arguments(self, user_name: str) -> dict[str, Any]:
        """Return what ``snowflake.connector.connect`` needs besides ``private_key``.

        Raises:
            KeyError: no user of this NAME.

        """
        return {
            "host": self.host,
            "port": self.port,
            "protocol": "http",
            "account": self.account.name,
            "user": self.account.user(user_name).login_name,
            "authenticator": "SNOWFLAKE_JWT",
        }

    def snapshot(self) -> Snapshot:
        """Return what the account holds now, for ``restore``."""
        return self.account.snapshot()

    def restore(self, saved: Snapshot) -> None:
        """Go back to a snapshot, without sessions and faults, and with an empty record."""
        self.faults.clear()
        self.account.restore(saved)
        self.sessions.clear()
        self.record.clear()

    def start(self) -> None:
        """Listen, and answer in threads of the server's own."""
        self._stopping.clear()
        endpoints = Endpoints(self.account, self.sessions, self._policy, self.record)
        service = Service(endpoints, self.faults, self.record, self.account.now, self._stopping)
        self._http = HttpServer(service.answer, self._wanted_port)

    def stop(self) -> None:
        """Stop listening and cut every connection, hung ones too. Twice is once.

        Raises:
            RuntimeError: something failed while the server answered; it was a fault of the
                sandbox or of a function that a ``Call`` was given.

        """
        http, self._http = self._http, None
        if http is None:
            return
        self._stopping.set()
        http.close()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()
