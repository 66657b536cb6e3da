"""Whether a client did what it should. Pure; nothing that it says about a key is repeated."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.clients.model import Form

FORMATS = ("privateKeyBase64", "privateKeyBase64Url", "privateKeyPemBase64")
_SPEAKS_OF_ERROR = re.compile(r"error|invalid|fail|refused", re.IGNORECASE)
_SHORTEST_SECRET = 16
_LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Ending:
    """What a client left: its exit status, its output, and whether the sandbox let it in.

    ``logged_in`` is for the new key; a login with another one is none.
    """

    status: int
    output: str = field(repr=False)
    logged_in: bool


@dataclass(frozen=True, slots=True)
class Result:
    """How one form ended; ``text`` is for people and never holds a key."""

    good: bool
    text: str


def judge(form: Form, secret: Mapping[str, str], ending: Ending) -> Result:
    """Compare an ending with what the form is known to do."""
    if shown := _field_in(ending.output, secret):
        return Result(good=False, text=f"FAILED: its output shows {shown}")
    if not form.taken:
        refused = ending.status != 0 and not ending.logged_in
        return Result(refused, "refused, as documented" if refused else "FAILED: was let in")
    if ending.status == 0 and ending.logged_in:
        return Result(good=True, text="logged in")
    what = "logged in, then" if ending.logged_in else "no login with the new key,"
    text = f"FAILED: {what} exit {ending.status}: {_reason_in(ending.output)}"
    return Result(good=False, text=text)


def _reason_in(output: str) -> str:
    """Return the last line that speaks of an error, else the last one; snow draws frames."""
    stripped = [line.strip(" \t│╭╮╰╯─") for line in output.splitlines()]
    said = [line for line in stripped if line and not line.startswith("(Background on")]
    errors = [line for line in said if _SPEAKS_OF_ERROR.search(line)]
    return ((errors or said or ["no output"])[-1])[:_LONGEST_TEXT]


def _field_in(output: str, secret: Mapping[str, str]) -> str | None:
    """Return the name of the field that an output holds a piece of."""
    for name in ("privateKey", "passphrase", *FORMATS):
        lines = secret.get(name, "").splitlines()
        pieces = [line[:64] for line in lines if not line.startswith("-----")]
        if any(len(piece) >= _SHORTEST_SECRET and piece in output for piece in pieces):
            return name
    return None
