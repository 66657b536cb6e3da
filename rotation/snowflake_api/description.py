"""What DESC USER and SHOW USER KEY PAIRS answer, read by the names of its columns and rows.

https://docs.snowflake.com/en/sql-reference/sql/desc-user
"""

from collections.abc import Mapping, Sequence
from typing import Any

from rotation.errors.snowflake_answers import SnowflakeUnreachable
from rotation.rules.words import Fingerprint, Slot, SlotFingerprints, UserDescription

_EMPTY = frozenset({"", "null"})
_NOT_AN_ANSWER = (
    "Run DESC USER as the user itself. If it shows these rows, something between the function and "
    "Snowflake changes its answers; if not, Snowflake has changed the statement: report it."
)


def read(name: str, rows: Sequence[Mapping[str, Any]]) -> UserDescription:
    """Read the rows of DESC USER ``name``.

    A slot is empty where its row says so: `null`, empty or NULL. Every reply that was ever seen
    has the rows of both slots, so a row that is missing tells nothing: taken for empty, a slot
    would be overwritten with a key in it. Raises SnowflakeUnreachable then.
    """
    properties = {str(row.get("property")): row.get("value") for row in rows}
    missing = [row for slot in Slot if (row := _fingerprint_row(slot)) not in properties]
    if missing:
        found = f"DESC USER was answered without {' and '.join(missing)}."
        raise SnowflakeUnreachable(found, remedy=_NOT_AN_ANSWER)
    return UserDescription(
        name=_text(properties, "NAME") or name,
        login_name=_text(properties, "LOGIN_NAME"),
        slots=SlotFingerprints(
            one=_fingerprint(properties, Slot.ONE),
            two=_fingerprint(properties, Slot.TWO),
            set_times=_set_times(properties),
        ),
    )


def active_key_pairs(rows: Sequence[Mapping[str, Any]]) -> frozenset[Fingerprint]:
    """Read the rows of SHOW USER KEY PAIRS, with or without the fingerprints' prefix."""
    active = [row for row in rows if str(row.get("status")).upper() == "ACTIVE"]
    texts = [str(row.get("fingerprint")).removeprefix("SHA256:") for row in active]
    return frozenset(Fingerprint(f"SHA256:{text}") for text in texts)


def _set_times(properties: Mapping[str, Any]) -> dict[Slot, str]:
    told = {slot: _text(properties, f"{slot}_LAST_SET_TIME") for slot in Slot}
    return {slot: since for slot, since in told.items() if since}


def _fingerprint_row(slot: Slot) -> str:
    return f"{slot}_FP"


def _fingerprint(properties: Mapping[str, Any], slot: Slot) -> Fingerprint | None:
    text = _text(properties, _fingerprint_row(slot))
    return Fingerprint(text) if text else None


def _text(properties: Mapping[str, Any], name: str) -> str:
    value = properties.get(name)
    return "" if value is None or value in _EMPTY else str(value)
