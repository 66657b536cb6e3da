"""The freshness of keys, under the real Lambda runtime client, with the real boto3."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import takewhile

import pytest

from sandbox.aws.json.failures import AwsFailure
from sandbox.aws.secrets_manager import SecretsManagerServer
from sandbox.faults import Cut
from sandbox.record import Call
from sandbox.stack import SECRET_NAME, Stack
from tests.integration.observed import (
    OTHER_FUNCTION,
    add_secret,
    attention,
    forget,
    lines,
    values,
)
from tests.shared.hourly import in_hour_of_age, run_watch
from tests.shared.warm_function import warm_stack


@pytest.fixture
def stack() -> Iterator[Stack]:
    """One attached secret; ListSecrets answers in pages of two."""
    with warm_stack(aws=SecretsManagerServer(list_page_size=2)) as stack:
        stack.attach()
        forget(stack)
        yield stack


def calls_of_the_watch(stack: Stack) -> list[Call]:
    """Return the calls before the first secret is reconciled, which begins with its labels."""
    found = stack.aws.record.calls
    return list(takewhile(lambda call: call.operation != "DescribeSecret", found))


def watched_by(stack: Stack) -> list[str]:
    return [call.operation for call in calls_of_the_watch(stack)]


def test_a_fresh_secret_costs_two_calls_and_one_line(stack: Stack) -> None:
    invocation = run_watch(stack)
    assert (invocation.function_error, invocation.payload) == (None, None)
    assert watched_by(stack) == ["ListSecrets", "ListSecretVersionIds"]
    (line,) = lines(invocation)
    assert line["message"] == "watch done"
    assert values(invocation) == {
        ("SecretsWatched", None): 1,
        ("OldestKeyAgeDays", None): pytest.approx(0, abs=0.01),
        ("MostDaysOverdue", None): 0,
        ("RotationsDisabled", None): 0,
        ("WatchFailures", None): 0,
        ("KeyAgeDays", SECRET_NAME): pytest.approx(0, abs=0.01),
    }


def test_an_age_is_a_metric_in_one_hour_of_the_day(stack: Stack) -> None:
    event = in_hour_of_age(stack.secret_arn)
    its_hour = datetime.fromisoformat(str(event["time"]))
    for hour in (1, 12, 22, 23):
        later = event | {"time": (its_hour + timedelta(hours=hour)).isoformat()}
        found = values(stack.retirement_function.invoke(later))
        assert (("KeyAgeDays", SECRET_NAME) in found) is (hour == 23)
        assert ("OldestKeyAgeDays", None) in found


@pytest.mark.parametrize("time", [None, 7, "", "yesterday"])
def test_a_run_without_a_time_takes_the_clock_s(stack: Stack, time: object) -> None:
    event = in_hour_of_age(stack.secret_arn) | {"time": time}
    invocation = stack.retirement_function.invoke(event)
    assert invocation.function_error is None
    assert values(invocation)["SecretsWatched", None] == 1


def test_every_page_is_read_and_other_secrets_are_left_alone(stack: Stack) -> None:
    client = stack.aws.client()
    stack.aws.register_function(OTHER_FUNCTION, stack.invoke)
    client.create_secret(Name="a/plain", SecretString="x")
    add_secret(stack, "an/others", function_arn=OTHER_FUNCTION)
    deleted = add_secret(stack, "to/be-deleted")
    mine = add_secret(stack, "z/mine")
    client.delete_secret(SecretId=deleted)
    stack.aws.record.clear()
    stack.aws.grow_older(mine, 12)
    invocation = run_watch(stack, age_of=mine)
    assert watched_by(stack) == ["ListSecrets"] * 2 + ["ListSecretVersionIds"] * 2
    asked = [c.subject for c in calls_of_the_watch(stack) if c.subject]
    assert sorted(asked) == sorted([stack.secret_arn, mine])
    found = values(invocation)
    assert found["SecretsWatched", None] == 2
    assert found["OldestKeyAgeDays", None] == pytest.approx(12, abs=0.01)
    assert found["KeyAgeDays", "z/mine"] == pytest.approx(12, abs=0.01)
    assert {name for _, name in found} <= {None, SECRET_NAME, "z/mine"}


def test_an_overdue_rotation_and_one_switched_off_are_told(stack: Stack) -> None:
    late, off = add_secret(stack, "late"), add_secret(stack, "off")
    stack.aws.grow_older(late, 40)
    stack.aws.grow_older(off, 90)
    stack.aws.client().cancel_rotate_secret(SecretId=off)
    invocation = run_watch(stack)
    told = attention(invocation)
    assert told.keys() == {"late", "off"}
    assert 9 <= told["late"]["days_overdue"] <= 10
    assert told["late"]["key_age_days"] == pytest.approx(40, abs=0.01)
    assert (told["off"]["rotation_disabled"], told["off"]["days_overdue"]) == (True, 0)
    found = values(invocation)
    assert found["MostDaysOverdue", None] == found["DaysOverdue", "late"]
    assert 9 <= found["MostDaysOverdue", None] <= 10
    assert found["RotationsDisabled", None] == 1
    assert found["OldestKeyAgeDays", None] == pytest.approx(90, abs=0.01)


def test_a_denied_secret_is_counted_and_the_others_are_watched(stack: Stack) -> None:
    denied, last = add_secret(stack, "denied"), add_secret(stack, "last")
    stack.aws.faults.add("ListSecretVersionIds", AwsFailure("AccessDeniedException"), about=denied)
    invocation = run_watch(stack, age_of=last)
    assert invocation.function_error is None
    told = attention(invocation)
    assert told.keys() == {"denied"}
    assert told["denied"]["reason"] == "SecretsManagerDenied"
    assert "ListSecretVersionIds was answered with AccessDenied" in told["denied"]["error"]
    found = values(invocation)
    assert (found["SecretsWatched", None], found["WatchFailures", None]) == (3, 1)
    assert ("KeyAgeDays", "denied") not in found
    assert {"KeyAgeDays"} == {n for n, secret in found if secret == "last"}


def test_a_throttled_call_is_repeated(stack: Stack) -> None:
    stack.aws.faults.add("ListSecretVersionIds", AwsFailure("ThrottlingException"))
    stack.aws.faults.add("ListSecrets", Cut())
    invocation = run_watch(stack)
    assert watched_by(stack) == ["ListSecrets"] * 2 + ["ListSecretVersionIds"] * 2
    assert values(invocation)["WatchFailures", None] == 0


def test_a_list_that_cannot_be_read_fails_the_run_and_gives_no_totals(stack: Stack) -> None:
    add_secret(stack, "second")
    add_secret(stack, "third")
    stack.aws.faults.add("ListSecrets", AwsFailure("AccessDeniedException"), skip=1)
    invocation = run_watch(stack)
    assert invocation.error_field("errorType") == "SecretsManagerDenied"
    line = lines(invocation)[-1]
    assert (line["message"], line["level"]) == ("watch failed", "ERROR")
    assert line["watched"] == 2, "what was listed is looked at"
    assert {name for name, _ in values(invocation)} == {"KeyAgeDays"}


def test_a_missing_setting_is_named() -> None:
    with warm_stack(retention={"ROTATION_FUNCTION_ARN": ""}) as stack:
        stack.aws.record.clear()
        invocation = run_watch(stack)
        assert invocation.error_field("errorType") == "InvalidSettings"
        assert "ROTATION_FUNCTION_ARN" in (invocation.error_field("errorMessage") or "")
        assert stack.aws.record.calls == []


def test_no_value_is_read_and_none_is_written_out(stack: Stack) -> None:
    content = stack.read_current()
    stack.aws.record.clear()
    stack.aws.grow_older(stack.secret_arn, 40)
    log = run_watch(stack).log
    assert set(watched_by(stack)) == {"ListSecrets", "ListSecretVersionIds"}
    assert not [v for v in content.values() if v in log]
    assert stack.secret_arn not in log
