"""What an account holds besides users and roles, and how each object is named."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Kind(enum.Enum):
    """The kinds of object; a value is the kind's name in SQL."""

    ACCOUNT = "ACCOUNT"
    USER = "USER"
    ROLE = "ROLE"
    DATABASE = "DATABASE"
    SCHEMA = "SCHEMA"
    AUTHENTICATION_POLICY = "AUTHENTICATION POLICY"
    NETWORK_RULE = "NETWORK RULE"
    NETWORK_POLICY = "NETWORK POLICY"

    @property
    def depth(self) -> int:
        """How many parts a full name has: ``database.schema.name`` has three."""
        return _DEPTHS.get(self, 1)


_DEPTHS = {Kind.SCHEMA: 2, Kind.AUTHENTICATION_POLICY: 3, Kind.NETWORK_RULE: 3}


@dataclass(frozen=True, slots=True)
class ObjectId:
    """A kind and a full name, each part as stored, after folding."""

    kind: Kind
    path: tuple[str, ...]

    @property
    def name(self) -> str:
        """The last part of the name."""
        return self.path[-1]

    @property
    def parent(self) -> ObjectId | None:
        """The schema or database that holds the object; None for one of the account."""
        if self.kind.depth == 1:
            return None
        kind = Kind.DATABASE if self.kind is Kind.SCHEMA else Kind.SCHEMA
        return ObjectId(kind, self.path[:-1])

    def __str__(self) -> str:
        """Return the full name, as messages show it."""
        return ".".join(self.path)


THE_ACCOUNT = ObjectId(Kind.ACCOUNT, ("ACCOUNT",))


def user_id(name: str) -> ObjectId:
    """Return the identity of a user."""
    return ObjectId(Kind.USER, (name,))


def role_id(name: str) -> ObjectId:
    """Return the identity of a role."""
    return ObjectId(Kind.ROLE, (name,))
