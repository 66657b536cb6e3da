"""What a fleet of secrets costs, at a small size, and how that grows: exact counts."""

from datetime import timedelta

import pytest

from tests.fleet.account import new_account
from tests.fleet.hours import a_month, all_at_once, fleet, longest_gap_hours

SERVICES = 20


def calls_of_an_hour(secrets: int) -> float:
    with fleet(new_account(secrets, SERVICES)) as of:
        runs = list(a_month(of, 26))[2:]
    return sum(sum(one.calls.values()) for one in runs) / len(runs)


def test_calls_grow_more_slowly_than_secrets() -> None:
    few, more = calls_of_an_hour(400), calls_of_an_hour(1600)
    # It was more than one a secret: an age each, every hour, and the looks.
    assert more <= 0.35 * 1600
    assert more / few <= 4


def test_every_age_is_read_within_a_day_though_not_every_hour() -> None:
    with fleet(new_account(200, SERVICES)) as of:
        runs = list(a_month(of, 60))
        readings = [one.readings for one in of.account.secrets.values()]
    assert all(len(times) >= 2 for times in readings)
    assert longest_gap_hours(iter(readings)) <= 24
    assert sum(one.metrics["KeyAgeDays"] for one in runs[:23]) == 200
    assert all(one.metrics["DaysOverdue"] == 0 for one in runs)
    assert {one.values["WatchFailures"] for one in runs} == {0}


@pytest.mark.parametrize(("secrets", "hours"), [(100, 1), (200, 7)])
def test_after_all_rotated_a_look_comes_as_often_as_there_is_time(secrets: int, hours: int) -> None:
    with fleet(new_account(secrets, SERVICES)) as of:
        runs = list(all_at_once(of, 30))
        looks = [one.looks for one in of.account.secrets.values()]
    assert longest_gap_hours(iter(looks)) == pytest.approx(hours, abs=0.05)
    assert sum(one.values["OldKeysRetired"] for one in runs) == secrets
    assert {one.values["NotReached"] for one in runs} == {0}


def test_an_event_of_a_warm_function_reads_no_definition_and_the_next_reads_no_list() -> None:
    with fleet(new_account(4, SERVICES)) as of:
        first, second, third, _ = of.account.secrets.values()
        cold = of.event(first)
        assert cold.calls["DescribeTaskDefinition"] == SERVICES
        of.account.now += timedelta(minutes=6)
        warm = of.event(second)
        assert warm.calls["DescribeTaskDefinition"] == 0
        assert warm.calls["UpdateService"] == SERVICES / 4
        # It was promoted before, but its event comes now: the list of the last one serves.
        of.rotate(third)
        third.rotated -= timedelta(minutes=2)
        of.account.now += timedelta(seconds=30)
        detail = {"labelUpdated": "AWSCURRENT"}
        event = {"detail-type": "Secret Label Updated", "detail": detail, "resources": [third.arn]}
        shared = of._invoke(event)
        assert shared.calls["ListTasks"] == shared.calls["ListServices"] == 0
        assert shared.calls["UpdateService"] == SERVICES / 4


def test_throttled_lists_are_asked_for_once_and_every_key_is_looked_at() -> None:
    account = new_account(100, SERVICES)
    account.throttled = True
    with fleet(account) as of:
        (run,) = all_at_once(of, 1)
    assert run.calls["ListTasks"] == 4, "one, tried four times"
    assert run.values["SecretsLookedAt"] == run.values["RetirementFailures"] == 100
    assert all(one.has_old_key for one in account.secrets.values())
    assert run.values["OldestKeyAgeDays"] > 0
    # Of an hour's: a list, an age, and a look each.
    assert sum(run.calls.values()) == 1 + 100 + 1 + 1 + 4 + 100
