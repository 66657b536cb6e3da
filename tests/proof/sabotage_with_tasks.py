"""Broken rules of retention and retirement: the lives with tasks must report each of them."""

from rotation.retirement.commands import Commands
from rotation.rules import promotion, rollouts, staying, tasks
from rotation.rules.retention import Retention
from rotation.rules.words import SecretLabels
from rotation.steps import altering
from tests.proof import (
    broken,
    broken_retirement,
    lives,
    retirement_interruptions,
    retirement_overlaps,
)
from tests.proof.after_promotion import AfterPromotion
from tests.proof.ecs_ports import ListedClusters
from tests.proof.life_with_tasks import LifeOfAReplica, LifeWithTasks
from tests.proof.sabotage import LOCKOUTS, STUCK, Sabotage, Search
from tests.proof.tally import Tally

_LIVES, _RULES = 200, 30


def _lived(tally: Tally) -> None:
    lives.run_lives(_LIVES, _RULES, tally, shrink=False, kind=LifeWithTasks)


def _lived_with_a_replica(tally: Tally) -> None:
    lives.run_lives(_LIVES, _RULES, tally, shrink=False, kind=LifeOfAReplica)


def _at_every_point(tally: Tally) -> None:
    # AWSPENDING that stayed on a version which is rolled back keeps its key, right or wrong.
    start = retirement_interruptions.due()
    start.app.let_pending(AfterPromotion.GONE_IN_THE_CALL)
    retirement_overlaps.others_at_every_point(tally, (start,))


def _repeated(job: str) -> Search:
    def search(tally: Tally) -> None:
        retirement_interruptions.Search(retirement_interruptions.STARTS[0], job, 1, tally).go()

    return search


_event_twice, _command_twice = _repeated("AWSCURRENT's event"), _repeated("end-grace")


def _sabotage(
    name: str,
    swapped: tuple[object, str, object],
    search: Search = _lived,
    found: str = "violations",
) -> Sabotage:
    return Sabotage(name, *swapped, search, found)


_STATES = retirement_overlaps.tasks_in_every_state
_BROKEN = broken_retirement

SABOTAGES_WITH_TASKS = (
    _sabotage(
        "tasks that start are left out",
        (ListedClusters, "tasks", _BROKEN.running_only),
        _STATES,
        LOCKOUTS,
    ),
    _sabotage(
        "tasks that are being stopped are left out",
        (ListedClusters, "tasks", _BROKEN.without_stopping),
        _STATES,
        LOCKOUTS,
    ),
    _sabotage(
        "standalone tasks are left out",
        (tasks, "holders", _BROKEN.services_only),
        _STATES,
        LOCKOUTS,
    ),
    _sabotage(
        "AWSCURRENT is taken to have moved when its version was made",
        (promotion, "find_promotion", _BROKEN.made_is_promoted),
    ),
    _sabotage(
        "a label moved by hand counts as the rotation before",
        (promotion, "find_promotion", _BROKEN.always_by_rotation),
        _at_every_point,
        LOCKOUTS,
    ),
    _sabotage(
        "the grace is off by its sign",
        (staying, "RULES", _BROKEN.GRACE_THE_WRONG_WAY_ROUND),
    ),
    _sabotage(
        "there is no grace", (staying, "RULES", _BROKEN.without("its grace runs")), found=LOCKOUTS
    ),
    _sabotage(
        "a task that may hold the old key does not keep it",
        (staying, "RULES", _BROKEN.without("a task may hold it")),
        _STATES,
        LOCKOUTS,
    ),
    _sabotage(
        "setSecret replaces whatever is ours",
        (staying, "check_replaceable", broken.unchanged),
        found=LOCKOUTS,
    ),
    _sabotage(
        "every older key counts as abandoned",
        (promotion, "was_ever_current", _BROKEN.never_current),
        found=LOCKOUTS,
    ),
    _sabotage(
        "nobody looks again before the UNSET",
        (altering, "check_unchanged", broken.unchanged),
        _at_every_point,
        LOCKOUTS,
    ),
    _sabotage(
        "finishSecret unsets the old key though tasks hold it",
        (Retention, "keeps", property(lambda _: False)),
        found=LOCKOUTS,
    ),
    _sabotage(
        "a replica that is not in sync keeps nothing",
        (SecretLabels, "out_of_sync", ()),
        _lived_with_a_replica,
        found=LOCKOUTS,
    ),
    _sabotage(
        "a secret with replicas is kept like any other",
        (Retention, "of", _BROKEN.of_any_secret),
        _lived_with_a_replica,
        LOCKOUTS,
    ),
    _sabotage(
        "services are rolled on every run",
        (rollouts, "rollout_of", _BROKEN.always_due),
        _event_twice,
        STUCK,
    ),
    _sabotage(
        "end-grace names nobody",
        (Commands, "end_grace", _BROKEN.names_nobody),
        _command_twice,
        STUCK,
    ),
)
