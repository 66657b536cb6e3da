"""Faults on request: which calls they hit, and what they do to them.

faults.add("PutSecretValue", AwsFailure("ThrottlingException"))
faults.add("UpdateSecretVersionStage", Cut(), when=When.AFTER)
faults.add(Kind.STATEMENT, Hang(), about="ALTER USER", skip=1)

The first call of PutSecretValue is refused, untouched; the label is moved, but the caller never
hears so; the second ALTER USER gets no answer at all. A client's retry is a call of its own: a
fault that hits only once is often never seen.
"""

from sandbox.faults.effects import (
    Answer,
    Callback,
    ConnectionCutError,
    Cut,
    Delay,
    Effect,
    Garbage,
    Hang,
    Unavailable,
    When,
)
from sandbox.faults.matching import ANY, Faults, Strikes

__all__ = [
    "ANY",
    "Answer",
    "Callback",
    "ConnectionCutError",
    "Cut",
    "Delay",
    "Effect",
    "Faults",
    "Garbage",
    "Hang",
    "Strikes",
    "Unavailable",
    "When",
]
