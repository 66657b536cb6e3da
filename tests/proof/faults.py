"""What can go wrong at one effect.

The errors are those that the adapters raise: see rotation/aws_api/secrets_manager_errors.py
and rotation/snowflake_api/errors.py. A port that is not listed here is a KeyError: its errors
have to be named once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from rotation.errors.admin import AdminLoginRejected, AdminPrivilegeMissing, AdminSecretUnusable
from rotation.errors.aws_answers import (
    EcsDenied,
    EcsError,
    EcsUnreachable,
    SecretsManagerDenied,
    SecretsManagerError,
    SecretsManagerUnreachable,
)
from rotation.errors.base import RotationError
from rotation.errors.function import OutOfTime
from rotation.errors.retirement import RotationFunctionFailed
from rotation.errors.snowflake_answers import (
    InsufficientPrivilege,
    KeyRejected,
    LoginRejected,
    NetworkPolicyBlocked,
    SnowflakeUnreachable,
    StatementFailed,
    UserLockedOrDisabled,
)


class Timing(Enum):
    """When a fault strikes, seen from the effect."""

    DIE_BEFORE = auto()
    DIE_AFTER = auto()
    INSTEAD = auto()
    REPLY_LOST = auto()
    LATE = auto()
    STALE = auto()


@dataclass(frozen=True)
class Fault:
    """A fault with its name for stories; ``error`` is raised where the timing has one."""

    name: str
    timing: Timing
    error: Callable[[], RotationError] = lambda: RotationError("no error")


def _rejected(error: type[LoginRejected], code: int) -> Callable[[], RotationError]:
    return lambda: error("Rejected by a fault.", code=code)


_DEATHS = (
    Fault("dies before", Timing.DIE_BEFORE),
    Fault("dies after", Timing.DIE_AFTER),
)
_LATE = Fault("the reply comes past the deadline", Timing.LATE)
_SNOWFLAKE_SILENT = (
    Fault("reply lost", Timing.REPLY_LOST, lambda: SnowflakeUnreachable("No reply.")),
    Fault("unreachable", Timing.INSTEAD, lambda: SnowflakeUnreachable("Not reached.")),
    _LATE,
)
_SECRETS_MANAGER = (
    Fault("reply lost", Timing.REPLY_LOST, lambda: SecretsManagerUnreachable("No reply.")),
    Fault("throttled", Timing.INSTEAD, lambda: SecretsManagerError("Throttled.")),
    Fault("denied", Timing.INSTEAD, lambda: SecretsManagerDenied("Denied.")),
)
_ERRORS: dict[str, tuple[Fault, ...]] = {
    "secret": _SECRETS_MANAGER,
    "secrets": _SECRETS_MANAGER,
    "ecs": (
        Fault("reply lost", Timing.REPLY_LOST, lambda: EcsUnreachable("No reply.")),
        Fault("throttled", Timing.INSTEAD, lambda: EcsError("Throttled.")),
        Fault("denied", Timing.INSTEAD, lambda: EcsDenied("Denied.")),
        Fault("no time is left", Timing.INSTEAD, lambda: OutOfTime("No time is left.")),
    ),
    "keys": (
        Fault("reply lost", Timing.REPLY_LOST, lambda: RotationFunctionFailed("No reply.")),
        Fault("throttled", Timing.INSTEAD, lambda: RotationFunctionFailed("Throttled.")),
    ),
    "snowflake": (
        *_SNOWFLAKE_SILENT,
        Fault("login rejected", Timing.INSTEAD, _rejected(KeyRejected, 394304)),
        Fault("clock refused", Timing.INSTEAD, _rejected(LoginRejected, 394302)),
        Fault("user locked", Timing.INSTEAD, lambda: UserLockedOrDisabled("Locked.", code=390102)),
        Fault("blocked", Timing.INSTEAD, lambda: NetworkPolicyBlocked("Blocked.", code=390422)),
    ),
    "session": (
        *_SNOWFLAKE_SILENT,
        Fault("statement failed", Timing.INSTEAD, lambda: StatementFailed("Failed.", code=2003)),
        Fault("privilege missing", Timing.INSTEAD, lambda: InsufficientPrivilege("No.", code=3001)),
    ),
    "admin": (
        *_SNOWFLAKE_SILENT,
        Fault("admin secret denied", Timing.INSTEAD, lambda: AdminSecretUnusable("Denied.")),
        Fault("admin rejected", Timing.INSTEAD, lambda: AdminLoginRejected("No.", code=394304)),
    ),
    "admin session": (
        *_SNOWFLAKE_SILENT,
        Fault("statement failed", Timing.INSTEAD, lambda: StatementFailed("Failed.", code=2003)),
        Fault(
            "admin privilege missing",
            Timing.INSTEAD,
            lambda: AdminPrivilegeMissing("No.", code=3001),
        ),
    ),
    "clock": (),
}
# ports.UserSession: closing never raises.
_NEVER_RAISES = {"close"}


STALE = Fault("answered from before the last write", Timing.STALE)
"""Of reads of the secret alone: AWS was seen to do so right after a write."""
READS = frozenset(
    {("secret", "labels"), ("secret", "read"), ("secret", "version_dates"), ("secrets", "state")}
)


def of_effect(port: str, method: str) -> tuple[Fault, ...]:
    """Return every fault that an effect can have."""
    errors = _ERRORS[port]
    if method in _NEVER_RAISES:
        errors = tuple(fault for fault in errors if fault.timing is Timing.LATE)
    return (*_DEATHS, *errors)


def out_of_time(port: str, method: str) -> RotationError | None:
    """Return what a request past the deadline raises: Deadline.require in rotation/ports.py."""
    if port in {"snowflake", "session", "admin", "admin session"} and method not in _NEVER_RAISES:
        return OutOfTime("No time is left.")
    return None
