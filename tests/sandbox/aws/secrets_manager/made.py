"""What the fixtures of this folder make."""

from typing import NamedTuple


class Secret(NamedTuple):
    """A secret with its first version."""

    arn: str
    name: str
    version_id: str
