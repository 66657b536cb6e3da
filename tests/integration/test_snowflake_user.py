"""The connector adapter against Snowflake's protocol: what every refusal becomes."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
import snowflake.connector

from rotation.errors.function import OutOfTime
from rotation.errors.snowflake_answers import (
    InsufficientPrivilege,
    KeyRejected,
    LoginRejected,
    NetworkPolicyBlocked,
    RoleNotGranted,
    SnowflakeError,
    SnowflakeUnreachable,
    StatementFailed,
    UserLockedOrDisabled,
)
from rotation.keys import credential, pair
from rotation.keys.credential import Credential
from rotation.keys.form import AWS_FORM
from rotation.ports import Deadline
from rotation.rules.words import Sensitive, Slot
from rotation.settings import Endpoint
from rotation.snowflake_api.user import SnowflakeUserKeys
from sandbox.faults import Cut, Garbage, Hang, Unavailable, When
from sandbox.snowflake import Account, Kind, SnowflakeServer
from tests.shared import keys

# The 4.x connector may take 11 s for a login, whatever time-out it is given.
LEAST_SECONDS = 8 if snowflake.connector.__version__ >= "5" else 15
PUBLIC = pair.public_key_pem(keys.key("current").public_key())
BODY = pair.public_key_body(keys.key("pending").public_key())


@pytest.fixture
def account() -> Account:
    """One user, SVC_APP, whose role may set its keys."""
    account = Account(keys.ACCOUNT)
    account.create_user(keys.USER, rsa_public_key=PUBLIC)
    account.create_role("ROTATION")
    account.grant_role("ROTATION", to_user=keys.USER)
    account.grant(
        "MODIFY PROGRAMMATIC AUTHENTICATION METHODS", on_user=keys.USER, to_role="ROTATION"
    )
    return account


@pytest.fixture
def server(account: Account) -> Iterator[SnowflakeServer]:
    with SnowflakeServer(account) as server:
        yield server


def current(**fields: object) -> Credential:
    return credential.read(Sensitive(keys.secret_text("current", **fields)), AWS_FORM)


def users(server: SnowflakeServer, role: str = "ROTATION", left: float = 20) -> SnowflakeUserKeys:
    endpoint = Endpoint(server.host, server.port, "http")
    return SnowflakeUserKeys(endpoint, Deadline(lambda: left), role)


def test_a_session_reads_sets_and_unsets_the_slots(server: SnowflakeServer) -> None:
    with closing(users(server).log_in(current())) as session:
        assert session.current_user() == keys.USER
        session.install_key(keys.USER, Slot.TWO, BODY)
        slots = session.describe().slots
        assert slots.one == keys.fingerprint("current")
        assert slots.two == keys.fingerprint("pending")
        assert slots.set_times.keys() == set(Slot)
        session.retire_key(keys.USER, Slot.ONE)
        assert session.describe().slots.one is None


def test_no_telemetry_is_sent(server: SnowflakeServer) -> None:
    with closing(users(server).log_in(current())) as session:
        session.current_user()
    kinds = [request.operation for request in server.record.calls]
    assert kinds == [Kind.LOGIN, Kind.STATEMENT, Kind.CLOSE]


@pytest.mark.parametrize(
    ("name", "login"),
    [("svc app", "SVC_APP"), ("Svc_App", "SVC_APP"), ('a"b', 'A"B'), ("ROBOT", "SVC_APP")],
)
def test_the_users_name_comes_from_snowflake(name: str, login: str) -> None:
    account = Account(keys.ACCOUNT)
    user = account.create_user(name, login_name=login, rsa_public_key=PUBLIC)
    account.create_role("OWNER")
    account.grant_role("OWNER", to_user=name)
    account.grant("OWNERSHIP", on_user=name, to_role="OWNER")
    with (
        SnowflakeServer(account) as server,
        closing(users(server, "OWNER").log_in(current(user=login))) as session,
    ):
        assert session.describe().name == name
        session.install_key(name, Slot.TWO, BODY)
    assert user.slots == (keys.fingerprint("current"), keys.fingerprint("pending"))


def test_a_user_that_only_shares_the_name_is_left_alone() -> None:
    """Our LOGIN_NAME is another user's NAME, and our role owns both."""
    account = Account(keys.ACCOUNT)
    account.create_user("APP", login_name="OTHER_LOGIN")
    account.create_user("REAL", login_name="APP", rsa_public_key=PUBLIC)
    account.create_role("OWNER")
    account.grant_role("OWNER", to_user="REAL")
    for name in ("APP", "REAL"):
        account.grant("OWNERSHIP", on_user=name, to_role="OWNER")
    with (
        SnowflakeServer(account) as server,
        closing(users(server, "OWNER").log_in(current(user="app"))) as session,
    ):
        assert session.describe().name == "REAL"
        session.install_key("REAL", Slot.TWO, BODY)
    assert account.user("APP").slots == (None, None)
    assert account.user("REAL").slots[1] == keys.fingerprint("pending")


def lock(account: Account, server: SnowflakeServer) -> None:
    del account
    wrong = credential.read(Sensitive(keys.secret_text("pending")), AWS_FORM)
    for _ in range(5):
        with pytest.raises(LoginRejected):
            users(server).log_in(wrong)


def disable(account: Account, server: SnowflakeServer) -> None:
    del server
    account.user(keys.USER).disabled = True


def shut_out(account: Account, server: SnowflakeServer) -> None:
    del server
    account.network_allowed = False


@pytest.mark.parametrize(
    ("prepare", "error"),
    [
        (lock, UserLockedOrDisabled),
        (disable, UserLockedOrDisabled),
        (shut_out, NetworkPolicyBlocked),
    ],
)
def test_refused_logins_have_their_own_errors(
    account: Account,
    server: SnowflakeServer,
    prepare: Callable[[Account, SnowflakeServer], None],
    error: type[SnowflakeError],
) -> None:
    prepare(account, server)
    with pytest.raises(SnowflakeError) as caught:
        users(server).log_in(current())
    assert type(caught.value) is error
    assert caught.value.__context__ is None, "the connector's error is not in the chain"


@pytest.mark.parametrize("detailed", [True, False])
def test_an_unknown_key_is_rejected_under_both_of_its_codes(
    account: Account,
    detailed: bool,  # noqa: FBT001
) -> None:
    wrong = credential.read(Sensitive(keys.secret_text("pending")), AWS_FORM)
    with (
        SnowflakeServer(account, detailed_jwt_errors=detailed) as server,
        pytest.raises(LoginRejected) as caught,
    ):
        users(server).log_in(wrong)
    assert caught.value.code == (394304 if detailed else 390144)
    assert isinstance(caught.value, KeyRejected)
    assert len(server.record.logins) == 1, "a rejected login is not repeated"


def test_a_clock_that_is_wrong_is_not_taken_for_a_wrong_key(account: Account) -> None:
    import time  # noqa: PLC0415

    def later() -> float:
        return time.time() + 90

    with SnowflakeServer(account, clock=later, detailed_jwt_errors=True) as server:
        with pytest.raises(LoginRejected, match="clock") as caught:
            users(server).log_in(current())
        assert not isinstance(caught.value, KeyRejected)


def test_another_account_is_refused(account: Account) -> None:
    with SnowflakeServer(account, detailed_jwt_errors=True) as server:
        with pytest.raises(LoginRejected) as caught:
            users(server).log_in(current(account="OTHER-ACCOUNT"))
        assert not isinstance(caught.value, KeyRejected)


def test_without_a_code_of_its_own_every_cause_is_named(server: SnowflakeServer) -> None:
    with pytest.raises(KeyRejected) as caught:
        users(server).log_in(current(account="OTHER-ACCOUNT"))
    for cause in ("key", "LOGIN_NAME", "account's form", "clock"):
        assert cause in caught.value.found


def test_a_role_that_is_not_granted(server: SnowflakeServer) -> None:
    with pytest.raises(RoleNotGranted):
        users(server, "ACCOUNTADMIN").log_in(current())


def test_a_role_without_the_privilege(server: SnowflakeServer) -> None:
    with closing(users(server, "PUBLIC").log_in(current())) as session:
        session.describe()
        with pytest.raises(InsufficientPrivilege):
            session.install_key(keys.USER, Slot.TWO, BODY)
        with pytest.raises(InsufficientPrivilege):
            session.retire_key(keys.USER, Slot.ONE)


def test_a_key_that_snowflake_does_not_take(server: SnowflakeServer) -> None:
    with (
        closing(users(server).log_in(current())) as session,
        pytest.raises(StatementFailed, match="390000"),
    ):
        session.install_key(keys.USER, Slot.TWO, "abcd")


def test_a_body_that_is_no_base64_never_becomes_sql(server: SnowflakeServer) -> None:
    session = users(server).log_in(current())
    with closing(session), pytest.raises(ValueError, match="base64"):
        session.install_key(keys.USER, Slot.TWO, "x' RSA_PUBLIC_KEY='y")
    assert server.record.statements == []


@pytest.mark.parametrize("effect", [Unavailable(), Hang(), Cut(), Garbage()], ids=repr)
@pytest.mark.parametrize("kind", [Kind.LOGIN, Kind.STATEMENT])
def test_no_usable_answer(
    server: SnowflakeServer, kind: Kind, effect: Unavailable | Hang | Cut | Garbage
) -> None:
    server.faults.add(kind, effect, times=None)
    with (
        pytest.raises(SnowflakeUnreachable),
        closing(users(server, left=LEAST_SECONDS).log_in(current())) as session,
    ):
        session.describe()


def test_a_server_that_is_not_there(account: Account) -> None:
    with SnowflakeServer(account) as server:
        elsewhere = users(server, left=LEAST_SECONDS)
    with pytest.raises(SnowflakeUnreachable):
        elsewhere.log_in(current())


def test_a_lost_answer_is_asked_for_again_and_takes_effect_once(
    account: Account, server: SnowflakeServer
) -> None:
    server.faults.add(Kind.STATEMENT, Cut(), when=When.AFTER, about="ALTER")
    with closing(users(server).log_in(current())) as session:
        session.install_key(keys.USER, Slot.TWO, BODY)
    altered = [s for s in server.record.statements if s.kind == "ALTER USER"]
    assert len(altered) == 1
    assert account.user(keys.USER).slots[1] == keys.fingerprint("pending")


def test_close_never_raises(server: SnowflakeServer) -> None:
    server.faults.add(Kind.CLOSE, Unavailable(), times=None)
    session = users(server).log_in(current())
    session.close()


def test_nothing_is_begun_without_time_for_it(server: SnowflakeServer) -> None:
    with pytest.raises(OutOfTime):
        users(server, left=4).log_in(current())
    assert server.record.calls == []


def test_the_private_key_is_sent_nowhere(server: SnowflakeServer) -> None:
    with closing(users(server).log_in(current())) as session:
        session.install_key(keys.USER, Slot.TWO, BODY)
    sent = repr(server.record.entries)
    for line in pair.private_key_pem(keys.key("current")).splitlines()[1:-1]:
        assert line not in sent
