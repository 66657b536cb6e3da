"""How rules decide: in an ordered table, each under a name, and the first that applies decides.

A decision is a value. A refusal carries the error that the step raises.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from rotation.errors.base import RotationError

Seen = TypeVar("Seen")
Decision = TypeVar("Decision")


@dataclass(frozen=True)
class Refuse:
    """Stop here: ``error`` says why, what was left untouched and what to do."""

    error: RotationError


@dataclass(frozen=True)
class Rule(Generic[Seen, Decision]):
    """One row of a table. ``decide`` returns None for what the rule does not apply to.

    ``name`` says when it applies; docs/state-machine.md shows it.
    """

    name: str
    decide: Callable[[Seen], Decision | None]


@dataclass(frozen=True)
class Match(Generic[Decision]):
    """What was decided, and the name of the rule that did."""

    rule: str
    decision: Decision


def first_match(rules: Iterable[Rule[Seen, Decision]], seen: Seen) -> Match[Decision] | None:
    """Return the decision of the first rule that applies, None when none does."""
    for rule in rules:
        decision = rule.decide(seen)
        if decision is not None:
            return Match(rule.name, decision)
    return None


def decided(rules: Iterable[Rule[Seen, Decision]], seen: Seen) -> Match[Decision]:
    """Ask a table whose last rule always applies. Raises LookupError when none does."""
    match = first_match(rules, seen)
    if match is None:
        raise LookupError("no rule of this table applies")
    return match


def decide(rules: Iterable[Rule[Seen, Decision]], seen: Seen) -> Decision:
    """Return the decision alone of such a table."""
    return decided(rules, seen).decision


def check(rules: Iterable[Rule[Seen, Refuse]], seen: Seen) -> Refuse | None:
    """Return the refusal of the first check that fails, None when all pass."""
    match = first_match(rules, seen)
    return None if match is None else match.decision


def or_raise(decision: Decision | Refuse) -> Decision:
    """Return a decision to go on. Raises the error of a refusal."""
    if isinstance(decision, Refuse):
        raise decision.error
    return decision
