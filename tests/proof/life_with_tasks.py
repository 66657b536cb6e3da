"""Weeks in the life of a secret whose old keys stay for a grace and for tasks.

A life as in life.py, in which time passes, tasks start and end, rollouts get stuck, and the
retirement function runs on schedule, at a label's event (late, twice or never) and on command,
each time interrupted anywhere.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from rotation.rules.retention import AT_ONCE, Retention
from tests.proof import ecs, faults, retiring, rollouts
from tests.proof.actors import Hand
from tests.proof.after_promotion import AfterPromotion
from tests.proof.dated_secret import DatedSecret
from tests.proof.effects import advance
from tests.proof.hands import PASSING, WITH_TASKS
from tests.proof.life_of_a_cluster import SERVICES, LifeOfACluster
from tests.proof.settling import Settling
from tests.proof.tally import Tally
from tests.proof.world_with_tasks import new_world_with_tasks

if TYPE_CHECKING:
    from tests.proof.invocation import Invocation

_NAMED = (ecs.CLUSTER,)
RETENTIONS = (
    Retention(clusters=_NAMED),
    Retention(timedelta(hours=24), _NAMED),
    Retention(timedelta(hours=48), _NAMED),
    Retention(timedelta(hours=24)),
    Retention(timedelta(hours=48)),
)
_REPLICA = {
    "gets what the secret has": DatedSecret.replica_syncs,
    "is not updated any more": DatedSecret.replication_fails,
    "is mended": DatedSecret.replication_is_mended,
    "is detached": DatedSecret.replica_is_detached,
}
_OFTEN = ("gets what the secret has",) * 4
_SPANS = tuple(timedelta(minutes=n) for n in (5, 20, 60, 360, 1440, 4320))
_LONGEST_RUN = timedelta(minutes=15)
# EventBridge tries for a day, and Lambda for six hours.
_LATEST_EVENT = timedelta(hours=30)
_MOST_RUNS = 2
_EVERY_EFFECT = 1_000
_FAULTS = tuple(
    dict.fromkeys(
        fault
        for port in ("secret", "snowflake", "session", "admin", "ecs", "keys")
        for fault in faults.of_effect(port, "any")
    )
)


class LifeWithTasks(LifeOfACluster):
    """``runs`` are the retirement function's that have not ended, with the time they began."""

    tally = Tally("random lives with tasks")

    def __init__(self) -> None:
        super().__init__()
        self.world = new_world_with_tasks(RETENTIONS[0])
        self.runs: list[tuple[datetime, Invocation]] = []

    @initialize(
        retention=st.sampled_from(RETENTIONS),
        administered=st.booleans(),
        whole_seconds=st.booleans(),
        lists_lag=st.booleans(),
        services=st.sets(st.sampled_from(sorted(SERVICES))),
        replicated=st.booleans(),
        form=st.sampled_from(AfterPromotion),
    )
    def begins(  # noqa: PLR0913 (each is drawn)
        self,
        retention: Retention,
        *,
        administered: bool,
        whole_seconds: bool,
        lists_lag: bool,
        services: set[str],
        replicated: bool,
        form: AfterPromotion,
    ) -> None:
        """One of the ways to keep old keys, services that run, and a replica or none."""
        self.world = new_world_with_tasks(retention, administered=administered)
        self.world.dated.whole_seconds = whole_seconds
        self.world.lists_lag = lists_lag
        self.world.app.after_promotion = form
        for name in sorted(services):
            rollouts.create_service(self.world, SERVICES[name])
        if replicated:
            self.world.dated.replicate()

    # --- time -------------------------------------------------------------------------------

    @rule(span=st.sampled_from(_SPANS))
    def time_passes(self, span: timedelta) -> None:
        """Lambda ends what runs for too long."""
        self.world.tell(f"{span} pass")
        self.world.passes(span)
        if span > _LONGEST_RUN:
            self._invocations_end()
        self.runs = [one for one in self.runs if self.world.now - one[0] < _LONGEST_RUN]
        self._count(1)

    # --- the retirement function ------------------------------------------------------------

    def _may_run(self, job: str) -> bool:
        moved = max(self.world.dated.ceased.values(), default=None)
        recent = moved is not None and self.world.now - moved < _LATEST_EVENT
        return job != "AWSCURRENT's event" or recent

    @rule(job=st.sampled_from(("scheduled run", "scheduled run", "AWSCURRENT's event")))
    def a_whole_run(self, job: str) -> None:
        if self._may_run(job):
            advance(self.world, retiring.begin(self.world, job))
        self._count(2)

    @rule(
        job=st.sampled_from(tuple(retiring.JOBS)),
        position=st.integers(0, 25),
        fault=st.sampled_from(_FAULTS),
    )
    def an_interrupted_run(self, job: str, position: int, fault: faults.Fault) -> None:
        if self._may_run(job):
            advance(self.world, retiring.begin(self.world, job, {position: fault}))
        self._count(2)

    @rule(command=st.sampled_from(retiring.COMMANDS), works=st.booleans())
    def a_command(self, command: str, works: bool) -> None:  # noqa: FBT001 (Hypothesis passes it)
        """``works``: while the command waits, the service does the rotation."""
        self.world.service_works = works
        advance(self.world, retiring.begin(self.world, command))
        self.world.service_works = True
        self._count(3)

    @precondition(lambda self: len(self.runs) < _MOST_RUNS)
    @rule(job=st.sampled_from(tuple(retiring.JOBS)))
    def a_run_begins(self, job: str) -> None:
        if self._may_run(job):
            self.runs.append((self.world.now, retiring.begin(self.world, job)))
        self._count(1)

    @precondition(lambda self: self.runs)
    @rule(which=st.integers(0, _MOST_RUNS - 1), effects=st.integers(1, 8))
    def a_run_goes_on(self, which: int, effects: int) -> None:
        index = which % len(self.runs)
        began, run = self.runs.pop(index)
        after = advance(self.world, run, effects)
        if after.outcome is None:
            self.runs.insert(index, (began, after))
        self._count(1)

    @precondition(lambda self: self.runs)
    @rule()
    def a_run_dies(self) -> None:
        self.runs.pop()
        self._count(1)

    # --- the replica ------------------------------------------------------------------------

    @precondition(lambda self: self.world.dated.is_replicated)
    @rule(what=st.sampled_from((*_OFTEN, *_REPLICA)))
    def the_replica_goes_on(self, what: str) -> None:
        self.world.tell(f"the replica {what}")
        _REPLICA[what](self.world.dated)
        self._count(1)

    # --- people -----------------------------------------------------------------------------

    @rule(hand=st.sampled_from((*PASSING, *WITH_TASKS)), effects=st.integers(0, 3))
    def somebody_acts(self, hand: Hand, effects: int) -> None:
        super().somebody_acts(hand, effects)

    def _acts(self, hand: Hand) -> None:
        super()._acts(hand)
        self.world.rolls.clear()

    def _settles(self) -> None:
        self._invocations_end()
        Settling(self.world).go()

    def _invocations_end(self) -> None:
        super()._invocations_end()
        self.runs = []


class LifeOfAReplica(LifeWithTasks):
    """Nothing keeps an old key but a replica: neither a grace nor a task."""

    @initialize(administered=st.booleans(), whole_seconds=st.booleans())
    def begins(self, *, administered: bool, whole_seconds: bool) -> None:
        self.world = new_world_with_tasks(AT_ONCE, administered=administered)
        self.world.dated.whole_seconds = whole_seconds
        self.world.dated.replicate()
