"""What one Lambda invocation answered: shared by the embedded Lambda and Secrets Manager."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Invocation"]


@dataclass(frozen=True, slots=True)
class Invocation:
    """The answer to one synchronous invoke.

    Shapes follow the Invoke API reference: ``function_error`` is the
    ``X-Amz-Function-Error`` header ("Unhandled") and None when the function
    returned; ``payload`` is the parsed JSON body, in the error case an object
    with ``errorType`` and ``errorMessage``.
    """

    payload: Any
    function_error: str | None = None
    log: str = ""
    seconds: float = 0.0
    cold_start: bool = False

    def error_field(self, name: str) -> str | None:
        """Return ``errorType`` or ``errorMessage`` of a failed invocation, else None."""
        if self.function_error is None or not isinstance(self.payload, dict):
            return None
        value = self.payload.get(name)
        return None if value is None else str(value)
