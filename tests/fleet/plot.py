"""Three curves against the number of secrets, as SVG."""

from collections.abc import Sequence
from typing import Protocol

_WIDE, _HIGH, _LEFT, _TOP = 300, 180, 60, 40
_BETWEEN = 400


class Sized(Protocol):
    """What is drawn of a size."""

    @property
    def secrets(self) -> int: ...
    @property
    def calls(self) -> int: ...
    @property
    def seconds(self) -> float: ...
    @property
    def gap_hours(self) -> float: ...


def drawn(rows: Sequence[Sized]) -> str:
    """Return the picture."""
    sizes = [one.secrets for one in rows]
    curves: tuple[tuple[str, Sequence[float]], ...] = (
        ("calls of an hourly run", [one.calls for one in rows]),
        ("seconds of an hourly run", [one.seconds for one in rows]),
        ("hours between looks, all rotated at once", [one.gap_hours for one in rows]),
    )
    panels = (_panel(n, title, sizes, values) for n, (title, values) in enumerate(curves))
    wide, high = _LEFT + 3 * _BETWEEN, _TOP + _HIGH + 50
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" '
        'font-family="sans-serif" font-size="12">'
        f'<rect width="{wide}" height="{high}" fill="white"/>{"".join(panels)}</svg>\n'
    )


def _panel(number: int, title: str, sizes: Sequence[int], values: Sequence[float]) -> str:
    left, bottom, most = _LEFT + number * _BETWEEN, _TOP + _HIGH, max(values)
    points = [
        (left + _WIDE * size / max(sizes), bottom - _HIGH * value / most)
        for size, value in zip(sizes, values, strict=True)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#0b62a4"/>' for x, y in points)
    return (
        f'<text x="{left}" y="{_TOP - 15}">{title}</text>'
        f'<path d="M{left} {_TOP}V{bottom}h{_WIDE}" fill="none" stroke="#888"/>'
        f'<text x="{left - 5}" y="{_TOP + 5}" text-anchor="end">{most:.0f}</text>'
        f'<text x="{left - 5}" y="{bottom}" text-anchor="end">0</text>'
        f'<text x="{left + _WIDE}" y="{bottom + 18}" text-anchor="end">{max(sizes)} secrets</text>'
        f'<polyline points="{line}" fill="none" stroke="#0b62a4" stroke-width="2"/>{dots}'
    )
