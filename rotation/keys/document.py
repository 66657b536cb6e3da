"""The secret's text as a JSON object whose other fields stay as they are, byte for byte.

Reading a secret with ``json.loads`` and writing it with ``json.dumps`` would change a team's
own fields: 1.10 becomes 1.1, escapes and spacing change, long numbers lose digits. So the
place of each top-level value in the text is kept, and only that stretch is replaced.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from rotation.errors.secret import SecretFieldInvalid, SecretNotJson
from rotation.rules.words import Sensitive

_DECODER = json.JSONDecoder()
_JSON_KINDS = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
}
_BYTE_ORDER_MARK = "\ufeff"
_SPACE = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True, repr=False)
class _Member:
    """One top-level value and where it stands in the text: ``text[start:end]``.

    Its name, with the quotes, begins at ``name_start``.
    """

    value: Sensitive[object]
    name_start: int
    start: int
    end: int


class _Edit(NamedTuple):
    """A stretch of the text and what comes in its place."""

    start: int
    end: int
    replacement: str


class SecretDocument:
    """A JSON object as text, with the place of each top-level value."""

    def __init__(self, text: Sensitive[str]) -> None:
        """Parse ``text``. Raises SecretNotJson, or SecretFieldInvalid for a repeated field."""
        self._text = text
        self._members = _members(text.reveal())

    def __repr__(self) -> str:
        """Show the names of the fields, never a value."""
        return f"SecretDocument({', '.join(self._members)})"

    def has(self, name: str) -> bool:
        """Tell whether a field stands there with anything but null or empty text."""
        return name in self._members and self._members[name].value.reveal() not in (None, "")

    @property
    def content(self) -> Mapping[str, object]:
        """The fields by their names, values and all: nothing of it may be shown but names."""
        return {name: member.value.reveal() for name, member in self._members.items()}

    def required_text(self, name: str) -> str:
        """Return a field that must hold non-empty text. Raises SecretFieldInvalid."""
        value = self.optional_text(name)
        if not value:
            raise SecretFieldInvalid(f"The secret's field {name} is missing or empty.")
        return value

    def optional_text(self, name: str) -> str | None:
        """Return a field that holds text, None if absent or null. Raises SecretFieldInvalid."""
        value = self._members[name].value.reveal() if name in self._members else None
        if value is not None and not isinstance(value, str):
            kind = _JSON_KINDS[type(value)]
            raise SecretFieldInvalid(f"The secret's field {name} holds {kind} instead of text.")
        return value

    def rewritten(
        self, replacements: Mapping[str, str], removed: Collection[str] = ()
    ) -> Sensitive[str]:
        """Return the text with fields replaced, or appended where absent, and others removed.

        At least one field has to be neither replaced nor removed.
        """
        text = self._text.reveal()
        edits = [*self._replacing(replacements), *self._removing(frozenset(removed))]
        for edit in sorted(edits, reverse=True):
            text = text[: edit.start] + edit.replacement + text[edit.end :]
        return Sensitive(text)

    def _replacing(self, replacements: Mapping[str, str]) -> Iterator[_Edit]:
        for name, value in replacements.items():
            if name in self._members:
                member = self._members[name]
                yield _Edit(member.start, member.end, json.dumps(value))
        absent = [name for name in replacements if name not in self._members]
        addition = "".join(f", {json.dumps(n)}: {json.dumps(replacements[n])}" for n in absent)
        end = max(member.end for member in self._members.values())
        yield _Edit(end, end, addition)

    def _removing(self, names: frozenset[str]) -> Iterator[_Edit]:
        """Yield the stretches to cut: with the comma before, or after where none stays before."""
        stays_before = False
        members = list(self._members.items())
        for n, (name, member) in enumerate(members):
            if name not in names:
                stays_before = True
            elif stays_before:
                yield _Edit(members[n - 1][1].end, member.end, "")
            else:
                yield _Edit(member.name_start, members[n + 1][1].name_start, "")


def _members(text: str) -> dict[str, _Member]:
    if not _is_object_with_fields(text):
        raise SecretNotJson(f"The secret's value is not a JSON object with fields{_why(text)}.")
    # The text is known to be valid here, so the scan below needs no checks of its own.
    members: dict[str, _Member] = {}
    position = _skip_space(text, text.index("{") + 1)
    while text[position] != "}":
        name_start = position
        name, position = _DECODER.raw_decode(text, position)
        start = _skip_space(text, text.index(":", position) + 1)
        value, end = _DECODER.raw_decode(text, start)
        if name in members:
            raise SecretFieldInvalid(f"The secret's field {name!r} stands twice.")
        members[name] = _Member(Sensitive(value), name_start, start, end)
        position = _skip_space(text, end)
        if text[position] == ",":
            position = _skip_space(text, position + 1)
    return members


def _is_object_with_fields(text: str, *, strict: bool = True) -> bool:
    # The decoder's error carries the whole text; it ends here and is in no other's chain.
    try:
        whole = json.loads(text, strict=strict)
    except (ValueError, RecursionError):
        return False
    return isinstance(whole, dict) and bool(whole)


def _why(text: str) -> str:
    """Name what editors and shells are known to do to a secret; empty for any other fault."""
    if text.startswith(_BYTE_ORDER_MARK):
        return ": it begins with a byte order mark, which JSON does not allow"
    if _is_object_with_fields(text, strict=False):
        return r": a text in it has a line break or a tab of its own, where JSON writes \n or \t"
    return ""


def _skip_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position
