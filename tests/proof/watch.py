"""The invariants, looked at before and after every effect of the function.

A person's hand is no effect: what a person breaks is not blamed on the function, which must
then heal it or refuse by name (see service.settle).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rotation.errors import RotationError
from rotation.model import Fingerprint, Slot
from rotation.report import StepReport
from tests.proof import keypool
from tests.proof.account import LOCKED_AFTER_FAILURES

if TYPE_CHECKING:
    from tests.proof.account import User
    from tests.proof.invocation import Invocation
    from tests.proof.world import World

LOCKOUT, FOREIGN = "lockout", "foreign key touched"
LEAK, TWO_PAIRS = "leak", "two key pairs under one token"
LOCKS = "five rejected logins in a row, which may lock the user"
STUCK, NOT_NAMED = "stuck", "an error without a name"


@dataclass(frozen=True)
class Before:
    """The world as it was: who could log in, what the slots held."""

    changes: int
    overtaken: bool
    could_log_in: tuple[bool, ...]
    users: tuple["User", ...]


def before_effect(world: "World", *, overtaken: bool) -> Before:
    can = tuple(world.current_can_log_in(secret) for secret in world.secrets.values())
    users = tuple(world.account.users.values())
    return Before(world.changes, overtaken, can, users)


def after_effect(world: "World", before: Before) -> None:
    """Blame the effect that just happened for what it broke."""
    if world.changes == before.changes:
        return
    secrets = world.secrets.values()
    for could, secret in zip(before.could_log_in, secrets, strict=True):
        if could and not world.current_can_log_in(secret):
            world.blame(LOCKOUT, overtaken=before.overtaken)
    for user in before.users:
        if _lost(user, world.account.users[user.name]) - world.ours():
            world.blame(FOREIGN, overtaken=before.overtaken)


def _lost(before: "User", after: "User") -> set[Fingerprint]:
    return {key for slot in Slot if (key := before[slot]) is not None and after[slot] != key}


def after_step(
    world: "World", outcome: StepReport | RotationError | str | None, rotation_token: str
) -> None:
    """Search everything that the step lets out for key material; errors must have a name."""
    text = _text(outcome)
    if keypool.leaks(text) or rotation_token in text:
        world.blame(LEAK)
    if type(outcome) is RotationError:
        world.blame(NOT_NAMED)


def _text(outcome: StepReport | RotationError | str | None) -> str:
    if not isinstance(outcome, RotationError):
        return f"{outcome!r} {outcome.lingering if isinstance(outcome, StepReport) else ''}"
    chain = (outcome, outcome.__cause__, outcome.__context__)
    return " ".join(f"{one!r} {one}" for one in chain)


def one_pair(world: "World", done: "Invocation") -> None:
    """Blame a pair that was offered by an invocation that found its version filled.

    Two that run at once may both generate; Secrets Manager keeps the first.
    """
    offered = {
        key for version, key in world.secrets[done.secret].offered if version == done.version_id
    }
    own = {keypool.fingerprint(number) for number in done.drawn} & offered
    if len(own) > 1 or (own and done.filled_before):
        world.blame(TWO_PAIRS)


def logins(world: "World") -> None:
    """Blame a run of the four steps that may have locked the user."""
    if world.user.rejected_in_a_row >= LOCKED_AFTER_FAILURES:
        world.blame(LOCKS)
