"""The base of the tree."""

from typing import ClassVar


class RotationError(Exception):
    """Base of all errors of this package.

    ``found`` says what happened. ``untouched`` and ``remedy`` default to those of the
    class. ``str(error)`` is the three in that order. ``reason`` is the one word for logs, metrics
    and the runbook: the class's name, unless the class is declared with another.
    """

    reason: ClassVar[str] = "RotationError"
    untouched: str = "Nothing was changed."
    remedy: str = ""

    def __init__(self, found: str, *, untouched: str = "", remedy: str = "") -> None:
        self.found = found
        self.untouched = untouched or self.untouched
        self.remedy = remedy or self.remedy
        parts = (found, self.untouched, self.remedy)
        super().__init__(" ".join(part for part in parts if part))

    def __init_subclass__(cls, *, reason: str = "") -> None:
        """Take the word that people see, the class's own name unless another is given."""
        super().__init_subclass__()
        cls.reason = reason or cls.__name__
