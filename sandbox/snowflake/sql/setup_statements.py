"""The statements with which an administrator sets users up and removes them, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.snowflake.objects import ObjectId

# A property: text or word, or a list of texts in parentheses.
Value = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CreateObject:
    """``CREATE [OR ALTER] kind [IF NOT EXISTS] name property = value …``."""

    target: ObjectId
    if_not_exists: bool = False
    or_alter: bool = False
    properties: Mapping[str, Value] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """What the record calls it."""
        return f"CREATE {self.target.kind.value}"

    def text(self, name: str, default: str = "") -> str:
        """Return a property that is one text or word."""
        value = self.properties.get(name, default)
        return value if isinstance(value, str) else default

    def texts(self, name: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return a property that is a list."""
        value = self.properties.get(name, default)
        return value if isinstance(value, tuple) else default


@dataclass(frozen=True, slots=True)
class DropObject:
    """``DROP kind [IF EXISTS] name``."""

    target: ObjectId
    if_exists: bool = False

    @property
    def kind(self) -> str:
        """What the record calls it."""
        return f"DROP {self.target.kind.value}"


@dataclass(frozen=True, slots=True)
class ChangeGrants:
    """``GRANT privilege[, …] ON kind name TO ROLE r``, or REVOKE … FROM."""

    privileges: tuple[str, ...]
    target: ObjectId
    role: str
    revoke: bool = False

    @property
    def kind(self) -> str:
        """What the record calls it."""
        return "REVOKE" if self.revoke else "GRANT"


@dataclass(frozen=True, slots=True)
class ChangeRoleOfUser:
    """``GRANT ROLE r TO USER u``, or REVOKE … FROM."""

    role: str
    user: str
    revoke: bool = False

    @property
    def kind(self) -> str:
        """What the record calls it."""
        return "REVOKE ROLE" if self.revoke else "GRANT ROLE"


@dataclass(frozen=True, slots=True)
class GrantOwnership:
    """``GRANT OWNERSHIP ON USER u TO ROLE r [COPY | REVOKE CURRENT GRANTS]``."""

    kind: ClassVar[str] = "GRANT OWNERSHIP"
    user: str
    role: str
    current_grants: str | None = None


@dataclass(frozen=True, slots=True)
class SetNetworkPolicy:
    """``SET NETWORK_POLICY = p``."""

    policy: ObjectId


@dataclass(frozen=True, slots=True)
class UnsetNetworkPolicy:
    """``UNSET NETWORK_POLICY``."""


@dataclass(frozen=True, slots=True)
class SetAuthenticationPolicy:
    """``SET AUTHENTICATION POLICY p [FORCE]``: FORCE replaces one that is there."""

    policy: ObjectId
    force: bool = False


@dataclass(frozen=True, slots=True)
class UnsetAuthenticationPolicy:
    """``UNSET AUTHENTICATION POLICY``."""


PolicyChange = (
    SetNetworkPolicy | UnsetNetworkPolicy | SetAuthenticationPolicy | UnsetAuthenticationPolicy
)
SetupStatement = CreateObject | DropObject | ChangeGrants | ChangeRoleOfUser | GrantOwnership
