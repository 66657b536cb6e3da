"""The statements this sandbox speaks, as values. Names are as stored, after folding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from sandbox.snowflake.sql.session_statements import SessionStatement
from sandbox.snowflake.sql.setup_statements import PolicyChange, SetupStatement

if TYPE_CHECKING:
    from sandbox.snowflake.account.users import Slot


@dataclass(frozen=True, slots=True)
class SetKey:
    """``SET RSA_PUBLIC_KEY[_2] = 'text'``."""

    slot: Slot
    text: str


@dataclass(frozen=True, slots=True)
class UnsetKey:
    """``UNSET RSA_PUBLIC_KEY[_2]``."""

    slot: Slot


@dataclass(frozen=True, slots=True)
class SetDisabled:
    """``SET DISABLED = TRUE | FALSE``."""

    disabled: bool


@dataclass(frozen=True, slots=True)
class AddKeyPair:
    """``ADD KEY PAIR n PUBLIC_KEY = 'text'``."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class RemoveKeyPair:
    """``REMOVE KEY PAIR n``."""

    name: str


Change = SetKey | UnsetKey | SetDisabled | AddKeyPair | RemoveKeyPair | PolicyChange


@dataclass(frozen=True, slots=True)
class AlterUser:
    """``ALTER USER [IF EXISTS] u SET … | UNSET …``; its changes happen all or not at all."""

    kind: ClassVar[str] = "ALTER USER"
    user: str
    if_exists: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class DescribeUser:
    """``DESC[RIBE] USER u``."""

    kind: ClassVar[str] = "DESC USER"
    user: str


@dataclass(frozen=True, slots=True)
class ShowUsers:
    """``SHOW USERS [LIKE 'pattern']``."""

    kind: ClassVar[str] = "SHOW USERS"
    pattern: str | None


@dataclass(frozen=True, slots=True)
class ShowKeyPairs:
    """``SHOW USER KEY PAIRS [FOR USER u]``; None is oneself."""

    kind: ClassVar[str] = "SHOW USER KEY PAIRS"
    user: str | None


@dataclass(frozen=True, slots=True)
class UseRole:
    """``USE ROLE r``."""

    kind: ClassVar[str] = "USE ROLE"
    role: str


@dataclass(frozen=True, slots=True)
class ContextFunction:
    """``CURRENT_USER()`` and its like; ``name`` without parentheses."""

    name: str


@dataclass(frozen=True, slots=True)
class Text:
    """A string literal."""

    value: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number literal, as written."""

    digits: str


Expression = ContextFunction | Text | Number


@dataclass(frozen=True, slots=True)
class SelectItem:
    """One column of a SELECT: what it is called and what it is."""

    label: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Select:
    """``SELECT item[, item…]``, without FROM."""

    kind: ClassVar[str] = "SELECT"
    items: tuple[SelectItem, ...]


Statement = (
    AlterUser
    | DescribeUser
    | ShowUsers
    | ShowKeyPairs
    | UseRole
    | Select
    | SessionStatement
    | SetupStatement
)
