"""A run of the retirement on in-memory ports: what it looks at, retires and keeps."""

import zlib
from datetime import UTC, datetime, timedelta

import pytest

from rotation.errors.aws_answers import EcsDenied, EcsUnreachable, SecretsManagerDenied
from rotation.errors.base import RotationError
from rotation.errors.function import OutOfTime
from rotation.errors.retirement import RotationFunctionFailed
from rotation.retirement.reconcile import Reconciled
from rotation.rules.errand import (
    Beside,
    KeyOperation,
    KeyReport,
    KeyRequest,
)
from rotation.rules.hourly import in_turn
from rotation.rules.retention import AT_ONCE, Retention
from rotation.rules.staying import Stays
from rotation.rules.words import SecretLabels, SecretState, Slot, Stage
from tests.shared.retirement import (
    ARN,
    CLUSTERS_ALONE,
    DAY,
    HOUR,
    IN_GRACE,
    MINUTE,
    NOW,
    OLD_KEY,
    SECOND,
    SECOND_ARN,
    WITH_CLUSTERS,
    Run,
    ago,
    attached,
    labelled,
    rotated_ago,
    service,
    task,
)

LATER = NOW + timedelta(days=9)


def run_with(state: SecretState, retention: Retention = WITH_CLUSTERS) -> Run:
    run = Run(retention)
    run.secrets.states[ARN] = state
    return run


def look(run: Run, changed: datetime | None = NOW) -> Reconciled:
    return run.look_at(attached(changed=changed))


class TestWhatIsWorthALook:
    HOUR_OF_ARN = zlib.crc32(ARN.encode()) % 24

    @pytest.mark.parametrize(
        ("case", "since", "other_hours"),
        [
            ("it was changed just now", 0 * SECOND, 23),
            ("its grace has ended", DAY, 23),
            ("two days after its grace", 3 * DAY, 23),
            ("the list may be five minutes behind", 3 * DAY + 5 * MINUTE - SECOND, 23),
            ("then it rests", 3 * DAY + 5 * MINUTE, 0),
            ("for weeks", 30 * DAY, 0),
        ],
    )
    def test_every_hour_at_first_and_then_once_a_day(
        self, case: str, since: timedelta, other_hours: int
    ) -> None:
        run = run_with(rotated_ago(since), IN_GRACE)
        run.keys.beside[ARN] = Beside.NOTHING
        looked = []
        for hour in range(24):
            run.time = datetime(2026, 7, 1, hour, 59, tzinfo=UTC)
            if look(run, run.time - since).keys is not None:
                looked.append(hour)
        assert self.HOUR_OF_ARN in looked, case
        assert len(looked) - 1 == other_hours, case

    def test_a_secret_without_a_date_is_always(self) -> None:
        run = run_with(rotated_ago(90 * DAY))
        assert look(run, None).keys is not None

    def test_what_is_not_costs_no_call(self) -> None:
        run = run_with(rotated_ago(90 * DAY))
        run.time = datetime(2026, 7, 1, (self.HOUR_OF_ARN + 1) % 24, tzinfo=UTC)
        assert look(run, ago(90 * DAY)) == Reconciled(attached(changed=ago(90 * DAY)))
        assert run.calls == []

    def test_the_hours_of_two_secrets_differ(self) -> None:
        hours = {zlib.crc32(f"{ARN}{n}".encode()) % 24 for n in range(200)}
        assert hours == set(range(24))


class TestTheOldKey:
    def test_is_retired_when_grace_and_tasks_are_over(self) -> None:
        run = run_with(rotated_ago(2 * DAY))
        found = look(run)
        report = KeyReport("SVC_APP", Beside.OLD_KEY, Slot.TWO, OLD_KEY, retired=OLD_KEY)
        assert found == Reconciled(attached(changed=NOW), report)
        assert run.calls == ["state app", "tasks", "retire app"]
        assert run.keys.requests == [KeyRequest(KeyOperation.RETIRE, ARN, "new")]

    def test_is_looked_at_in_its_grace(self) -> None:
        run = run_with(rotated_ago(HOUR), IN_GRACE)
        found = look(run)
        assert run.calls == ["state app", "look app"]
        assert found.kept == Stays("its grace ends at 2026-07-01 11:00 UTC")
        assert (found.holders, found.services, found.late) == ((), (), timedelta())

    def test_is_looked_at_while_a_task_holds_it(self) -> None:
        run = run_with(rotated_ago(2 * DAY))
        holder, standalone = task(), task("t2", group="family:job")
        run.clusters.all_tasks = [holder, standalone, task("new", created=NOW)]
        found = look(run)
        assert run.calls == ["state app", "tasks", "look app", "services"]
        kept = Stays(f"tasks may hold it, 2 in number; the first is {holder.arn}")
        report = KeyReport("SVC_APP", Beside.OLD_KEY, Slot.TWO, OLD_KEY)
        held = (holder, standalone)
        assert found == Reconciled(attached(changed=NOW), report, kept, held, (), DAY)

    def test_of_tasks_is_kept_by_them_though_no_grace_is_set(self) -> None:
        run = run_with(rotated_ago(HOUR), CLUSTERS_ALONE)
        run.clusters.all_tasks = [task()]
        found = look(run)
        assert found.late == 50 * MINUTE
        assert run.keys.requests[0].operation is KeyOperation.LOOK

    def test_is_named_as_held_when_the_rotation_function_holds_it_back(self) -> None:
        run = run_with(rotated_ago(2 * DAY))
        run.keys.holds_back = "a rotation is under way"
        assert look(run).kept == Stays("a rotation is under way")

    @pytest.mark.parametrize("retention", [IN_GRACE, WITH_CLUSTERS, CLUSTERS_ALONE])
    def test_stays_where_the_dates_tell_nothing(self, retention: Retention) -> None:
        run = run_with(SecretState(labelled(), {}), retention)
        run.clusters.all_tasks = [task()]
        found = look(run)
        assert run.keys.requests[0].operation is KeyOperation.LOOK
        assert found.kept == Stays("when AWSCURRENT moved can't be told from the secret's dates")
        assert (found.late, found.services) == (timedelta(), ())

    def test_is_retired_at_once_where_none_is_kept(self) -> None:
        run = run_with(rotated_ago(0 * SECOND), AT_ONCE)
        assert look(run).keys is not None
        assert run.calls == ["state app", "retire app"]


@pytest.mark.parametrize("beside", [Beside.NOTHING, Beside.FOREIGN_KEY, Beside.PENDING_KEY])
@pytest.mark.parametrize("since", [HOUR, 3 * DAY])
def test_where_there_is_no_old_key_nothing_is_kept_and_nothing_rolled(
    beside: Beside, since: timedelta
) -> None:
    run = run_with(rotated_ago(since))
    run.keys.beside[ARN] = beside
    run.clusters.all_services, run.clusters.all_tasks = [service()], [task()]
    found = look(run)
    assert found.keys is not None
    assert found == Reconciled(attached(changed=NOW), found.keys)
    assert "services" not in run.calls


def test_a_secret_without_a_current_version_is_left_alone() -> None:
    run = run_with(SecretState(SecretLabels(True, {}), {}))  # noqa: FBT003
    assert look(run) == Reconciled(attached(changed=NOW))
    assert run.calls == ["state app"]


class TestTasksAreListedAfterTheStateWasRead:
    def test_and_before_the_key_is_asked_for(self) -> None:
        run = run_with(rotated_ago(2 * DAY))
        look(run)
        assert run.calls == ["state app", "tasks", "retire app"]

    def test_once_for_all_secrets_that_were_promoted_before(self) -> None:
        run = run_with(rotated_ago(2 * DAY))
        run.secrets.states[SECOND_ARN] = rotated_ago(61 * SECOND)
        for arn in (ARN, SECOND_ARN):
            run.look_at(attached(arn))
        assert run.calls == ["state app", "tasks", "retire app", "state bee", "look bee"]

    @pytest.mark.parametrize(("since", "times"), [(60 * SECOND, 1), (59 * SECOND, 2)])
    def test_again_for_one_promoted_since_or_within_a_minute(
        self, since: timedelta, times: int
    ) -> None:
        run = run_with(rotated_ago(2 * DAY))
        run.secrets.states[SECOND_ARN] = rotated_ago(since)
        for arn in (ARN, SECOND_ARN):
            run.look_at(attached(arn))
        assert run.calls.count("tasks") == times

    def test_again_for_one_promoted_during_the_run(self) -> None:
        run = run_with(rotated_ago(2 * DAY))
        look(run)
        run.time = NOW + 5 * MINUTE
        run.secrets.states[SECOND_ARN] = rotated_ago(-4 * MINUTE)
        run.look_at(attached(SECOND_ARN))
        assert run.calls.count("tasks") == 2

    def test_not_at_all_without_clusters(self) -> None:
        run = run_with(rotated_ago(2 * DAY), IN_GRACE)
        run.clusters.failures["tasks"] = EcsDenied("not to be called.")
        assert look(run).failure is None


@pytest.mark.parametrize(
    ("method", "port", "error"),
    [
        ("state app", "secrets", SecretsManagerDenied("no.")),
        ("retire app", "keys", RotationFunctionFailed("x.", code="CurrentKeyNotInstalled")),
        ("tasks", "clusters", EcsUnreachable("down.")),
    ],
)
def test_a_secret_that_fails_does_not_hide_the_next(
    method: str, port: str, error: RotationError
) -> None:
    run = run_with(rotated_ago(2 * DAY))
    run.secrets.states[SECOND_ARN] = rotated_ago(2 * DAY)
    failures = getattr(run, port).failures
    failures[method] = error
    first = look(run)
    assert first == Reconciled(attached(changed=NOW), failure=error)
    failures.clear()
    assert run.look_at(attached(SECOND_ARN)).keys is not None


class TestWhenTimeRunsOut:
    def test_what_is_due_is_not_begun_any_more(self) -> None:
        run = run_with(rotated_ago(2 * DAY))
        run.secrets.states[SECOND_ARN] = rotated_ago(2 * DAY)
        late = OutOfTime("late.")
        run.keys.failures_once["retire app"] = late
        assert look(run).failure is late
        run.calls.clear()
        second = attached(SECOND_ARN)
        assert run.look_at(second) == Reconciled(second, failure=late)
        assert run.calls == []

    def test_what_rests_is_not_missed(self) -> None:
        run = run_with(rotated_ago(90 * DAY))
        run.keys.failures_once["retire app"] = OutOfTime("late.")
        look(run)
        run.time = datetime(2026, 7, 1, (TestWhatIsWorthALook.HOUR_OF_ARN + 1) % 24, tzinfo=UTC)
        assert look(run, ago(90 * DAY)).failure is None

    def test_any_other_failure_lets_the_next_be_looked_at(self) -> None:
        run = run_with(rotated_ago(2 * DAY))
        run.keys.failures_once["retire app"] = EcsDenied("no.")
        look(run)
        assert look(run).keys is not None


class TestTheOrderOfSecrets:
    SECRETS = tuple(attached(f"{ARN}{n}") for n in range(40))

    def test_has_each_once(self) -> None:
        assert sorted(in_turn(self.SECRETS, NOW), key=lambda one: one.arn) == sorted(
            self.SECRETS, key=lambda one: one.arn
        )

    def test_stays_within_the_hour_and_does_not_depend_on_the_list(self) -> None:
        later = NOW + 40 * MINUTE
        assert (NOW.hour, in_turn(self.SECRETS, NOW)) == (
            later.hour,
            in_turn(reversed(self.SECRETS), later),
        )

    def test_brings_each_to_the_front_when_there_is_time_for_a_quarter(self) -> None:
        reached = {
            one.arn for hour in range(24) for one in in_turn(self.SECRETS, NOW + hour * HOUR)[:10]
        }
        assert reached == {one.arn for one in self.SECRETS}


def test_a_list_of_services_that_fails_is_told_and_the_key_stays() -> None:
    run = run_with(rotated_ago(2 * DAY))
    run.clusters.all_tasks = [task()]
    run.clusters.failures["services"] = EcsDenied("no.")
    assert isinstance(look(run).failure, EcsDenied)
    assert run.keys.requests[0].operation is KeyOperation.LOOK


def test_a_run_repeated_retires_nothing_twice() -> None:
    run = run_with(rotated_ago(2 * DAY))
    look(run)
    run.begin()
    found = look(run)
    assert found.keys == KeyReport("SVC_APP", Beside.NOTHING)
    assert Stage.CURRENT in run.secrets.states[ARN].labels.versions["new"]
