"""Named key pairs: they let in as a slot's key does, and are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from sandbox.snowflake import Account
    from tests.sandbox.snowflake.helpers import BareClient, KeyPair


@pytest.fixture
def altering(bare: BareClient, key: KeyPair) -> BareClient:
    """Return a session of SVC_APP in the role that may set its keys."""
    bare.log_in("SVC_APP", key, "?roleName=ROTATION")
    return bare


def rows(answer: dict[str, object]) -> list[dict[str, object]]:
    data = answer["data"]
    assert isinstance(data, dict)
    names = [column["name"] for column in data["rowtype"]]
    return [dict(zip(names, row, strict=True)) for row in data["rowset"]]


def test_a_pair_lets_in_without_a_slot_until_it_is_removed(
    account: Account, altering: BareClient, bare: BareClient, second_key: KeyPair
) -> None:
    user = account.user("SVC_APP")
    added = altering.execute(
        f"ALTER USER svc_app ADD KEY PAIR pipeline PUBLIC_KEY = '{second_key.body}'"
    )
    assert added["success"]
    (listed,) = rows(altering.execute("SHOW USER KEY PAIRS"))
    assert (listed["name"], listed["user_name"], listed["status"]) == (
        "PIPELINE",
        "SVC_APP",
        "ACTIVE",
    )
    assert listed["fingerprint"] == second_key.fingerprint
    assert second_key.fingerprint not in user.slots
    assert rows(altering.execute("SHOW USER KEY PAIRS FOR USER svc_app")) == [listed]

    assert altering.execute("ALTER USER svc_app REMOVE KEY PAIR pipeline")["success"]
    assert rows(altering.execute("SHOW USER KEY PAIRS")) == []
    assert not bare.log_in("SVC_APP", second_key)["success"]


def test_a_login_with_a_pair_is_in_no_slot(
    account: Account, altering: BareClient, second_key: KeyPair
) -> None:
    altering.execute(f"ALTER USER svc_app ADD KEY PAIR p PUBLIC_KEY = '{second_key.body}'")
    account.user("SVC_APP").unset_key(1)

    assert altering.log_in("SVC_APP", second_key)["success"]


@pytest.mark.parametrize("name", ["PUBLIC_KEY_1", "taken"])
def test_a_name_that_is_reserved_or_taken_is_refused(
    altering: BareClient, second_key: KeyPair, foreign_key: KeyPair, name: str
) -> None:
    altering.execute(f"ALTER USER svc_app ADD KEY PAIR taken PUBLIC_KEY = '{foreign_key.body}'")
    again = altering.execute(
        f"ALTER USER svc_app ADD KEY PAIR {name} PUBLIC_KEY = '{second_key.body}'"
    )
    assert not again["success"]


def test_a_key_is_in_one_place_only(altering: BareClient, key: KeyPair) -> None:
    again = altering.execute(f"ALTER USER svc_app ADD KEY PAIR p PUBLIC_KEY = '{key.body}'")
    assert not again["success"]


def test_a_pair_that_is_not_there_is_not_removed(altering: BareClient) -> None:
    assert altering.execute("ALTER USER svc_app REMOVE KEY PAIR p")["code"] == "002003"


def test_without_the_privilege_pairs_are_neither_changed_nor_shown(
    bare: BareClient, key: KeyPair, second_key: KeyPair
) -> None:
    bare.log_in("SVC_APP", key)
    sql = f"ALTER USER svc_app ADD KEY PAIR p PUBLIC_KEY = '{second_key.body}'"
    assert bare.execute(sql)["code"] == "003001"
    assert bare.execute("SHOW USER KEY PAIRS")["code"] == "003001"
    assert bare.execute("SHOW USER KEY PAIRS FOR USER nobody")["code"] == "002003"
