"""The tables of docs/state-machine.md on how long an old key stays, asked from the code."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from rotation.rules import staying
from rotation.rules.decision import Match, first_match
from rotation.rules.retention import Retention
from rotation.rules.staying import Asker, Decision, Facts, Goes
from rotation.rules.words import SecretLabels, Stage
from tests.proof import ecs
from tests.proof.secret import BEGINNING

DAY = timedelta(days=1)
REFUSAL = "PreviousKeyInGrace"
_CLUSTERS = (ecs.CLUSTER,)
RETENTIONS = {
    "neither": Retention(),
    "24 hours of grace": Retention(DAY),
    "clusters": Retention(clusters=_CLUSTERS),
    "both": Retention(DAY, _CLUSTERS),
}
_AGES = {
    "5 minutes": timedelta(minutes=5),
    "an hour": timedelta(hours=1),
    "25 hours": timedelta(hours=25),
}
_OLD, _ABANDONED, _GONE = "old", "abandoned", "gone"
_MADE = {
    _GONE: BEGINNING - 60 * DAY,
    _OLD: BEGINNING - 30 * DAY,
    "current": BEGINNING,
    _ABANDONED: BEGINNING + timedelta(seconds=30),
}
_WHOSE = {
    "AWSPREVIOUS's": _OLD,
    "unlabelled": _GONE,
    "abandoned": _ABANDONED,
}
_MOVED = BEGINNING + timedelta(seconds=10, milliseconds=1)
_STAGES = {"current": frozenset({str(Stage.CURRENT)}), _OLD: frozenset({str(Stage.PREVIOUS)})}
_LABELS = SecretLabels(True, _STAGES, _MOVED, _MOVED)  # noqa: FBT003 (rotation is on)
_FREE = Facts(_LABELS, _MADE, Retention(DAY), BEGINNING + 2 * DAY, _OLD)


def _told(**labels: object) -> SecretLabels:
    return replace(_LABELS, **labels)  # type: ignore[arg-type]


# For every rule a case in which it decides.
_CASES: Mapping[str, Facts] = {
    "rotation is off": replace(_FREE, labels=_told(rotation_enabled=False)),
    "a rotation is under way": replace(
        _FREE,
        labels=_told(versions={**_STAGES, _ABANDONED: frozenset({str(Stage.PENDING)})}),
        created={**_MADE, _ABANDONED: BEGINNING + 2 * DAY},
    ),
    "its version was never AWSCURRENT": replace(_FREE, version_id=_ABANDONED),
    "no rotation moved AWSCURRENT": replace(
        _FREE, labels=_told(last_rotated=None), retention=Retention()
    ),
    "nothing is kept": replace(_FREE, retention=Retention()),
    "when AWSCURRENT moved is not known": replace(_FREE, labels=_told(last_changed=None)),
    "its grace runs": replace(_FREE, now=BEGINNING + timedelta(hours=1)),
    "a replica is not in sync": replace(_FREE, labels=_told(replicas={"eu-west-1": "Failed"})),
    "a task may hold it": replace(_FREE, retention=RETENTIONS["both"], holders=("task 1",)),
    "clusters are named": replace(_FREE, retention=RETENTIONS["both"]),
    "none of these": _FREE,
}


def decided(facts: Facts, asker: Asker) -> Match[Decision]:
    """Return what decides, and how."""
    match = first_match(staying.asked_by(asker), facts)
    if match is None:
        raise AssertionError(facts)
    return match


def rules() -> str:
    """Return the table of rules; each decides its case, for those who ask it."""
    lines = [f"| the first that applies | {' | '.join(Asker)} |", "|---" * 4 + "|"]
    for one in staying.RULES:
        cells = [
            _in_a_word(decided(_CASES[one.name], asker), one.name) if asker in one.asked_by else ""
            for asker in Asker
        ]
        lines.append(f"| {one.name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _in_a_word(match: Match[Decision], rule: str) -> str:
    if match.rule != rule:
        raise AssertionError(f"{match.rule} decides the case of {rule}")
    return "**goes**" if isinstance(match.decision, Goes) else "stays"


def _replaces(kept: Retention, version_id: str, age: timedelta) -> str:
    now = BEGINNING + timedelta(seconds=11) + age
    facts = Facts(_LABELS, _MADE, kept, now, version_id)
    refusal = staying.check_replaceable(facts)
    if refusal and refusal.reason != REFUSAL:
        raise AssertionError(refusal.reason)
    rule = decided(facts, Asker.SET_SECRET).rule
    return rule if refusal else f"**{rule}**"


def table(head: str, rows: Iterable[tuple[str, Callable[[timedelta], str]]]) -> str:
    """Return a table with a column for each time since AWSCURRENT moved."""
    lines = [f"| {name} | {' | '.join(map(cell, _AGES.values()))} |" for name, cell in rows]
    return "\n".join([*_head(head), *lines])


def _head(first: str) -> list[str]:
    return [f"| {first} | {' | '.join(_AGES)} |", "|---" * (len(_AGES) + 1) + "|"]


def replaceable() -> str:
    """Return what setSecret may replace, for every retention; keys with equal cells share a row."""
    alike: dict[tuple[str, ...], dict[str, list[str]]] = {}
    for name, kept in RETENTIONS.items():
        for whose, version_id in _WHOSE.items():
            cells = tuple(_replaces(kept, version_id, age) for age in _AGES.values())
            alike.setdefault(cells, {}).setdefault(name, []).append(whose)
    lines = [
        f"| {name} | {' | '.join(cells)} |"
        for cells, keys in alike.items()
        for name in _names(keys)
    ]
    return "\n".join([*_head("retention; the key"), *lines])


def _names(keys: dict[str, list[str]]) -> list[str]:
    told = {name: " or ".join(whose) for name, whose in keys.items()}
    if len(told) == len(RETENTIONS) and len(set(told.values())) == 1:
        return [f"any; {told['neither']}"]
    return [f"{name}; {whose}" for name, whose in told.items()]
