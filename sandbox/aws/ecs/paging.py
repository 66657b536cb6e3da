"""One page of a list."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from sandbox.aws.ecs import errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.aws.json.shapes import Json

__all__ = ["one_page"]

LARGEST = 100


def one_page(key: str, found: Sequence[object], asked: Json, *, default: int, at_most: int) -> Json:
    """Return the page that ``nextToken`` and ``maxResults`` ask for.

    "This value can be between 1 and 100"; ``default`` holds without it. ``at_most`` is the
    server's own limit: "it's possible the number of results to be fewer than maxResults".
    Raises InvalidParameterException.
    """
    size = asked.get("maxResults", default)
    if not 1 <= size <= LARGEST:
        raise errors.invalid("maxResults must be between 1 and 100.")
    start = _start(asked.get("nextToken"))
    end = start + min(size, at_most)
    token = {"nextToken": base64.b64encode(str(end).encode()).decode()}
    return {key: list(found[start:end]), **(token if end < len(found) else {})}


def _start(token: str | None) -> int:
    if token is None:
        return 0
    try:
        return int(base64.b64decode(token, validate=True))
    except (binascii.Error, ValueError):
        raise errors.invalid("Invalid token.") from None
