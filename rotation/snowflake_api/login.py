"""What a login is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Login:
    """Where to log in, in which role, and the connector's arguments that say who it is."""

    account: str
    role: str | None
    proof: Mapping[str, object] = field(repr=False)
