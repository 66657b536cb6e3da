"""DESC USER, read: what an empty slot is, and what is no answer."""

from collections.abc import Mapping

import pytest

from rotation.errors.snowflake_answers import SnowflakeUnreachable
from rotation.rules.words import Slot, SlotFingerprints
from rotation.snowflake_api import description
from tests.shared import keys

CURRENT = keys.fingerprint("current")
WHOLE = {
    "NAME": "SVC",
    "LOGIN_NAME": "LOGIN",
    "HAS_KEYPAIR": "true",
    "RSA_PUBLIC_KEY": "MIIB",
    "RSA_PUBLIC_KEY_FP": CURRENT,
    "RSA_PUBLIC_KEY_LAST_SET_TIME": "2026-11-01 10:00:00.1",
    "RSA_PUBLIC_KEY_2": "null",
    "RSA_PUBLIC_KEY_2_FP": "null",
    "RSA_PUBLIC_KEY_2_LAST_SET_TIME": "null",
}


def rows(properties: Mapping[str, object]) -> list[dict[str, object]]:
    return [{"property": name, "value": value} for name, value in properties.items()]


def test_a_whole_answer() -> None:
    found = description.read("svc", rows(WHOLE))
    assert (found.name, found.login_name) == ("SVC", "LOGIN")
    since = {Slot.ONE: "2026-11-01 10:00:00.1"}
    assert found.slots == SlotFingerprints(CURRENT, None, since)


@pytest.mark.parametrize("empty", ["null", "", None])
def test_an_empty_slot_in_each_of_its_forms(empty: str | None) -> None:
    assert description.read("svc", rows({**WHOLE, "RSA_PUBLIC_KEY_2_FP": empty})).slots.two is None


@pytest.mark.parametrize(
    ("missing", "named"),
    [
        ({"RSA_PUBLIC_KEY_FP"}, "without RSA_PUBLIC_KEY_FP."),
        ({"RSA_PUBLIC_KEY_2_FP"}, "without RSA_PUBLIC_KEY_2_FP."),
        (
            {name for name in WHOLE if name.startswith("RSA_")},
            "without RSA_PUBLIC_KEY_FP and RSA_PUBLIC_KEY_2_FP.",
        ),
    ],
)
def test_an_answer_without_a_slots_row_is_none(missing: set[str], named: str) -> None:
    answer = {name: value for name, value in WHOLE.items() if name not in missing}
    with pytest.raises(SnowflakeUnreachable, match="DESC USER was answered") as caught:
        description.read("svc", rows(answer))
    assert named in caught.value.found
    assert "network path" not in str(caught.value)


def test_key_pairs_that_are_active_with_or_without_the_prefix() -> None:
    body = str(CURRENT).removeprefix("SHA256:")
    answer = [
        {"name": "A", "fingerprint": CURRENT, "status": "ACTIVE"},
        {"name": "B", "fingerprint": body, "status": "ACTIVE"},
        {"name": "C", "fingerprint": keys.fingerprint("previous"), "status": "DISABLED"},
    ]
    assert description.active_key_pairs(answer) == {CURRENT}


def test_other_names_of_the_columns_are_no_answer_either() -> None:
    answer = [{"property_name": n, "property_value": v} for n, v in WHOLE.items()]
    with pytest.raises(SnowflakeUnreachable):
        description.read("svc", answer)
