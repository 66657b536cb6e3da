"""docs/what-if.md: where a rotation can die, what it leaves behind, what the retry does.

``python -m tests.proof.what_if > docs/what-if.md`` writes it; a test compares the two.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from rotation.rules.words import (
    Fingerprint,
    Slot,
    Stage,
    Step,
)
from tests.proof import service, what_if_with_tasks
from tests.proof.effects import advance, begin
from tests.proof.faults import Fault, Timing
from tests.proof.scenarios import SCENARIOS
from tests.proof.world import APP, World

_DIE_BEFORE = Fault("dies before", Timing.DIE_BEFORE)
_DIE_AFTER = Fault("dies after", Timing.DIE_AFTER)
_CHANGES = ("PutSecretValue", "UpdateSecretVersionStage", "ALTER USER")
_HEAD = """# What if a rotation dies here?

Written by `python -m tests.proof.what_if`, which kills a rotation at every call of the four steps,
looks at what is left, and lets Secrets Manager retry; a test compares. AWSCURRENT's key is in slot
one when it begins, and slot two is empty. *Old* is that key, *new* the one that createSecret makes.

A lost reply, an error and a late answer leave the same states behind as dying. At every point
AWSCURRENT's key logs in, and nobody has to do anything: the retry ends the rotation.

| it dies | slots one, two | AWSCURRENT | AWSPENDING | AWSPREVIOUS | logs in | the retry changes |
|---|---|---|---|---|---|---|
"""
_TAIL = """
After each retry AWSCURRENT is the new version, its key alone is in a slot, and createSecret has
put one key pair only. Where Secrets Manager does not retry,
[a person does](runbook.md#a-rotation-that-is-stuck).

## With a grace, or with clusters named

finishSecret leaves the old key, and the hourly function unsets it. It too may die at every call,
also of the rotation function, which it invokes. Two services read the secret; the old key, or a
rollout, is due. The next run comes an hour later. No task notices: each one's key logs in.

"""


@dataclass(frozen=True)
class Row:
    """One point and what follows from dying there."""

    step: Step
    point: str
    slots: str
    labels: str
    consumers: str
    retry: str
    operator: str

    @property
    def consequences(self) -> tuple[str, ...]:
        return (self.step, self.slots, self.labels, self.consumers, self.retry, self.operator)


def rows() -> Iterator[Row]:
    """Yield a row for dying before each effect of a plain rotation, and after each step's last.

    Dying after an effect and before the next one leave the same world; that is checked.
    """
    world, version_id = SCENARIOS[0].build()
    for step in service.STEPS:
        plain = advance(world.clone(), begin(world, APP, step, version_id))
        names = [answer.effect.name for answer in plain.answers]
        for position, name in enumerate(names):
            died = _killed(world, step, version_id, position, _DIE_BEFORE)
            yield _row(died, step, version_id, f"before {name}")
            if (
                position
                and died.state()
                != _killed(world, step, version_id, position - 1, _DIE_AFTER).state()
            ):
                raise AssertionError(f"{name} changed the world before it began")
        last = _killed(world, step, version_id, len(names) - 1, _DIE_AFTER)
        yield _row(last, step, version_id, f"after {names[-1]}")
        advance(world, begin(world, APP, step, version_id))


def _killed(world: World, step: Step, version_id: str, position: int, fault: Fault) -> World:
    died = world.clone()
    advance(died, begin(died, APP, step, version_id, {position: fault}))
    return died


def _row(died: World, step: Step, version_id: str, point: str) -> Row:
    retried = died.clone()
    run = service.attempt(retried, version_id)
    changed = [
        answer.effect.name.removeprefix("ALTER USER ")
        for invocation in run.invocations
        for answer in invocation.answers
        if answer.effect.name.startswith(_CHANGES)
    ]
    settled = not run.failed and retried.is_clean() and not retried.violations
    return Row(
        step,
        point,
        slots=", ".join(_word(died, died.user[slot]) for slot in Slot),
        labels=_labels(died, version_id),
        consumers=_consumers(died),
        retry=", ".join(changed) or "nothing",
        operator=_what_to_do(changed, settled=settled),
    )


def _what_to_do(changed: list[str], *, settled: bool) -> str:
    if not settled:
        return "look into it"
    return "nothing: the retry ends it" if changed else "nothing: it is complete"


def _old(world: World) -> Fingerprint | None:
    stage = Stage.PREVIOUS if world.app.holder(Stage.PREVIOUS) else Stage.CURRENT
    return world.app.fingerprint_with(stage)


def _word(world: World, key: Fingerprint | None) -> str:
    return "empty" if key is None else "old" if key == _old(world) else "new"


def _labels(world: World, version_id: str) -> str:
    """Return three cells: what AWSCURRENT, AWSPENDING and AWSPREVIOUS name."""
    if world.app.holder(Stage.CURRENT) == version_id:
        return "new |  | old"
    filled = world.app.versions[version_id].value is not None
    return f"old | {'new' if filled else 'no value'} | "


def _consumers(world: World) -> str:
    if not world.current_can_log_in(world.app):
        return "yes: AWSCURRENT's key can't log in"
    if world.user.accepts(_old(world)):
        return "AWSCURRENT's, old"
    return "AWSCURRENT's"


def _line(same: list[Row]) -> str:
    first, last = same[0], same[-1]
    points = first.point if len(same) == 1 else f"{first.point} … {_end(first.point, last.point)}"
    cells = (first.slots, first.labels, first.consumers, first.retry)
    return f"| {first.step}, {points} | {' | '.join(cells)} |"


def _end(first: str, last: str) -> str:
    """Leave out the word that both points begin with."""
    word = first.partition(" ")[0] + " "
    return last.removeprefix(word)


def page() -> str:
    """Return the whole page; neighbouring points with the same consequences share a line."""
    groups = groupby(rows(), key=lambda row: row.consequences)
    lines = (_line(list(same)) for _, same in groups)
    return _HEAD + "\n".join(lines) + "\n" + _TAIL + what_if_with_tasks.table() + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
