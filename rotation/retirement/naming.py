"""How many a log line names: what grows with an account is told by a number."""

from collections.abc import Iterable, Mapping

_MOST = 10


def some(names: Iterable[str]) -> list[str]:
    """Return the first ten, and how many more there are.

    >>> some(f"t{n}" for n in range(12))[-2:]
    ['t9', 'and 2 more']
    """
    every = list(names)
    more = len(every) - _MOST
    return every if more <= 0 else [*every[:_MOST], f"and {more} more"]


def some_of(told: Mapping[str, str]) -> dict[str, str]:
    """Return the first ten of what is told by name, and how many more there are."""
    more = len(told) - _MOST
    first = dict(list(told.items())[:_MOST])
    return first if more <= 0 else first | {"others": f"{more} more"}
