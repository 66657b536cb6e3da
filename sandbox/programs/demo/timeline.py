"""The run as an SVG: both slots, the labels, every step, every task and login, over time."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.programs.demo.history import LANES
from sandbox.programs.demo.table import short

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sandbox.programs.demo.history import Change, History
    from sandbox.programs.demo.pipeline import TaskLane

__all__ = ["draw"]

LEFT, RIGHT, WIDTH = 150, 30, 1100
TOP, ROW, BAR = 74, 34, 22
# Colours that stay apart for colour-blind eyes (Okabe and Ito), one a key.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")
RED, GREY, INK = "#c00000", "#d9d9d9", "#222222"
THIN_BAR = 10


@dataclass(frozen=True)
class _Scale:
    """Maps Unix time to pixels."""

    start: float
    end: float

    def x(self, time: float) -> float:
        share = (time - self.start) / (self.end - self.start)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def draw(history: History, tasks: Sequence[TaskLane]) -> str:
    """Return the picture as SVG text; each task has at least one login."""
    logins = [login.time for task in tasks for login in task.logins]
    end = max([step.ended for step in history.steps] + logins)
    scale = _Scale(history.started, end)
    changes = list(history.changes())
    keys = dict.fromkeys(
        c.fingerprint for c in sorted(changes, key=lambda c: c.time) if c.fingerprint
    )
    colours = {key: COLOURS[number % len(COLOURS)] for number, key in enumerate(keys)}
    height = TOP + ROW * (len(LANES) + len(tasks)) + 40
    root = ET.Element(
        "svg",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH} {height}",
        attrib={"font-family": "system-ui, sans-serif", "font-size": "12", "role": "img"},
    )
    ET.SubElement(root, "title").text = "Three rotations of a Snowflake key pair, and its tasks"
    _rectangle(root, 0, 0, WIDTH, height, "#ffffff")
    _steps(root, history, scale, height)
    _time_axis(root, scale, height)
    for row, lane in enumerate(LANES):
        _text(root, 10, _middle(row) + 4, lane)
        for start, stop, key in _spans(changes, lane, end):
            _bar(root, scale.x(start), scale.x(stop), row, short(key), colours[key])
    for row, task in enumerate(tasks, start=len(LANES)):
        _task(root, task, scale, row, colours)
    return ET.tostring(root, encoding="unicode") + "\n"


def _steps(root: ET.Element, history: History, scale: _Scale, height: int) -> None:
    """Draw each step as a grey stretch over the whole height, its name slanted above."""
    for step in history.steps:
        left, right = scale.x(step.started), scale.x(step.ended)
        fill = "#fbe3e3" if step.error else "#f4f4f4"
        _rectangle(root, left, TOP - 6, max(right - left - 1, 1), height - TOP - 26, fill)
        name = _text(root, 0, 0, f"{step.step} killed" if step.error else step.step)
        name.set("transform", f"translate({left + 8},{TOP - 10}) rotate(-32)")
        name.set("fill", RED if step.error else INK)


def _spans(changes: Sequence[Change], lane: str, end: float) -> Iterator[tuple[float, float, str]]:
    own = sorted((c for c in changes if c.lane == lane), key=lambda c: c.time)
    for change, after in zip(own, [*own[1:], None], strict=True):
        if change.fingerprint:
            yield change.time, after.time if after else end, change.fingerprint


def _bar(root: ET.Element, left: float, right: float, row: int, name: str, colour: str) -> None:
    _rectangle(root, left, _middle(row) - BAR / 2, max(right - left - 1, 2), BAR, colour)
    if right - left > 50:  # noqa: PLR2004 (pixels: narrower bars have no room for a name)
        _text(root, left + 5, _middle(row) + 4, name).set("fill", "#ffffff")


def _task(
    root: ET.Element, task: TaskLane, scale: _Scale, row: int, colours: dict[str, str]
) -> None:
    """Draw a task from its first login to its last, in the colour of its key."""
    note = f", {task.failed} failed" if task.failed else ""
    _text(root, 10, _middle(row) + 4, f"{task.name}: {len(task.logins)}{note}")
    left, right = scale.x(task.logins[0].time), scale.x(task.logins[-1].time)
    colour = colours.get(task.logins[0].fingerprint, INK)
    top = _middle(row) - THIN_BAR / 2
    _rectangle(root, left, top, max(right - left, 2), THIN_BAR, colour)
    for login in task.logins:
        ET.SubElement(
            root,
            "circle",
            cx=str(scale.x(login.time)),
            cy=str(_middle(row)),
            r="2" if login.succeeded else "5",
            fill="#ffffff" if login.succeeded else RED,
        )


def _time_axis(root: ET.Element, scale: _Scale, height: int) -> None:
    seconds = 0.0
    while scale.start + seconds <= scale.end:
        x = scale.x(scale.start + seconds)
        _rectangle(root, x, TOP - 6, 0.5, height - TOP - 26, GREY)
        _text(root, x, height - 14, f"{seconds:.0f} s")
        seconds += 1


def _middle(row: int) -> float:
    return TOP + ROW * row + ROW / 2


def _rectangle(
    root: ET.Element, x: float, y: float, width: float, height: float, fill: str
) -> None:
    numbers = {"x": x, "y": y, "width": width, "height": height}
    attributes = {name: f"{number:g}" for name, number in numbers.items()}
    ET.SubElement(root, "rect", attributes | {"fill": fill})


def _text(root: ET.Element, x: float, y: float, text: str) -> ET.Element:
    element = ET.SubElement(root, "text", {"x": f"{x:g}", "y": f"{y:g}"})
    element.text = text
    return element
