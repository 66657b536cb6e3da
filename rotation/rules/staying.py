"""How long an old key stays: pure rules, no I/O, no clock.

ECS gives a task its secret once, at start. A task that was created before the promotion holds
the old key until it ends, so that the key has to stay as long. Everything is told from the dates
that AWS keeps; nothing is stored.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html

RULES is the one table of it: the first rule that applies decides. Three ask it, and each skips
the rules that it can't answer or that are not about it:

- the hourly run knows no value, and so not which version holds the key. It asks from "nothing
  is kept" on, and sends an errand for a key that may go then.
- the errand, in the rotation function, knows the key and no task. It asks all but the tasks'.
- setSecret needs the slot for a rotation that is on, and its own: it skips what tells of a
  rotation. It knows no task, and leaves such keys to the hourly run.

A person's command to end the grace asks none of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from rotation.errors.slots import PreviousKeyInGrace
from rotation.rules import decision, promotion
from rotation.rules.decision import Rule
from rotation.rules.retention import Retention
from rotation.rules.words import SecretLabels


class Asker(StrEnum):
    """Who asks whether an old key stays."""

    HOURLY = "hourly run"
    ERRAND = "errand"
    SET_SECRET = "setSecret"  # noqa: S105 (a step's name)


@dataclass(frozen=True)
class Facts:
    """What is known of an old key at one instant, ``now``.

    ``version_id`` is a version that holds it, empty for who reads no value. ``holders`` are the
    ARNs of tasks that may have started with it, empty for who asks no ECS.
    """

    labels: SecretLabels
    created: Mapping[str, datetime]
    retention: Retention
    now: datetime
    version_id: str = ""
    holders: tuple[str, ...] = ()

    @property
    def kept(self) -> Retention:
        """What is kept of this secret's keys: more, where it has replicas."""
        return self.retention.of(self.labels)

    @property
    def grace_ends(self) -> datetime | None:
        """When the grace of the key ends, None when that can't be told."""
        promoted = promotion.find_promotion(self.labels, self.created)
        return None if promoted is None else promoted.latest + self.kept.shortest


@dataclass(frozen=True)
class Stays:
    """The old key stays."""

    because: str


@dataclass(frozen=True)
class Goes:
    """Nothing holds the old key any more."""


Decision = Stays | Goes


def _rotation_is_off(facts: Facts) -> Decision | None:
    # A person may be putting an old key back, label and all.
    return None if facts.labels.rotation_enabled else Stays("rotation is switched off")


def _under_way(facts: Facts) -> Decision | None:
    if not promotion.under_way(facts.labels, facts.created, facts.now):
        return None
    return Stays("a rotation is under way: AWSPENDING was filled minutes ago")


def _never_current(facts: Facts) -> Decision | None:
    ever = promotion.was_ever_current(facts.version_id, facts.labels, facts.created)
    return None if ever else Goes()


def _before_the_first_rotation(facts: Facts) -> Decision | None:
    # Both keys may be in use, as when a secret has just been attached.
    if facts.retention.keeps or promotion.is_completed(facts.labels, facts.created):
        return None
    return Stays("no rotation moved AWSCURRENT to its version")


def _nothing_is_kept(facts: Facts) -> Decision | None:
    return None if facts.kept.keeps else Goes()


def _undated(facts: Facts) -> Decision | None:
    if facts.grace_ends is not None:
        return None
    return Stays("when AWSCURRENT moved can't be told from the secret's dates")


def _in_grace(facts: Facts) -> Decision | None:
    ends = facts.grace_ends
    return Stays(f"its grace ends at {to_the_minute(ends)}") if ends and facts.now < ends else None


def _replica_lags(facts: Facts) -> Decision | None:
    lagging = ", ".join(facts.labels.out_of_sync)
    return Stays(f"replicas are not in sync: {lagging}") if lagging else None


def _task_holds(facts: Facts) -> Decision | None:
    if not facts.holders:
        return None
    number = len(facts.holders)
    return Stays(f"tasks may hold it, {number} in number; the first is {facts.holders[0]}")


def _tasks_are_not_known(facts: Facts) -> Decision | None:
    if not facts.kept.clusters:
        return None
    return Stays("the retirement function has not found it free of tasks yet")


@dataclass(frozen=True)
class StayingRule(Rule[Facts, Decision]):
    """A rule, and who asks it."""

    asked_by: frozenset[Asker]


_ALL = frozenset(Asker)
_HOURLY, _ERRAND, _SET_SECRET = (frozenset({one}) for one in Asker)

RULES: tuple[StayingRule, ...] = (
    StayingRule("rotation is off", _rotation_is_off, _ERRAND),
    StayingRule("a rotation is under way", _under_way, _ERRAND),
    StayingRule("its version was never AWSCURRENT", _never_current, _ERRAND | _SET_SECRET),
    StayingRule("no rotation moved AWSCURRENT", _before_the_first_rotation, _ERRAND),
    StayingRule("nothing is kept", _nothing_is_kept, _ALL),
    StayingRule("when AWSCURRENT moved is not known", _undated, _ALL),
    StayingRule("its grace runs", _in_grace, _ALL),
    StayingRule("a replica is not in sync", _replica_lags, _ALL),
    StayingRule("a task may hold it", _task_holds, _HOURLY),
    StayingRule("clusters are named", _tasks_are_not_known, _SET_SECRET),
    StayingRule("none of these", lambda _: Goes(), _ALL),
)


def asked_by(asker: Asker) -> tuple[StayingRule, ...]:
    """Return the rules that this one asks, in their order."""
    return tuple(one for one in RULES if asker in one.asked_by)


def decide(facts: Facts, asker: Asker) -> Decision:
    """Tell whether the old key stays: the first of the asker's rules that applies decides."""
    return decision.decide(asked_by(asker), facts)


def check_replaceable(facts: Facts) -> PreviousKeyInGrace | None:
    """Refuse that setSecret replaces an older version's key that somebody may still hold.

    Where clusters are named only the hourly run can tell that no task does: it has the slot
    unset then, and leaves nothing to be replaced.
    """
    found = decide(facts, Asker.SET_SECRET)
    if isinstance(found, Goes):
        return None
    because = f"The other slot holds the key that was current before: {found.because}."
    return PreviousKeyInGrace(because)


def late(facts: Facts) -> timedelta:
    """Tell how long the key has stayed beyond its grace, by the earliest reckoning."""
    promoted = promotion.find_promotion(facts.labels, facts.created)
    if promoted is None:
        return timedelta()
    since = promoted.latest if promoted.by_rotation else promoted.earliest
    return max(facts.now - since - facts.kept.shortest, timedelta())


def to_the_minute(when: datetime) -> str:
    """Return a time as people write it, in UTC and rounded up to the minute."""
    return f"{when.astimezone(UTC) + timedelta(seconds=59):%Y-%m-%d %H:%M} UTC"
