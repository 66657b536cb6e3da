"""How a variable of the environment is read. An empty one counts as unset, a bad one is named."""

import re
from collections.abc import Mapping

from rotation.errors.function import InvalidSettings
from rotation.rules.who import NamePatterns

_NUMBER = re.compile(r"[0-9]{1,5}")


def text(environment: Mapping[str, str], name: str) -> str | None:
    """Return a variable without outer spaces, None when nothing is left."""
    return environment.get(name, "").strip() or None


def between_commas(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Return the parts of a list, also empty ones; none at all when it is unset."""
    value = text(environment, name)
    return tuple(part.strip() for part in value.split(",")) if value else ()


def matching(environment: Mapping[str, str], name: str, pattern: re.Pattern[str]) -> str | None:
    """Return a variable that matches the pattern as a whole. Raises InvalidSettings."""
    value = text(environment, name)
    if value is not None and not pattern.fullmatch(value):
        raise InvalidSettings(f"{name} holds {value!r}, which can't be used.")
    return value


def number(
    environment: Mapping[str, str], name: str, allowed: range | tuple[int, ...]
) -> int | None:
    """Return a whole number that is allowed. Raises InvalidSettings."""
    value = text(environment, name)
    if value is None:
        return None
    if not _NUMBER.fullmatch(value) or int(value) not in allowed:
        several = isinstance(allowed, tuple)
        choice = ", ".join(map(str, allowed)) if several else f"{allowed[0]} to {allowed[-1]}"
        raise InvalidSettings(f"{name} holds {value!r}; it takes {choice}.")
    return int(value)


def patterns(environment: Mapping[str, str], name: str, pattern: re.Pattern[str]) -> NamePatterns:
    """Read patterns between commas. Raises InvalidSettings; without any, nothing may rotate."""
    found = between_commas(environment, name)
    if not found:
        raise InvalidSettings(f"{name} is not set; it takes patterns, and * to allow all.")
    for one in found:
        if not pattern.fullmatch(one):
            raise InvalidSettings(f"{name} holds the pattern {one!r}, which can't be used.")
    return NamePatterns(found)
