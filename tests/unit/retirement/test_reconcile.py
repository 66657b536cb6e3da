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
from rotation.rules.retention import AT_ONCE, Retention
from rotation.rules.staying import Stays
from rotation.rules.words import SecretLabels, SecretState, Slot, Stage
from tests.shared.dated import (
    ARN,
    CLUSTERS_ALONE,
    DAY,
    HOUR,
    IN_GRACE,
    MINUTE,
    NOW,
    SECOND,
    SECOND_ARN,
    WITH_CLUSTERS,
    ago,
    attached,
    labelled,
    rotated_ago,
    service,
    task,
)
from tests.shared.retirement import OLD_KEY, Run

HOUR_OF_ARN = zlib.crc32(ARN.encode()) % 24


def run_with(state: SecretState, retention: Retention = WITH_CLUSTERS) -> Run:
    run = Run(retention)
    run.secrets.states[ARN] = state
    return run


def look(run: Run, changed: datetime | None = NOW) -> Reconciled:
    return run.look_at(attached(changed=changed))


def test_a_secret_that_rests_costs_no_call() -> None:
    run = run_with(rotated_ago(90 * DAY))
    run.time = datetime(2026, 7, 1, (HOUR_OF_ARN + 1) % 24, tzinfo=UTC)
    assert look(run, ago(90 * DAY)) == Reconciled(attached(changed=ago(90 * DAY)))
    assert run.calls == []


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


@pytest.mark.parametrize(
    ("method", "port", "error"),
    [
        ("state app", "secrets", SecretsManagerDenied("no.")),
        ("retire app", "keys", RotationFunctionFailed("x.", code="CurrentKeyNotInstalled")),
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


class TestWhenTheTasksCanNotBeListed:
    """They are asked for once, whatever the number of secrets; the keys are looked at."""

    def run(self, beside: Beside) -> tuple[Run, list[Reconciled]]:
        run = run_with(rotated_ago(2 * DAY))
        run.secrets.states[SECOND_ARN] = rotated_ago(2 * DAY)
        run.clusters.failures["tasks"] = EcsUnreachable("down.")
        run.keys.beside = dict.fromkeys((ARN, SECOND_ARN), beside)
        secrets = (attached(ARN), attached(SECOND_ARN, current_version="new"))
        return run, [run.look_at(one) for one in secrets]

    def test_every_old_key_stays_and_each_secret_is_told_why(self) -> None:
        run, found = self.run(Beside.OLD_KEY)
        assert [str(one.failure) for one in found] == [str(EcsUnreachable("down."))] * 2
        assert all(one.keys and one.keys.beside is Beside.OLD_KEY for one in found)
        assert run.calls == ["state app", "tasks", "state app", "look app", "look bee"]

    def test_what_needs_no_list_is_no_failure(self) -> None:
        run, found = self.run(Beside.FOREIGN_KEY)
        assert [one.failure for one in found] == [None, None]
        assert run.calls.count("tasks") == 1

    def test_the_next_run_asks_again(self) -> None:
        run, _ = self.run(Beside.OLD_KEY)
        run.clusters.failures.clear()
        run.begin()
        assert look(run).keys == KeyReport(
            "SVC_APP", Beside.OLD_KEY, Slot.TWO, OLD_KEY, retired=OLD_KEY
        )


class TestASecretThatRests:
    """Hardly one of them has an old key: one look tells, in one call."""

    def at_rest(self, beside: Beside, current_version: str) -> tuple[Run, Reconciled]:
        run = run_with(rotated_ago(90 * DAY))
        run.keys.beside[ARN] = beside
        run.time = datetime(2026, 7, 1, HOUR_OF_ARN, tzinfo=UTC)
        return run, run.look_at(attached(changed=ago(90 * DAY), current_version=current_version))

    @pytest.mark.parametrize(
        "beside", [Beside.NOTHING, Beside.FOREIGN_KEY, Beside.PENDING_KEY], ids=str
    )
    def test_and_has_no_old_key_costs_one_call(self, beside: Beside) -> None:
        run, found = self.at_rest(beside, current_version="new")
        assert run.calls == ["look app"]
        assert found.keys is not None
        assert (found.keys.beside, found.failure) == (beside, None)
        assert run.keys.requests == [KeyRequest(KeyOperation.LOOK, ARN, "new")]

    def test_and_has_one_is_reconciled_from_what_stands_now(self) -> None:
        run, found = self.at_rest(Beside.OLD_KEY, current_version="new")
        assert run.calls == ["look app", "state app", "tasks", "retire app"]
        assert found.keys is not None
        assert found.keys.retired == OLD_KEY

    def test_whose_label_moved_since_it_was_listed_is_asked_for_its_labels(self) -> None:
        run = run_with(rotated_ago(90 * DAY))
        run.keys.beside[ARN] = Beside.NOTHING
        run.keys.failures_once["look app"] = RotationFunctionFailed("x.", code="Overtaken")
        run.time = datetime(2026, 7, 1, HOUR_OF_ARN, tzinfo=UTC)
        found = run.look_at(attached(changed=ago(90 * DAY), current_version="old"))
        assert (run.calls, found.failure) == (["look app", "state app", "look app"], None)
        assert [one.version_id for one in run.keys.requests] == ["old", "new"]

    def test_and_can_not_log_in_is_tried_once(self) -> None:
        run = run_with(rotated_ago(90 * DAY))
        drift = RotationFunctionFailed("x.", code="CurrentKeyNotInstalled")
        run.keys.failures["look app"] = drift
        run.time = datetime(2026, 7, 1, HOUR_OF_ARN, tzinfo=UTC)
        found = run.look_at(attached(changed=ago(90 * DAY), current_version="new"))
        assert (run.calls, found.failure) == (["look app"], drift)

    def test_and_has_no_current_version_is_left_alone(self) -> None:
        run = run_with(SecretState(SecretLabels(True, {}), {}))  # noqa: FBT003
        run.time = datetime(2026, 7, 1, HOUR_OF_ARN, tzinfo=UTC)
        assert run.look_at(attached(changed=ago(90 * DAY))).keys is None
        assert run.calls == ["state app"]


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
        run.time = datetime(2026, 7, 1, (HOUR_OF_ARN + 1) % 24, tzinfo=UTC)
        assert look(run, ago(90 * DAY)).failure is None

    def test_any_other_failure_lets_the_next_be_looked_at(self) -> None:
        run = run_with(rotated_ago(2 * DAY))
        run.keys.failures_once["retire app"] = EcsDenied("no.")
        look(run)
        assert look(run).keys is not None


def test_a_list_of_services_that_fails_is_told_and_the_key_stays() -> None:
    run = run_with(rotated_ago(2 * DAY))
    run.clusters.all_tasks = [task()]
    run.clusters.failures["services"] = EcsDenied("no.")
    assert isinstance(look(run).failure, EcsDenied)
    assert run.keys.requests[0].operation is KeyOperation.LOOK


def test_services_that_can_not_be_listed_are_asked_for_once_and_keys_that_are_free_go() -> None:
    run = run_with(rotated_ago(2 * DAY))
    run.secrets.states[SECOND_ARN] = rotated_ago(2 * DAY)
    run.clusters.all_tasks = [task()]
    run.clusters.failures["services"] = EcsDenied("no.")
    assert [str(look(run).failure) for _ in range(2)] == [str(EcsDenied("no."))] * 2
    assert run.calls.count("services") == 1
    free = run.look_at(attached(SECOND_ARN)).keys
    assert free is not None
    assert free.retired == OLD_KEY


def test_a_run_repeated_retires_nothing_twice() -> None:
    run = run_with(rotated_ago(2 * DAY))
    look(run)
    run.begin()
    found = look(run)
    assert found.keys == KeyReport("SVC_APP", Beside.NOTHING)
    assert Stage.CURRENT in run.secrets.states[ARN].labels.versions["new"]
