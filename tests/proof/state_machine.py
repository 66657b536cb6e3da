"""docs/state-machine.md: the decision tables, asked for every state there is.

``python -m tests.proof.state_machine > docs/state-machine.md`` writes it; a test compares.
"""

import sys
from collections.abc import Callable
from itertools import product

from rotation.rules import labels as label_rules
from rotation.rules import old_key
from rotation.rules import slots as decisions
from rotation.rules.decision import Refuse
from rotation.rules.labels import Rotate
from rotation.rules.old_key import Retire
from rotation.rules.slots import AlreadyInstalled, Install
from rotation.rules.words import (
    Fingerprint,
    SecretLabels,
    Slot,
    SlotFingerprints,
    Stage,
)
from tests.proof import state_machine_of_staying, state_machine_with_tasks

CURRENT, PENDING, PREVIOUS, ABANDONED, FOREIGN = (
    Fingerprint(name)
    for name in ("AWSCURRENT's", "AWSPENDING's", "AWSPREVIOUS's", "abandoned", "foreign")
)
Key = Fingerprint | None
_OWNED = frozenset({PREVIOUS, ABANDONED})
_BEFORE = (None, CURRENT, PENDING, PREVIOUS, ABANDONED, FOREIGN)
_AFTER = (None, CURRENT, PREVIOUS, ABANDONED, FOREIGN)
_STAGES = (Stage.CURRENT, Stage.PENDING, Stage.PREVIOUS)
_LABELS = [
    frozenset(str(stage) for stage, has in zip(_STAGES, held, strict=True) if has)
    for held in product((False, True), repeat=len(_STAGES))
]
_ORDINAL = {Slot.ONE: "one", Slot.TWO: "two"}

_PAGE = """# State machine

Written by `python -m tests.proof.state_machine`, which asks rotation/ for every state; a test
compares. *Abandoned* is the key of an older version of the secret without a label, *foreign* one
that no version holds.

## May this version be rotated?

Every step asks first, for the labels of the version that the event names. While rotation is off,
the answer is {off}.

| labels | answer |
|---|---|
{labels}

## Where does the new key go?

The cell is the slot that setSecret sets; *in two*: the new key is there already.

{choice}

When AWSCURRENT holds no key yet, the rotation admin looks:

{first}

## Which slot is unset?

By finishSecret, after AWSCURRENT was moved to the new key.

{retirement}

## How long does an old key stay?

Three ask one table, rules/staying.py: the hourly run, which reads no key; the errand that it
sends to the rotation function, which reads the key and no task; and setSecret, which needs the
slot. An empty cell is a rule that the column does not ask. A person's command asks none.

{staying}

## With a grace, or with clusters named

finishSecret unsets nothing then. May setSecret replace the key beside AWSCURRENT's? The columns
are how long ago AWSCURRENT moved; a cell ends with the rule that decides.

{replaceable}

What the hourly function does with that key. *Held*: by a task that may be from before AWSCURRENT
moved.

{retired}

Is a service rolled? The rows are its deployments since AWSCURRENT moved.

| deployments | rollout |
|---|---|
{rollouts}

## One rotation

The states of both slots, whichever is which. The arrows are what the tables above decide.

```mermaid
stateDiagram-v2
{diagram}
```
"""


def choose(one: Fingerprint | None, two: Fingerprint | None) -> str:
    """Return setSecret's decision in words."""
    choice = decisions.choose_slot(
        SlotFingerprints(one, two), current=CURRENT, pending=PENDING, owned=_OWNED
    )
    match choice:
        case AlreadyInstalled(slot):
            return f"in {_ORDINAL[slot]}"
        case Install(slot, replaces):
            return f"**{_ORDINAL[slot]}**" + (f", replacing {replaces}" if replaces else "")
        case Refuse(error):
            return error.reason


def choose_first(one: Fingerprint | None, two: Fingerprint | None) -> str:
    """Return setSecret's decision for a user without a key, in words."""
    choice = decisions.choose_first_slot(SlotFingerprints(one, two), pending=PENDING)
    match choice:
        case AlreadyInstalled(slot):
            return f"in {_ORDINAL[slot]}"
        case Install(slot):
            return f"**{_ORDINAL[slot]}**"
        case Refuse(error):
            return error.reason


def retire(one: Fingerprint | None, two: Fingerprint | None) -> str:
    """Return finishSecret's decision in words."""
    slots = SlotFingerprints(one, two)
    choice = old_key.choose_retirement(slots, current=CURRENT, previous=PREVIOUS)
    return f"**{_ORDINAL[choice.slot]}**" if isinstance(choice, Retire) else "none"


def _name(key: Fingerprint | None) -> str:
    return "empty" if key is None else str(key)


def _matrix(keys: tuple[Key, ...], cell: Callable[[Key, Key], str]) -> str:
    head = f"| one ↓, two → | {' | '.join(_name(two) for two in keys)} |"
    lines = [f"| {_name(one)} | {' | '.join(cell(one, two) for two in keys)} |" for one in keys]
    return "\n".join([head, "|---" * (len(keys) + 1) + "|", *lines])


def _label_rows() -> str:
    rows: dict[str, list[str]] = {}
    for labels in _LABELS:
        name = " and ".join(sorted(labels)) or "none"
        rows.setdefault(_label_decision(labels, on=True), []).append(name)
    return "\n".join(f"| {'; '.join(names)} | {answer} |" for answer, names in rows.items())


def _when_off() -> str:
    (answer,) = {_label_decision(labels, on=False) for labels in _LABELS}
    return answer


def _label_decision(labels: frozenset[str], *, on: bool) -> str:
    versions = {"version": labels} if labels else {}
    match label_rules.check_labels(SecretLabels(on, versions), "version"):
        case Refuse(error):
            return error.reason
        case Rotate():
            return "do the step"
        case _:
            return "finishSecret retires what is left; testSecret tests; the others do nothing"


def _diagram() -> str:
    """Follow the decisions from each state in which a rotation can begin."""
    lines = ["    [*] --> beside_empty"]
    for other in (None, PREVIOUS, ABANDONED, FOREIGN):
        lines.append(f'    state "{CURRENT} · {_name(other)}" as beside_{_id(other)}')
        choice = decisions.choose_slot(
            SlotFingerprints(CURRENT, other), current=CURRENT, pending=PENDING, owned=_OWNED
        )
        target = "installed" if isinstance(choice, Install) else "refused"
        reason = choice.error.reason if isinstance(choice, Refuse) else "setSecret installs"
        lines.append(f"    beside_{_id(other)} --> {target}: {reason}")
    return "\n".join([*lines, *_after_installing()])


def _after_installing() -> list[str]:
    done = retire(PREVIOUS, CURRENT)
    retired = "beside_empty" if done != "none" else "promoted"
    return [
        "    state \"AWSCURRENT's · AWSPENDING's\" as installed",
        "    state \"AWSPREVIOUS's · AWSCURRENT's\" as promoted",
        '    state "nothing is changed" as refused',
        f"    installed --> installed: setSecret again, {choose(CURRENT, PENDING)}",
        "    installed --> tested: testSecret logs in",
        "    state \"AWSCURRENT's · AWSPENDING's, proved\" as tested",
        "    tested --> promoted: finishSecret moves AWSCURRENT",
        f"    promoted --> {retired}: finishSecret unsets the old key",
        "    installed --> beside_abandoned: AWSPENDING is removed",
        "    promoted --> beside_previous: finishSecret dies here",
    ]


def _id(key: Fingerprint | None) -> str:
    return _name(key).removeprefix("AWS").removesuffix("'s").lower()


def page() -> str:
    """Return the whole page."""
    return _PAGE.format(
        off=_when_off(),
        labels=_label_rows(),
        choice=_matrix(_BEFORE, choose),
        first=_matrix((None, PENDING, FOREIGN), choose_first),
        retirement=_matrix(_AFTER, retire),
        diagram=_diagram(),
        staying=state_machine_of_staying.rules(),
        replaceable=state_machine_of_staying.replaceable(),
        retired=state_machine_with_tasks.retired(),
        rollouts=state_machine_with_tasks.rollouts(),
    )


if __name__ == "__main__":
    sys.stdout.write(page())
