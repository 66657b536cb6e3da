"""The rules of a login, beyond the JWT."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.snowflake import Account, SnowflakeError
from sandbox.snowflake.login.logins import (
    Login,
    LoginPolicy,
    LoginRequest,
    log_in,
)
from tests.sandbox.snowflake.helpers import NOW, KeyPair, claims_of, sign

DETAILED = LoginPolicy(detailed_jwt_errors=True)


def request(signer: KeyPair, user: str = "SVC_APP", **changes: Any) -> LoginRequest:  # noqa: ANN401
    fields: dict[str, Any] = {
        "account_name": "SANDBOX",
        "login_name": user,
        "authenticator": "SNOWFLAKE_JWT",
        "jwt": sign(signer, claims_of(signer, user=user.upper())),
        **changes,
    }
    return LoginRequest(**fields)


def refusal(
    account: Account, login: LoginRequest, policy: LoginPolicy | None = None, now: float = NOW
) -> str:
    with pytest.raises(SnowflakeError) as caught:
        log_in(account, login, policy or DETAILED, now)
    return caught.value.refusal.code


def test_a_login_with_the_key_of_slot_one(account: Account, key: KeyPair) -> None:
    login = log_in(account, request(key), LoginPolicy(), NOW)

    assert login == Login(account.user("SVC_APP"), 1, "PUBLIC")


@pytest.mark.parametrize(
    "authenticator", ["", "SNOWFLAKE", "OAUTH", "EXTERNALBROWSER", "WORKLOAD_IDENTITY"]
)
def test_no_other_authenticator_is_accepted(
    account: Account, key: KeyPair, authenticator: str
) -> None:
    assert refusal(account, request(key, authenticator=authenticator)) == "390100"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"account_name": "ELSEWHERE"}, "394307"),
        ({"login_name": "OTHER"}, "390144"),
        ({"jwt": ""}, "390144"),
        ({"role": "ROTATION"}, None),
        ({"role": "rotation"}, None),
        ({"role": '"rotation"'}, "390189"),
        ({"role": "NO_SUCH_ROLE"}, "390189"),
        ({"role": "ACCOUNTADMIN"}, "390186"),
        ({"account_name": "sandbox.eu-west-1"}, None),
        ({"login_name": "svc_app"}, None),
    ],
)
def test_what_else_a_login_names(
    account: Account, key: KeyPair, changes: dict[str, str], code: str | None
) -> None:
    login = request(key, **changes)
    if code is None:
        assert log_in(account, login, LoginPolicy(), NOW).user is account.user("SVC_APP")
    else:
        assert refusal(account, login) == code


def test_a_default_role_that_is_not_granted_is_refused(account: Account, key: KeyPair) -> None:
    account.user("SVC_APP").default_role = "ACCOUNTADMIN"

    assert refusal(account, request(key)) == "390186"
    assert log_in(account, request(key, role="PUBLIC"), LoginPolicy(), NOW).role == "PUBLIC"


def test_a_disabled_user_is_refused_as_disabled(account: Account, key: KeyPair) -> None:
    account.user("SVC_APP").disabled = True

    assert refusal(account, request(key)) == "390101"


def test_a_network_policy_refuses_everyone(account: Account, key: KeyPair) -> None:
    account.network_allowed = False

    assert refusal(account, request(key)) == "390422"


def test_without_detail_every_jwt_failure_is_390144(
    account: Account, key: KeyPair, foreign_key: KeyPair
) -> None:
    assert refusal(account, request(foreign_key)) == "394304"
    assert refusal(account, request(foreign_key), LoginPolicy()) == "390144"
    assert refusal(account, request(key, account_name="X"), LoginPolicy()) == "390144"


def test_without_a_login_name_the_token_names_the_user(
    account: Account, key: KeyPair, foreign_key: KeyPair
) -> None:
    # No client on gosnowflake sends one: ADBC's driver, usql and sling were looked at.
    assert log_in(account, request(key, login_name=""), LoginPolicy(), NOW).slot == 1
    codes = [refusal(account, request(foreign_key, login_name="")) for _ in range(6)]
    assert codes == ["394304"] * 5 + ["390102"]
    assert refusal(account, request(key, login_name="", jwt="no token")) == "390144"


def test_the_fifth_failure_locks_for_fifteen_minutes(
    account: Account, key: KeyPair, foreign_key: KeyPair
) -> None:
    codes = [refusal(account, request(foreign_key)) for _ in range(6)]

    assert codes == ["394304"] * 5 + ["390102"]
    assert refusal(account, request(key)) == "390102"
    assert refusal(account, request(key), now=NOW + 15 * 60 - 1) == "390102"
    later = NOW + 15 * 60
    fresh = request(key, jwt=sign(key, claims_of(key, now=later)))
    assert log_in(account, fresh, LoginPolicy(), later).slot == 1


def test_a_success_forgets_earlier_failures(
    account: Account, key: KeyPair, foreign_key: KeyPair
) -> None:
    for _ in range(3):
        codes = [refusal(account, request(foreign_key)) for _ in range(4)]
        assert codes == ["394304"] * 4
        log_in(account, request(key), LoginPolicy(), NOW)


def test_failures_of_unknown_users_lock_nobody(account: Account, foreign_key: KeyPair) -> None:
    codes = {refusal(account, request(foreign_key, user="NOBODY")) for _ in range(9)}

    assert codes == {"394300"}


def test_locking_can_be_left_out(account: Account, key: KeyPair, foreign_key: KeyPair) -> None:
    never = LoginPolicy(lock_after_failed_logins=None)
    for _ in range(9):
        refusal(account, request(foreign_key), never)

    assert log_in(account, request(key), never, NOW).slot == 1
