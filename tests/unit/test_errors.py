"""Every error says what happened, what was left untouched and what to do."""

import pytest

from rotation.errors.base import RotationError
from rotation.errors.secret import UnknownVersion
from rotation.errors.snowflake_answers import SnowflakeError
from tests.shared.reasons import every_error

CLASSES = [
    found for found in every_error().values() if found not in {RotationError, SnowflakeError}
]


@pytest.mark.parametrize("error", CLASSES, ids=lambda c: c.__name__)
def test_every_error_has_all_three_parts(error: type[RotationError]) -> None:
    assert error.__doc__
    assert error.untouched.endswith(".")
    assert error.remedy.endswith(".")


def test_a_message_is_the_three_parts_in_order() -> None:
    assert str(UnknownVersion("Found this.")) == (
        "Found this. Nothing was changed. "
        "Start a new rotation; this one was abandoned or belongs to another secret."
    )
    assert UnknownVersion("x").reason == "UnknownVersion"
