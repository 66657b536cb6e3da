"""The model: accounts, users, roles and privileges."""

from __future__ import annotations

import pytest

from sandbox.snowflake import Account
from sandbox.snowflake.account.privileges import may_describe, may_set_keys, owns
from tests.sandbox.snowflake.helpers import MODIFY


@pytest.mark.parametrize(
    ("name", "identifier", "answers"),
    [
        ("XY12345", "xy12345.eu-west-1", True),
        ("XY12345", "XY12345", True),
        ("XY12345", "xy12345.eu-west-1.aws", True),
        ("XY12345", "XY1234", False),
        ("MYORG-ACCT", "myorg.acct", True),
        ("MYORG-ACCT", "myorg-acct", True),
        ("MYORG-ACCT", "acct", False),
        ("SANDBOX", "", False),
    ],
)
def test_account_identifiers(name: str, identifier: str, answers: bool) -> None:  # noqa: FBT001
    assert Account(name).answers_to(identifier) is answers


def test_an_organization_account_written_with_a_period_is_named_with_a_hyphen() -> None:
    assert Account("myorg.acct").name == "MYORG-ACCT"


def test_login_name_is_name_if_not_given_and_always_upper_case() -> None:
    account = Account("A")

    assert account.create_user("svc-lower").login_name == "SVC-LOWER"
    assert account.create_user("U", login_name="a@b.c").login_name == "A@B.C"


@pytest.mark.parametrize(("name", "login_name"), [("U", "X"), ("V", "u")])
def test_names_and_login_names_are_unique(name: str, login_name: str) -> None:
    account = Account("A")
    account.create_user("U")

    with pytest.raises(ValueError, match="exists"):
        account.create_user(name, login_name=login_name)


def test_names_that_differ_in_case_are_two_users() -> None:
    account = Account("A")
    account.create_user("U")
    account.create_user("u", login_name="OTHER")

    assert account.user("u") is not account.user("U")


def test_what_is_not_modelled_cannot_be_granted() -> None:
    account = Account("A")
    account.create_user("U")
    account.create_role("R")

    with pytest.raises(ValueError, match="MONITOR is not modelled"):
        account.grant("MONITOR", on_user="U", to_role="R")
    with pytest.raises(ValueError, match="role X does not exist"):
        account.grant_role("X", to_user="U")
    with pytest.raises(KeyError):
        account.grant_role("R", to_user="X")


@pytest.mark.parametrize(
    ("privilege", "expected"),
    [
        (None, (False, False, False)),
        (MODIFY, (True, False, False)),
        ("OWNERSHIP", (True, True, True)),
    ],
)
def test_what_a_privilege_allows(privilege: str | None, expected: tuple[bool, bool, bool]) -> None:
    account = Account("A")
    target, other, asking = (account.create_user(name) for name in ("U", "V", "ASKING"))
    account.create_role("R")
    if privilege:
        account.grant(privilege, on_user="U", to_role="R")

    def rights(role: str) -> tuple[bool, bool, bool]:
        return (
            may_set_keys(account, role, target),
            may_describe(account, role, target, asking=asking),
            owns(account, role, target),
        )

    assert rights("R") == expected
    assert rights("PUBLIC") == (False, False, False)
    assert rights("ACCOUNTADMIN") == (True, True, True)
    assert not may_set_keys(account, "R", other)


def test_a_user_may_describe_itself_but_not_set_its_keys() -> None:
    account = Account("A")
    user = account.create_user("U")

    assert may_describe(account, "PUBLIC", user, asking=user)
    assert not may_set_keys(account, "PUBLIC", user)


def test_ownership_has_one_holder() -> None:
    account = Account("A")
    user = account.create_user("U")
    for role in ("R", "S"):
        account.create_role(role)
        account.grant("OWNERSHIP", on_user="U", to_role=role)

    assert [owns(account, role, user) for role in ("R", "S")] == [False, True]
