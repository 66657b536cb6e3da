"""What each error of the connector means, and that its text is not kept."""

import pytest

from rotation.errors.snowflake_answers import (
    AuthenticationPolicyBlocked,
    InsufficientPrivilege,
    KeyRejected,
    LoginFailed,
    LoginRejected,
    NetworkPolicyBlocked,
    RoleNotGranted,
    SnowflakeError,
    SnowflakeUnreachable,
    StatementFailed,
    UserLockedOrDisabled,
)
from rotation.snowflake_api.errors import meaning_of, told_as


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        (390144, "JWT token is invalid. [x]", KeyRejected),
        (394304, "JWT token is invalid. [x]", KeyRejected),
        (394302, "JWT token is invalid. [x]", LoginRejected),
        (394307, "JWT token is invalid. [x]", LoginRejected),
        (390101, "User access disabled.", UserLockedOrDisabled),
        (390102, "Your user account has been temporarily locked.", UserLockedOrDisabled),
        (250001, "Your user account has been temporarily locked.", UserLockedOrDisabled),
        (390422, "Incoming request", NetworkPolicyBlocked),
        (
            250001,
            "Incoming request with IP/Token 1.2.3.4 is not allowed to access Snowflake.",
            NetworkPolicyBlocked,
        ),
        (
            390202,
            "Authentication attempt rejected by the current authentication policy.",
            AuthenticationPolicyBlocked,
        ),
        (
            250001,
            "Authentication attempt rejected by the current authentication policy.",
            AuthenticationPolicyBlocked,
        ),
        (390189, "Role 'X' specified in the connect string does not exist", RoleNotGranted),
        (3001, "Insufficient privileges to operate on user 'X'", InsufficientPrivilege),
        (390100, "Incorrect username or password was specified.", LoginFailed),
        (250003, "timed out", SnowflakeUnreachable),
        (14, "HYT00", SnowflakeUnreachable),
        (None, "", SnowflakeUnreachable),
    ],
)
def test_connector_errors_have_their_meaning(
    code: int | None, message: str, expected: type[SnowflakeError]
) -> None:
    error = meaning_of(code, message, "The login")
    assert type(error) is expected
    assert error.code == code
    assert message == "" or message not in str(error), "the connector's text is not kept"


@pytest.mark.parametrize(
    ("code", "key_unknown"),
    [(390144, True), (394304, True)]
    + [(c, False) for c in (394300, 394301, 394302, 394303, 394305, 394306, 394307)],
)
def test_only_two_codes_may_mean_that_the_key_is_in_no_slot(code: int, key_unknown: bool) -> None:  # noqa: FBT001
    error = meaning_of(code, "", "The login")
    assert isinstance(error, LoginRejected)
    assert isinstance(error, KeyRejected) is key_unknown
    assert error.reason == "LoginRejected"


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        (1003, "syntax error near 'default role'", StatementFailed),
        (390000, "New public key rejected by current policy.", StatementFailed),
        (390112, "Session token expired", StatementFailed),
        (4, "", SnowflakeUnreachable),
    ],
)
def test_errors_of_statements_have_their_meaning(
    code: int, message: str, expected: type[SnowflakeError]
) -> None:
    assert type(meaning_of(code, message, "ALTER USER")) is expected


def test_an_error_is_told_as_another_or_goes_on_as_it_is() -> None:
    found = LoginFailed("no.", code=1)
    with pytest.raises(StatementFailed), told_as(lambda _: StatementFailed("told.", code=2)):
        raise found
    with pytest.raises(LoginFailed) as caught, told_as(lambda _: None):
        raise found
    assert caught.value is found
