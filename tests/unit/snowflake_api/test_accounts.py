"""The host and the token's account, for every form of an account identifier."""

import pytest

from rotation.snowflake_api import accounts
from tests.shared.accounts import CASES


@pytest.mark.parametrize(("account", "host", "claimed"), CASES)
def test_an_identifier_has_one_host_and_one_name(account: str, host: str, claimed: str) -> None:
    assert accounts.host(account) == host
    # The connector cuts at the first period and folds to upper case.
    given = accounts.connecting_as(account)
    assert given.partition(".")[0].upper() == claimed


def test_an_account_that_is_called_global_is_no_global_identifier() -> None:
    assert accounts.connecting_as("global-account") == "global-account"
