"""The run as an SVG: both slots, the labels, every step, every task and login, over time."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from sandbox.programs.demo import colours
from sandbox.programs.demo.history import LANES
from sandbox.programs.demo.layout import spread, tick_seconds
from sandbox.programs.demo.svg import Drawing
from sandbox.programs.demo.table import short, step_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sandbox.programs.demo.history import Change, History
    from sandbox.programs.demo.pipeline import TaskLane

__all__ = ["draw"]

LEFT, RIGHT, WIDTH = 150, 110, 1100
TOP, ROW, BAR, THIN_BAR = 126, 32, 22, 12
BOTTOM = 52
# Names at a slope of 45 degrees are apart when their starts are this far from each other.
SLOPE, NAME_GAP, LEADER = 45, 20, 14
# A narrower bar has no room for the key's name.
NAMED_BAR = 50
TITLE = "Three rotations of a Snowflake key pair, and the tasks that log in meanwhile"
DESCRIPTION = (
    "Over time, from left to right: which key is in each of the user's two slots, which under each "
    "label of the secret, when each step ran, and with which key each task logged in."
)
LEGEND = (
    "A colour is a key. A dot is a login{failed}; the number after a task's name counts them. "
    "1 h later: all dates were moved back by an hour."
)
FAILED = ", a large red one a failed login"


def draw(history: History, tasks: Sequence[TaskLane]) -> str:
    """Return the picture as SVG text; each task has at least one login."""
    logins = [login.time for task in tasks for login in task.logins]
    start = min([history.started, *logins])
    end = max([step.ended for step in history.steps] + logins)
    legend = LEGEND.format(failed=FAILED if any(task.failed for task in tasks) else "")
    picture = _Picture(history, start, end, len(LANES) + len(tasks), legend)
    picture.draw_steps()
    picture.draw_ticks()
    for row, lane in enumerate(LANES):
        picture.draw_lane(row, lane)
    for row, task in enumerate(tasks, start=len(LANES)):
        picture.draw_task(row, task)
    return str(picture.drawing)


@dataclass
class _Picture:
    """A drawing whose x is time: from ``start`` to ``end``, in Unix seconds."""

    history: History
    start: float
    end: float
    rows: int
    legend: str
    drawing: Drawing = field(init=False)

    def __post_init__(self) -> None:
        """Begin with white paper and the legend."""
        self.bottom = TOP + ROW * self.rows
        height = self.bottom + BOTTOM
        self.drawing = Drawing(WIDTH, height, TITLE, DESCRIPTION)
        self.drawing.rectangle(0, 0, WIDTH, height, colours.PAPER)
        self.drawing.text(10, height - 12, self.legend, colours.INK)
        self.changes = sorted(self.history.changes(), key=lambda change: change.time)
        keys = dict.fromkeys(one.fingerprint for one in self.changes if one.fingerprint)
        self.colours = {
            key: colours.KEYS[number % len(colours.KEYS)] for number, key in enumerate(keys)
        }

    def draw_steps(self) -> None:
        """Draw each step as a grey stretch over the whole height, its name slanted above."""
        steps = self.history.steps
        middles = [self._x((step.started + step.ended) / 2) for step in steps]
        places = spread(middles, NAME_GAP, WIDTH - RIGHT)
        for step, middle, place in zip(steps, middles, places, strict=True):
            left, right = self._x(step.started), self._x(step.ended)
            fill = colours.STEP_FAILED if step.error else colours.STEP
            ink = colours.ALARM if step.error else colours.INK
            self.drawing.rectangle(left, TOP, max(right - left, 1), self.bottom - TOP, fill)
            self.drawing.line(middle, TOP, place, TOP - LEADER, colours.GRID)
            self.drawing.text(place + 3, TOP - LEADER - 3, step_name(step), ink, slope=SLOPE)

    def draw_ticks(self) -> None:
        """Draw a line every 1, 2, 5 or 10 seconds."""
        length = self.end - self.start
        for seconds in range(0, int(length) + 1, tick_seconds(length)):
            x = self._x(self.start + seconds)
            self.drawing.line(x, TOP, x, self.bottom, colours.GRID)
            self.drawing.text(x, self.bottom + 16, f"{seconds} s", colours.INK)

    def draw_lane(self, row: int, lane: str) -> None:
        """Draw a slot or a label: a bar for each key that was there."""
        self.drawing.text(10, _middle(row) + 4, lane, colours.INK)
        for start, stop, key in self._spans(lane):
            left, fill = self._x(start), self.colours[key]
            width = max(self._x(stop) - left - 1, 2)
            self.drawing.rectangle(left, _middle(row) - BAR / 2, width, BAR, fill)
            if width >= NAMED_BAR:
                ink = colours.text_on(fill)
                self.drawing.text(left + 5, _middle(row) + 4, short(key), ink)

    def draw_task(self, row: int, task: TaskLane) -> None:
        """Draw a task from its first login to its last, in the colour of its key."""
        note = f", {task.failed} failed" if task.failed else ""
        self.drawing.text(
            10, _middle(row) + 4, f"{task.name}: {len(task.logins)}{note}", colours.INK
        )
        left, right = self._x(task.logins[0].time), self._x(task.logins[-1].time)
        fill = self.colours.get(task.logins[0].fingerprint, colours.INK)
        top = _middle(row) - THIN_BAR / 2
        self.drawing.rectangle(left - 4, top, right - left + 8, THIN_BAR, fill)
        for login in task.logins:
            radius, ink = (2, colours.text_on(fill)) if login.succeeded else (5, colours.ALARM)
            self.drawing.dot(self._x(login.time), _middle(row), radius, ink)

    def _spans(self, lane: str) -> Iterator[tuple[float, float, str]]:
        """Return from when to when which key was there; the first was there from the start."""
        own: list[Change] = [change for change in self.changes if change.lane == lane]
        times = [self.start, *(change.time for change in own[1:]), self.end]
        for change, (start, end) in zip(own, pairwise(times), strict=True):
            if change.fingerprint:
                yield start, end, change.fingerprint

    def _x(self, time: float) -> float:
        share = (time - self.start) / (self.end - self.start)
        return LEFT + share * (WIDTH - LEFT - RIGHT)


def _middle(row: int) -> float:
    return TOP + ROW * row + ROW / 2
