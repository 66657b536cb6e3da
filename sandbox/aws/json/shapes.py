"""What the protocol carries."""

from __future__ import annotations

from typing import Any

__all__ = ["Json"]

Json = dict[str, Any]
"""A JSON object: a request's parameters, an answer, or a part of one."""
