"""Time that passes for one secret: all its dates move into the past."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.aws.secrets_manager.schedule import SECONDS_PER_DAY

if TYPE_CHECKING:
    from moto.secretsmanager.models import FakeSecret

    from sandbox.aws.secrets_manager.rotation import Rotation

__all__ = ["grow_older"]


def grow_older(secret: FakeSecret, rotation: Rotation, days: float) -> None:
    """Let so many days have passed since everything that happened to the secret."""
    seconds = int(days * SECONDS_PER_DAY)
    secret.created_date = (secret.created_date or 0) - seconds
    secret.last_changed_date = (secret.last_changed_date or 0) - seconds
    for version in secret.versions.values():
        version["createdate"] -= seconds
    rotation.configured -= seconds
    if rotation.last_rotated is not None:
        rotation.last_rotated -= seconds
