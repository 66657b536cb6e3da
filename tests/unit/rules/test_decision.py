"""A table decides by its first rule that applies."""

import pytest

from rotation.errors.function import OutOfTime
from rotation.rules.decision import Match, Refuse, Rule, check, decide, first_match, or_raise

SIZES: tuple[Rule[int, str], ...] = (
    Rule("ten or more", lambda n: "large" if n >= 10 else None),
    Rule("five or more", lambda n: "middling" if n >= 5 else None),
)
REFUSAL = Refuse(OutOfTime("late."))
CHECKS: tuple[Rule[int, Refuse], ...] = (Rule("odd", lambda n: REFUSAL if n % 2 else None),)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (12, Match("ten or more", "large")),
        (7, Match("five or more", "middling")),
        (1, None),
    ],
)
def test_the_first_rule_that_applies_decides_and_is_named(
    seen: int, expected: Match[str] | None
) -> None:
    assert first_match(SIZES, seen) == expected


def test_a_table_that_has_to_decide_fails_loudly_when_no_rule_applies() -> None:
    assert decide(SIZES, 7) == "middling"
    with pytest.raises(LookupError, match=r"^no rule of this table applies$"):
        decide(SIZES, 1)


def test_checks_refuse_or_pass() -> None:
    assert check(CHECKS, 3) is REFUSAL
    assert check(CHECKS, 2) is None


def test_a_refusal_is_raised_and_a_decision_returned() -> None:
    assert or_raise("go on") == "go on"
    with pytest.raises(OutOfTime):
        or_raise(REFUSAL)
