"""The tables of docs/state-machine.md that speak of labels and slots, asked from the rules."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product
from typing import Any, TypeVar

from rotation.rules import labels as label_rules
from rotation.rules import old_key
from rotation.rules import slots as decisions
from rotation.rules.decision import Refuse, Rule, decide, decided
from rotation.rules.labels import AlreadyPromoted, Rotate
from rotation.rules.old_key import Retire
from rotation.rules.slots import AlreadyInstalled, Install
from rotation.rules.words import (
    Fingerprint,
    SecretLabels,
    Slot,
    SlotFingerprints,
    Stage,
)

CURRENT, PENDING, PREVIOUS, ABANDONED, FOREIGN = (
    Fingerprint(name)
    for name in ("AWSCURRENT's", "AWSPENDING's", "AWSPREVIOUS's", "abandoned", "foreign")
)
Key = Fingerprint | None
Seen = TypeVar("Seen")
Decision = TypeVar("Decision")
_OWNED = frozenset({PREVIOUS, ABANDONED})
BEFORE = (None, CURRENT, PENDING, PREVIOUS, ABANDONED, FOREIGN)
AFTER = (None, CURRENT, PREVIOUS, ABANDONED, FOREIGN)
_STAGES = (Stage.CURRENT, Stage.PENDING, Stage.PREVIOUS)
_LABELS = [
    frozenset(str(stage) for stage, has in zip(_STAGES, held, strict=True) if has)
    for held in product((False, True), repeat=len(_STAGES))
]
_ORDINAL = {Slot.ONE: "one", Slot.TWO: "two"}


def numbered(rules: Sequence[Rule[Any, Any]]) -> str:
    """Return the names of a table's rules, in their order."""
    return "\n".join(f"{number}. {rule.name}" for number, rule in enumerate(rules, 1))


def _asked(
    rules: Sequence[Rule[Seen, Decision]], seen: Seen, in_words: Callable[[Decision], str]
) -> str:
    """Return a table's decision in words, and the number of the rule that made it."""
    match = decided(rules, seen)
    number = [rule.name for rule in rules].index(match.rule) + 1
    return f"{in_words(match.decision)} ({number})"


def _place(choice: decisions.Choice) -> str:
    match choice:
        case AlreadyInstalled(slot):
            return f"in {_ORDINAL[slot]}"
        case Install(slot):
            return f"**{_ORDINAL[slot]}**"
        case Refuse(error):
            return error.reason


def _unset(choice: Retire | old_key.Leave) -> str:
    return f"**{_ORDINAL[choice.slot]}**" if isinstance(choice, Retire) else "none"


def _sight(one: Key, two: Key) -> decisions.Sight:
    return decisions.Sight(
        SlotFingerprints(one, two), CURRENT, by_current=True, pending=PENDING, owned=_OWNED
    )


def chosen(one: Key, two: Key) -> str:
    """Return setSecret's decision in words."""
    return _asked(decisions.CHOICE, _sight(one, two), _place)


def not_logged_in() -> str:
    """Return the one answer when AWSCURRENT's key is in no slot and has not logged in."""
    others = [key for key in BEFORE if key not in {CURRENT, PENDING}]
    (answer,) = {
        _place(decide(decisions.CHOICE, replace(_sight(one, two), by_current=False)))
        for one, two in product(others, others)
    }
    return answer


def chosen_first(one: Key, two: Key) -> str:
    """Return setSecret's decision for a user without a key, in words."""
    seen = decisions.FirstSight(SlotFingerprints(one, two), PENDING)
    return _asked(decisions.FIRST_CHOICE, seen, _place)


def retired(one: Key, two: Key) -> str:
    """Return finishSecret's decision in words."""
    seen = old_key.Sight(SlotFingerprints(one, two), CURRENT, PREVIOUS)
    return _asked(old_key.RULES, seen, _unset)


def _name(key: Fingerprint | None) -> str:
    return "empty" if key is None else str(key)


def matrix(keys: tuple[Key, ...], cell: Callable[[Key, Key], str]) -> str:
    """Return a table over the keys of both slots; rows, and columns, that are equal are one."""
    rows = _alike(keys, lambda one: tuple(cell(one, two) for two in keys))
    columns = _alike(keys, lambda two: tuple(cell(one, two) for one in keys))
    head = f"| one ↓, two → | {' | '.join(columns)} |"
    lines = [
        f"| {name} | {' | '.join(cell(one, two) for two in columns.values())} |"
        for name, one in rows.items()
    ]
    return "\n".join([head, "|---" * (len(columns) + 1) + "|", *lines])


def _alike(keys: tuple[Key, ...], cells: Callable[[Key], tuple[str, ...]]) -> dict[str, Key]:
    """Return one key of those whose cells are equal, by the names of them all."""
    found: dict[tuple[str, ...], list[Key]] = {}
    for key in keys:
        found.setdefault(cells(key), []).append(key)
    return {", ".join(map(_name, same)): same[0] for same in found.values()}


def label_rows() -> str:
    """Return what may be done with a version while rotation is on: the labels of each answer."""
    rows: dict[str, list[str]] = {}
    for labels in _LABELS:
        name = " + ".join(sorted(labels)) or "none"
        rows.setdefault(_label_decision(labels, on=True), []).append(name)
    return "\n".join(f"| {'; '.join(names)} | {answer} |" for answer, names in rows.items())


def when_off() -> str:
    """Return the one answer while rotation is off."""
    (answer,) = {_label_decision(labels, on=False) for labels in _LABELS}
    return answer.partition(":")[0]


def _label_decision(labels: frozenset[str], *, on: bool) -> str:
    versions = {"version": labels} if labels else {}
    asked = label_rules.Asked(SecretLabels(on, versions), "version")
    match = decided(label_rules.RULES, asked)
    return f"{_allowed(match.decision)}: {match.rule}"


def _allowed(answer: label_rules.Answer) -> str:
    match answer:
        case Refuse(error):
            return error.reason
        case Rotate():
            return "do the step"
        case AlreadyPromoted():
            return "finishSecret retires, testSecret tests, the others do nothing"


def diagram() -> str:
    """Follow the decisions from each state in which a rotation can begin."""
    lines = ["    [*] --> beside_empty"]
    for other in (None, PREVIOUS, ABANDONED, FOREIGN):
        lines.append(f'    state "{CURRENT} · {_name(other)}" as beside_{_id(other)}')
        choice = decide(decisions.CHOICE, _sight(CURRENT, other))
        target = "installed" if isinstance(choice, Install) else "refused"
        reason = choice.error.reason if isinstance(choice, Refuse) else "setSecret installs"
        lines.append(f"    beside_{_id(other)} --> {target}: {reason}")
    return "\n".join([*lines, *_after_installing()])


def _after_installing() -> list[str]:
    again = _place(decide(decisions.CHOICE, _sight(CURRENT, PENDING)))
    seen = old_key.Sight(SlotFingerprints(PREVIOUS, CURRENT), CURRENT, PREVIOUS)
    done = decide(old_key.RULES, seen)
    back_to = "beside_empty" if isinstance(done, Retire) else "promoted"
    return [
        "    state \"AWSCURRENT's · AWSPENDING's\" as installed",
        "    state \"AWSPREVIOUS's · AWSCURRENT's\" as promoted",
        '    state "nothing is changed" as refused',
        f"    installed --> installed: setSecret again, {again}",
        "    installed --> tested: testSecret logs in",
        "    state \"AWSCURRENT's · AWSPENDING's, proved\" as tested",
        "    tested --> promoted: finishSecret moves AWSCURRENT",
        f"    promoted --> {back_to}: finishSecret unsets the old key",
        "    installed --> beside_abandoned: AWSPENDING is removed",
        "    promoted --> beside_previous: finishSecret dies here",
    ]


def _id(key: Fingerprint | None) -> str:
    return _name(key).removeprefix("AWS").removesuffix("'s").lower()
