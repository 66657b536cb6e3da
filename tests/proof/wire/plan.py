"""Which fates strike at which points of the recorded courses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.snowflake import Kind
from tests.proof.wire.fates import FATES, QUICK

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.proof.wire.scenarios import Course, Point


@dataclass(frozen=True)
class Job:
    """A case by numbers: into SCENARIOS, its recorded points, and FATES."""

    scenario: int
    point: int
    fate: int


_EVERY = tuple(range(len(FATES)))
_QUICK = tuple(number for number in _EVERY if FATES[number] in QUICK)
_KILLED = next(number for number in _QUICK if FATES[number].kills)


def jobs(courses: Sequence[Course]) -> Iterator[Job]:
    """Every fate at every request; the quick ones where a scenario meets it again.

    Every fate in every scenario is tried at the ports (tests.proof.interruptions). The wire shows
    what the real clients make of a fate, and that depends on the step and the request alone. A
    stack of its own kind, with an admin or a passphrase, gets the quick ones. A step already met
    with the same requests is not struck again.
    """
    steps: set[tuple[object, ...]] = set()
    requests: set[tuple[object, ...]] = set()
    for number, course in enumerate(courses):
        own = bool(course.scenario.stack)
        for step, places in _steps(course).items():
            points = [course.points[place] for place in places]
            if not own and _seen(steps, (step, *(_request(point) for point in points))):
                continue
            for place, point in zip(places, points, strict=True):
                again = own or _seen(requests, (step, _request(point)))
                yield from (Job(number, place, fate) for fate in (_QUICK if again else _EVERY))


def short_jobs(course: Course) -> list[Job]:
    """Kill the function after each request of the first scenario that changes something."""
    return [
        Job(0, place, _KILLED)
        for place, point in enumerate(course.points)
        if point.name in _WRITES or _is_alter_user(course, point)
    ]


_WRITES = frozenset({"PutSecretValue", "UpdateSecretVersionStage"})


def _is_alter_user(course: Course, point: Point) -> bool:
    """Tell whether it is a step's change of a slot, told from the looks around it by its place.

    setSecret looks, changes and reads back; finishSecret looks and changes.
    """
    if point.name != Kind.STATEMENT.value or point.step == "testSecret":
        return False
    like = [one for one in course.points if (one.step, one.name) == (point.step, point.name)]
    return point == like[1]


def _steps(course: Course) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, point in enumerate(course.points):
        found.setdefault(point.step, []).append(place)
    return found


def _request(point: Point) -> tuple[str, str, int]:
    return point.service, point.name, point.nth


def _seen(known: set[tuple[object, ...]], one: tuple[object, ...]) -> bool:
    seen = one in known
    known.add(one)
    return seen
