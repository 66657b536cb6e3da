"""Where the picture's ticks and names go."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["spread", "tick_seconds"]

TICKS = (1, 2, 5, 10)
MOST_TICKS = 12


def tick_seconds(length: float) -> int:
    """Return how many seconds apart the ticks of so long a run are: 1, 2, 5 or 10."""
    return next((seconds for seconds in TICKS if length / seconds <= MOST_TICKS), TICKS[-1])


def spread(wanted: Sequence[float], gap: float, most: float) -> list[float]:
    """Return places in the given order, near the wanted ones, ``gap`` apart and up to ``most``.

    Each moves to the right as far as the one before it asks for; those that would stand beyond
    the end move back. With too many of them, the first ones stand below zero.
    """
    places = list(wanted)
    for at in range(1, len(places)):
        places[at] = max(places[at], places[at - 1] + gap)
    limit = most
    for at in reversed(range(len(places))):
        places[at] = min(places[at], limit)
        limit = places[at] - gap
    return places
