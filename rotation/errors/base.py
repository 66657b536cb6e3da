"""The base of the tree."""

from typing import ClassVar


class RotationError(Exception):
    """Base of all errors of this package.

    ``found`` says what happened. ``untouched`` and ``remedy`` default to those of the
    class. ``str(error)`` is the three in that order.
    """

    untouched: ClassVar[str] = "Nothing was changed."
    remedy: ClassVar[str] = ""

    def __init__(self, found: str, *, untouched: str = "", remedy: str = "") -> None:
        self.found = found
        parts = (found, untouched or self.untouched, remedy or self.remedy)
        super().__init__(" ".join(part for part in parts if part))

    @property
    def reason(self) -> str:
        """The class's name: the one word for logs, metrics and the runbook."""
        return type(self).__name__
