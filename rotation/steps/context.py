"""What one step of one secret's rotation touches."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from rotation.keys.form import SecretForm
from rotation.ports import RotationAdmin, SecretVersions, UserKeys
from rotation.rules.events import RotationRequest
from rotation.rules.retention import AT_ONCE, Retention
from rotation.rules.who import AllowedIdentities


@dataclass(frozen=True, kw_only=True)
class StepContext:
    """The request, the ports and the settings.

    Without an ``admin``, the service user alters itself. With a ``retention`` that keeps old
    keys, finishSecret leaves them to the retirement function. ``now`` is read before anything else:
    a clock that was read too early keeps an old key longer.
    """

    request: RotationRequest
    versions: SecretVersions
    users: UserKeys
    allowed: AllowedIdentities
    form: SecretForm
    key_size_bits: int
    pause: Callable[[float], None]
    now: datetime
    admin: RotationAdmin | None = None
    retention: Retention = AT_ONCE
