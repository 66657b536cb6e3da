"""The base of the tree."""

from typing import ClassVar

_DENIAL = "nothing was changed"


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
        super().__init__(self._told())

    def after(self, done: str) -> None:
        """Say what was done before, where ``untouched`` would say that nothing was changed."""
        if _DENIAL in self.untouched.lower():
            self.untouched = done
            self.args = (self._told(),)

    def _told(self) -> str:
        return " ".join(part for part in (self.found, self.untouched, self.remedy) if part)

    def __init_subclass__(cls, *, reason: str = "") -> None:
        """Take the word that people see, the class's own name unless another is given."""
        super().__init_subclass__()
        cls.reason = reason or cls.__name__
