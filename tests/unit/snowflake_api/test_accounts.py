"""The host and the token's account, for every form of an account identifier."""

import pytest

from rotation.snowflake_api import accounts

CASES = [
    ("MYORG-ACCOUNT", "myorg-account.snowflakecomputing.com", "MYORG-ACCOUNT"),
    ("myorg-my_account", "myorg-my-account.snowflakecomputing.com", "MYORG-MY_ACCOUNT"),
    ("xy12345", "xy12345.snowflakecomputing.com", "XY12345"),
    ("xy12345.eu-west-1", "xy12345.eu-west-1.snowflakecomputing.com", "XY12345"),
    ("XY12345.us-east-2.aws", "xy12345.us-east-2.aws.snowflakecomputing.com", "XY12345"),
    (
        "xy12345.us-gov-west-1.aws.privatelink",
        "xy12345.us-gov-west-1.aws.privatelink.snowflakecomputing.com",
        "XY12345",
    ),
    ("xy12345.privatelink", "xy12345.privatelink.snowflakecomputing.com", "XY12345"),
    (
        "myorg-my_account.privatelink",
        "myorg-my_account.privatelink.snowflakecomputing.com",
        "MYORG-MY_ACCOUNT",
    ),
    ("xy12345-ext1.global", "xy12345-ext1.global.snowflakecomputing.com", "XY12345"),
    ("xy12345.cn-northwest-1.aws", "xy12345.cn-northwest-1.aws.snowflakecomputing.cn", "XY12345"),
]


@pytest.mark.parametrize(("account", "host", "claimed"), CASES)
def test_an_identifier_has_one_host_and_one_name(account: str, host: str, claimed: str) -> None:
    assert accounts.host(account) == host
    # The connector cuts at the first period and folds to upper case.
    given = accounts.connecting_as(account)
    assert given.partition(".")[0].upper() == claimed


def test_an_account_that_is_called_global_is_no_global_identifier() -> None:
    assert accounts.connecting_as("global-account") == "global-account"
