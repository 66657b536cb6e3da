"""A Snowflake on 127.0.0.1 that real clients log in to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.server import Server
from sandbox.snowflake.login.logins import LoginPolicy
from sandbox.snowflake.login.sessions import Sessions
from sandbox.snowflake.protocol.endpoints import Endpoints
from sandbox.snowflake.protocol.service import SnowflakeService
from sandbox.snowflake.record import SnowflakeRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.snowflake.account.accounts import Account, Snapshot


class SnowflakeServer(Server):
    """Serves one account over HTTP while it is entered as a context.

    ``url`` is what the Node.js driver takes for ``accessUrl``. ``clock`` returns epoch seconds
    and becomes the account's, if given. Token lives are in seconds. For the rest see
    ``LoginPolicy``.
    """

    def __init__(  # noqa: PLR0913 - options of a test server, by keyword
        self,
        account: Account,
        *,
        port: int = 0,
        clock: Callable[[], float] | None = None,
        detailed_jwt_errors: bool = False,
        lock_after_failed_logins: int | None = 5,
        session_validity_seconds: float = 3600,
        master_validity_seconds: float = 14400,
    ) -> None:
        self.account = account
        if clock is not None:
            account.clock = clock
        self._record = SnowflakeRecord()
        self.sessions = Sessions(account.now, session_validity_seconds, master_validity_seconds)
        policy = LoginPolicy(detailed_jwt_errors, lock_after_failed_logins)
        endpoints = Endpoints(account, self.sessions, policy, self._record)
        super().__init__(SnowflakeService(endpoints, self._record, account.now), port)

    @property
    def record(self) -> SnowflakeRecord:
        """What clients asked for, and how logins and statements were judged."""
        return self._record

    def environment(self) -> dict[str, str]:
        """Return the variables with which the function and the examples find this server."""
        return {
            "SNOWFLAKE_HOST": self.host,
            "SNOWFLAKE_PORT": str(self.port),
            "SNOWFLAKE_PROTOCOL": "http",
        }

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
