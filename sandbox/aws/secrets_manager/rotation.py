"""One secret's rotation: its settings and its latest run."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.aws.secrets_manager import versions
from sandbox.aws.secrets_manager.schedule import Rules, next_rotation_time

if TYPE_CHECKING:
    from moto.secretsmanager.models import FakeSecret

    from sandbox.aws.secrets_manager.rotation_run import RotationRun

__all__ = ["Rotation"]


@dataclass
class Rotation:
    """A secret's rotation settings and its latest run; dates are Unix seconds."""

    secret: FakeSecret
    function_arn: str | None = None
    rules: Rules = field(default_factory=dict)
    enabled: bool | None = None
    configured: int = 0
    last_rotated: float | None = None
    version_ids: set[str] = field(default_factory=set)
    run: RotationRun | None = None

    def configure(self, function_arn: str, rules: Rules | None) -> None:
        """Store what RotateSecret brought; rules it left out stay as they were."""
        self.function_arn = function_arn
        self.rules = self.rules if rules is None else rules
        self.enabled = True
        self.configured = int(time.time())

    @property
    def is_running(self) -> bool:
        """Whether the function is being called right now."""
        return self.run is not None and not self.run.done.is_set()

    @property
    def incomplete_version_id(self) -> str | None:
        """The version on which AWSPENDING waits, unless that is AWSCURRENT as well."""
        pending = versions.holder(self.secret.versions, versions.PENDING)
        current = versions.holder(self.secret.versions, versions.CURRENT)
        return None if pending == current else pending

    @property
    def next_rotation(self) -> int | None:
        """The approximate time of the next scheduled rotation.

        It stays in the past when that rotation failed; AWS doesn't document what it does.
        """
        if not self.enabled:
            return None
        put = versions.current_since(self.secret.versions)
        return next_rotation_time(self.rules, self.last_rotated or self.configured, put)
