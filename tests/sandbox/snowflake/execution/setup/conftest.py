"""An account that administrators have set up, and statements without a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sandbox.snowflake.administration import Sql, runner, set_up_account

if TYPE_CHECKING:
    from sandbox.snowflake import Account


@pytest.fixture
def account() -> Account:
    return set_up_account()


@pytest.fixture
def sql(account: Account) -> Sql:
    return runner(account)
