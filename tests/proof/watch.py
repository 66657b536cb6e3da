"""The invariants, looked at before and after every effect of the function.

A person's hand is no effect: what a person breaks is not blamed on the function, which must
then heal it or refuse by name (see service.settle).
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from rotation.errors.base import RotationError
from rotation.retirement.commands import CutOff
from rotation.rules.words import Fingerprint, Slot
from rotation.steps.report import StepReport
from tests.proof import keypool
from tests.proof.account import LOCKED_AFTER_FAILURES
from tests.proof.faults import Timing
from tests.proof.invocation import Done

if TYPE_CHECKING:
    from tests.proof.account import User
    from tests.proof.invocation import Invocation, Outcome
    from tests.proof.world import World

LOCKOUT, FOREIGN = "lockout", "foreign key touched"
PLANTED = "a planted key was installed or promoted"
LEAK, TWO_PAIRS = "leak", "two key pairs under one token"
LOCKS = "five rejected logins in a row, which may lock the user"
STUCK, NOT_NAMED = "stuck", "an error without a name"
TWICE, NOT_TOLD = "a service was rolled twice for one promotion", "a task was cut off unnamed"


@dataclass(frozen=True)
class Circumstances:
    """What whoever causes an effect could not know, or was told to do.

    ``overtaken``: see Violation. ``on_command``: a person has old keys cut off. ``listed`` is
    when tasks were listed last.
    """

    overtaken: bool
    on_command: bool = False
    listed: datetime | None = None


@dataclass(frozen=True)
class Before:
    """The world as it was: who could log in, what the slots held."""

    changes: int
    circumstances: Circumstances
    could_log_in: tuple[bool, ...]
    users: tuple["User", ...]
    let_in: AbstractSet[str]
    rolled_too_often: int
    planted_at_work: AbstractSet[Fingerprint]


def before_effect(world: "World", circumstances: Circumstances) -> Before:
    can = tuple(world.current_can_log_in(secret) for secret in world.secrets.values())
    users = tuple(world.account.users.values())
    return Before(
        world.changes,
        circumstances,
        can,
        users,
        world.let_in(),
        world.rolled_too_often,
        world.planted_at_work(),
    )


def after_effect(world: "World", before: Before) -> frozenset[str]:
    """Blame the effect that just happened for what it broke.

    Return the tasks that it kept from logging in because a person wanted that.
    """
    if world.changes == before.changes:
        return frozenset()
    overtaken = before.circumstances.overtaken
    secrets = world.secrets.values()
    for could, secret in zip(before.could_log_in, secrets, strict=True):
        if could and not world.current_can_log_in(secret):
            world.blame(LOCKOUT, overtaken=overtaken)
    for user in before.users:
        if _lost(user, world.account.users[user.name]) - world.ours():
            world.blame(FOREIGN, overtaken=overtaken)
    if world.planted_at_work() - before.planted_at_work:
        world.blame(PLANTED)
    if world.rolled_too_often > before.rolled_too_often:
        world.blame(TWICE, overtaken=overtaken)
    return _consumers_cut_off(world, before)


def _consumers_cut_off(world: "World", before: Before) -> frozenset[str]:
    """Blame an effect for each task that can't log in any more, unless a person wanted that."""
    circumstances = before.circumstances
    lost = frozenset(before.let_in - world.let_in())
    if circumstances.on_command:
        return frozenset() if circumstances.overtaken else lost
    for name in sorted(lost):
        limit = circumstances.overtaken or world.is_unprotected(name, circumstances.listed)
        world.tell(f"    {name}: its next login fails")
        world.blame(LOCKOUT, overtaken=limit)
    return frozenset()


def _lost(before: "User", after: "User") -> set[Fingerprint]:
    return {key for slot in Slot if (key := before[slot]) is not None and after[slot] != key}


def after_step(world: "World", outcome: "Outcome", rotation_token: str) -> None:
    """Search everything that the step lets out for key material; errors must have a name."""
    text = _text(outcome)
    if keypool.leaks(text) or rotation_token in text:
        world.blame(LEAK)
    if type(outcome) is RotationError:
        world.blame(NOT_NAMED)


def _text(outcome: "Outcome") -> str:
    if not isinstance(outcome, RotationError):
        return f"{outcome!r} {outcome.lingering if isinstance(outcome, StepReport) else ''}"
    chain = (outcome, outcome.__cause__, outcome.__context__)
    return " ".join(f"{one!r} {one}" for one in chain)


def one_pair(world: "World", done: "Invocation") -> None:
    """Blame a pair that was offered by an invocation that found its version filled.

    Two that run at once may both generate, and so may one whose reads are stale; Secrets Manager
    keeps the first.
    """
    offered = {
        key for version, key in world.secrets[done.secret].offered if version == done.version_id
    }
    own = {keypool.fingerprint(number) for number in done.drawn} & offered
    stale = any(fault.timing is Timing.STALE for fault in done.faults.values())
    if len(own) > 1 or (own and done.filled_before and not stale):
        world.blame(TWO_PAIRS)


def cut_off_are_named(world: "World", done: "Invocation") -> None:
    """Blame a command that does not tell of a task that it cut off, nor that ECS failed it."""
    told = done.outcome.result if isinstance(done.outcome, Done) else None
    if not isinstance(told, CutOff) or told.unknown is not None:
        return
    named = {one.arn for one in told.tasks}
    for name in sorted(done.cut_off - world.names_of(named)):
        world.tell(f"{name}: is not named")
        limit = world.is_listed_late(name, done.listed) or world.is_unprotected(name, done.listed)
        world.blame(NOT_TOLD, overtaken=limit)


def logins(world: "World") -> None:
    """Blame a run of the four steps that may have locked the user."""
    if world.user.rejected_in_a_row >= LOCKED_AFTER_FAILURES:
        world.blame(LOCKS)
