"""What a client is here: where it is installed, and how it takes a key."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

QUERY = "SELECT CURRENT_USER()"


@dataclass(frozen=True, slots=True)
class Place:
    """The sandbox as a client sees it, and where that client may write.

    ``environment`` is the folder that the client is installed in. ``folder`` is mode 0700, empty,
    and removed when the client has ended.
    """

    account: str
    user: str
    host: str
    port: int
    environment: Path
    folder: Path

    @property
    def python(self) -> str:
        """The interpreter of the client's environment."""
        return str(self.environment / "bin" / "python")

    def variables(self) -> dict[str, str]:
        """Return what tells a client where to log in, by the names that snow knows."""
        return {
            "SNOWFLAKE_ACCOUNT": self.account,
            "SNOWFLAKE_USER": self.user,
            "SNOWFLAKE_HOST": self.host,
            "SNOWFLAKE_PORT": str(self.port),
            "SNOWFLAKE_PROTOCOL": "http",
            "SNOWFLAKE_AUTHENTICATOR": "SNOWFLAKE_JWT",
        }

    def write(self, name: str, text: str) -> str:
        """Write a file for its owner only, and return its path."""
        path = self.folder / name
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        return str(path)


@dataclass(frozen=True, slots=True)
class Start:
    """A command line, which never holds a key, and the variables it needs."""

    arguments: tuple[str, ...]
    variables: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Form:
    """One way in which a client takes a key.

    ``name`` is the client's setting, ``field`` the secret's that goes there. ``encrypted`` says
    which secret it is for. ``taken`` is False where the client is known to refuse it.
    """

    name: str
    field: str
    start: Callable[[Mapping[str, str], Place], Start]
    encrypted: bool = False
    taken: bool = True


@dataclass(frozen=True, slots=True)
class Client:
    """A client, the folder it is installed in, and the packages whose versions to print.

    The first package is the client itself. ``in_node`` looks for it among npm's packages.
    """

    name: str
    environment: str
    packages: tuple[str, ...]
    forms: tuple[Form, ...]
    in_node: bool = False
