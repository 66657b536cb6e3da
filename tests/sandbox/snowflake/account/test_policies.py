"""What authentication and network policies let in."""

from __future__ import annotations

import pytest

from sandbox.snowflake import Account, SnowflakeError, SnowflakeServer
from sandbox.snowflake.account.policies import (
    AuthenticationPolicy,
    Content,
    NetworkPolicy,
    NetworkRule,
)
from sandbox.snowflake.login.logins import LoginPolicy, LoginRequest, log_in
from sandbox.snowflake.login.policies import allows_address
from sandbox.snowflake.objects import Kind, ObjectId
from tests.sandbox.snowflake.helpers import NOW, BareClient, KeyPair, claims_of, sign

NETWORK = ObjectId(Kind.NETWORK_POLICY, ("N",))
AUTHENTICATION = ObjectId(Kind.AUTHENTICATION_POLICY, ("D", "S", "A"))
HERE, ENDPOINT, EVERYWHERE = (ObjectId(Kind.NETWORK_RULE, ("D", "S", name)) for name in "HEA")
RULES: dict[ObjectId, Content] = {
    HERE: NetworkRule("IPV4", ("10.0.0.1", "127.0.0.0/28")),
    ENDPOINT: NetworkRule("AWSVPCEID", ("vpce-0123456789abcdef0",)),
    EVERYWHERE: NetworkRule("IPV4", ("0.0.0.0/0",)),
}


@pytest.mark.parametrize(
    ("policy", "address", "allowed"),
    [
        (NetworkPolicy(allowed=(HERE,)), "10.0.0.1", True),
        (NetworkPolicy(allowed=(HERE,)), "127.0.0.15", True),
        (NetworkPolicy(allowed=(HERE,)), "127.0.0.16", False),
        (NetworkPolicy(allowed=(EVERYWHERE,), blocked=(HERE,)), "10.0.0.1", False),
        (NetworkPolicy(allowed=(EVERYWHERE,), blocked=(HERE,)), "10.0.0.2", True),
        (NetworkPolicy(allowed=(ENDPOINT,)), "10.0.0.1", True),
        (NetworkPolicy(allowed=(ENDPOINT,), blocked=(EVERYWHERE,)), "10.0.0.1", False),
        (NetworkPolicy(allowed=(ENDPOINT, HERE)), "10.0.0.2", False),
        (NetworkPolicy(), "10.0.0.1", True),
        (None, "10.0.0.1", True),
    ],
)
def test_a_network_policy_judges_an_address(
    account: Account, policy: NetworkPolicy | None, address: str, *, allowed: bool
) -> None:
    user = account.user("SVC_APP")
    account.objects |= RULES
    if policy is not None:
        account.objects[NETWORK] = policy
        user.network_policy = NETWORK

    assert allows_address(account, user, address) is allowed


@pytest.mark.parametrize(
    ("methods", "client_types", "allowed"),
    [
        ({"ALL"}, {"ALL"}, True),
        ({"KEYPAIR"}, {"DRIVERS"}, True),
        ({"PASSWORD", "KEYPAIR"}, {"SNOWFLAKE_UI", "DRIVERS"}, True),
        ({"PASSWORD"}, {"ALL"}, False),
        ({"KEYPAIR"}, {"SNOWFLAKE_UI"}, False),
    ],
)
def test_an_authentication_policy_judges_a_key_pair_login(
    account: Account, key: KeyPair, methods: set[str], client_types: set[str], *, allowed: bool
) -> None:
    user = account.user("SVC_APP")
    account.objects[AUTHENTICATION] = AuthenticationPolicy(
        frozenset(methods), frozenset(client_types)
    )
    user.authentication_policy = AUTHENTICATION
    request = LoginRequest("SANDBOX", "SVC_APP", "SNOWFLAKE_JWT", sign(key, claims_of(key)))

    if allowed:
        assert log_in(account, request, LoginPolicy(), NOW).user is user
        return
    for _ in range(9):
        with pytest.raises(SnowflakeError) as caught:
            log_in(account, request, LoginPolicy(), NOW)
        assert caught.value.refusal.code == "390202"
    assert user.failed_logins == 0


def test_a_policy_of_one_user_concerns_no_other(account: Account, key: KeyPair) -> None:
    account.objects[AUTHENTICATION] = AuthenticationPolicy(frozenset({"PASSWORD"}))
    account.user("OTHER").authentication_policy = AUTHENTICATION
    request = LoginRequest("SANDBOX", "SVC_APP", "SNOWFLAKE_JWT", sign(key, claims_of(key)))

    assert log_in(account, request, LoginPolicy(), NOW).slot == 1


def test_a_network_policy_stops_the_next_query_of_an_open_session(
    server: SnowflakeServer, bare: BareClient, key: KeyPair
) -> None:
    bare.log_in("svc_app", key)
    assert bare.execute("SELECT 1")["success"]
    account = server.account
    account.objects |= RULES | {NETWORK: NetworkPolicy(blocked=(EVERYWHERE,))}
    account.user("SVC_APP").network_policy = NETWORK

    assert bare.execute("SELECT 1")["code"] == "390422"
    assert bare.log_in("svc_app", key)["code"] == "390422"
