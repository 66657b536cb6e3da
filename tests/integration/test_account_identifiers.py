"""What the real connector makes of each account identifier and user: host, and token's claims.

Nothing is looked up or reached beyond this machine: the connector is told of a proxy, which
hears the name of the host and refuses.
"""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field

import pytest

from rotation.errors.snowflake_answers import SnowflakeError
from rotation.keys import credential, pair
from rotation.keys.credential import Credential
from rotation.keys.form import AWS_FORM
from rotation.ports import Deadline
from rotation.rules.words import Sensitive
from rotation.settings import Endpoint
from rotation.snowflake_api.user import SnowflakeUserKeys
from sandbox.snowflake import Account, SnowflakeServer
from tests.shared import keys
from tests.shared.accounts import CASES

REFUSAL = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
PUBLIC = pair.public_key_pem(keys.key("current").public_key())


@dataclass
class RefusingProxy:
    """Remembers what it was asked to connect to, and connects to nothing."""

    listener: socket.socket
    asked: set[str] = field(default_factory=set)

    def serve(self) -> None:
        with suppress(OSError):  # the end of the test closes the listener
            while True:
                connection, _ = self.listener.accept()
                with connection, suppress(OSError):
                    self.asked.add(connection.recv(4096).decode("latin-1").split("\r\n")[0])
                    connection.sendall(REFUSAL)

    @property
    def hosts(self) -> set[str]:
        return {line.split()[1] for line in self.asked if line.startswith("CONNECT ")}


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[RefusingProxy]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = RefusingProxy(listener)
        threading.Thread(target=proxy.serve, daemon=True).start()
        for name in ("HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{listener.getsockname()[1]}")
        monkeypatch.setenv("SNOWFLAKE_DISABLE_PLATFORM_DETECTION", "true")
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        yield proxy


def holding(**fields: object) -> Credential:
    return credential.read(Sensitive(keys.secret_text("current", **fields)), AWS_FORM)


def log_in(account: str) -> None:
    users = SnowflakeUserKeys(Endpoint(), Deadline(lambda: 20), None)
    with suppress(SnowflakeError), closing(users.log_in(holding(account=account))):
        pytest.fail("a proxy that refuses let a login pass")


def test_the_connector_turns_to_the_host_of_each_identifier(proxy: RefusingProxy) -> None:
    with ThreadPoolExecutor(len(CASES)) as at_once:
        for login in [at_once.submit(log_in, account) for account, _, _ in CASES]:
            login.result()
    assert proxy.hosts == {f"{host}:443" for _, host, _ in CASES}


@pytest.mark.parametrize(("written", "claimed"), [(a, claimed) for a, _, claimed in CASES])
@pytest.mark.parametrize(
    ("user", "name", "login_name"),
    [
        ("SVC_APP", "SVC_APP", "SVC_APP"),
        ("svc_app", "SVC_APP", "SVC_APP"),
        ("svc.app@example.com", "SVC_APP", "SVC.APP@EXAMPLE.COM"),
        ('Robot "7"', 'robot "seven"', 'ROBOT "7"'),
    ],
)
def test_the_token_names_account_and_user_as_snowflake_wants_them(
    written: str, claimed: str, user: str, name: str, login_name: str
) -> None:
    account = Account(claimed)
    account.create_user(name, login_name=login_name, rsa_public_key=PUBLIC)
    with SnowflakeServer(account) as server:
        endpoint = Endpoint(server.host, server.port, "http")
        users = SnowflakeUserKeys(endpoint, Deadline(lambda: 20), None)
        with closing(users.log_in(holding(account=written, user=user))) as session:
            assert session.current_user() == name
        (login,) = server.record.logins
    # The sandbox refuses a token whose issuer or subject differs from these in any character.
    assert (login.login_name, login.outcome) == (user, "success")
