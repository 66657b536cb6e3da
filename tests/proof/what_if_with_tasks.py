"""The part of docs/what-if.md on the retirement function: where a run can die."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby

from rotation.rules.words import Stage
from tests.proof import retiring
from tests.proof.effects import advance
from tests.proof.faults import Fault, Timing
from tests.proof.invocation import Answer
from tests.proof.retirement_interruptions import due, with_services
from tests.proof.world_with_tasks import WorldWithTasks

_DIES = Fault("dies before", Timing.DIE_BEFORE)
_RUNS = (("scheduled run", due), ("AWSCURRENT's event", with_services))
_CHANGES = ("SET ", "UNSET ", "UpdateService ")
_HEAD = "| it dies | what is left | the next run changes |\n|---|---|---|"


def table() -> str:
    """Return the rows; neighbouring points with the same consequences share one.

    Raises AssertionError where a task notices: the page says that none does.
    """
    lines = [_HEAD]
    for job, build in _RUNS:
        for consequences, same in groupby(_points(job, build()), key=lambda row: row[1:]):
            points = [row[0] for row in same]
            where = points[0] if len(points) == 1 else f"{points[0]} … {points[-1]}"
            lines.append(f"| {job}, before {where} | {' | '.join(consequences)} |")
    return "\n".join(lines)


def _points(job: str, start: WorldWithTasks) -> Iterator[tuple[str, ...]]:
    names = [one.effect.name for one in _run(start.clone(), job, None)]
    for position, name in enumerate(names):
        died = start.clone()
        _run(died, job, position)
        if lost := _lost(died):
            raise AssertionError(f"tasks hold a key that can't log in: {lost}")
        left = _left(died)
        died.passes(timedelta(hours=1))
        before = len(died.story)
        _run(died, "scheduled run", None)
        yield _short(name), left, _changed(died.story[before:])


def _run(world: WorldWithTasks, job: str, dies_at: int | None) -> tuple[Answer, ...]:
    faults = {} if dies_at is None else {dies_at: _DIES}
    return advance(world, retiring.begin(world, job, faults)).answers


def _left(world: WorldWithTasks) -> str:
    old = world.user.accepts(world.app.fingerprint_with(Stage.PREVIOUS))
    return f"old key {'installed' if old else 'unset'}, {world.rolls_begun} services rolled"


def _lost(world: WorldWithTasks) -> list[object]:
    held = {one.key for one in world.tasks.values() if one.reference and one.has_fetched}
    return [key for key in held if not world.user.accepts(key)]


def _changed(story: tuple[str, ...]) -> str:
    done = [_short(line.partition(": ")[2]) for line in story]
    return ", ".join(one for one in done if one.startswith(_CHANGES)) or "nothing"


def _short(name: str) -> str:
    return name.removeprefix("ALTER USER ").removesuffix(", a forced new deployment")
