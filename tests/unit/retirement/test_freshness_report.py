"""What a run says of the keys' freshness: metrics and a line a secret, and totals."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import pytest

from rotation.errors.aws_answers import SecretsManagerDenied, SecretsManagerUnreachable
from rotation.errors.base import RotationError
from rotation.errors.function import OutOfTime
from rotation.retirement import freshness_report
from rotation.retirement.freshness import Listing
from rotation.rules import hourly
from rotation.rules.words import AttachedSecret

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)
# What is told is rounded to 2.346.
SPAN = 2.3456 * DAY

Metrics = Callable[[], list[dict[str, Any]]]


class Clock:
    """Stands still."""

    @staticmethod
    def now(zone: tzinfo) -> datetime:
        assert zone is UTC
        return NOW


@dataclass
class FakeSecrets:
    """Each secret's key has this age, or asking for it raises the error of its ARN."""

    errors: dict[str, RotationError] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def every_secret(self) -> Iterator[AttachedSecret]:
        raise NotImplementedError

    def key_created(self, arn: str) -> datetime:
        self.asked.append(arn)
        if arn in self.errors:
            raise self.errors[arn]
        return NOW - SPAN


@pytest.fixture(autouse=True)
def still_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freshness_report, "datetime", Clock)
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "rotation")


@pytest.fixture
def metrics(capsys: pytest.CaptureFixture[str]) -> Metrics:
    """Return what was emitted so far: values by name, and the secret's name."""

    def read() -> list[dict[str, Any]]:
        lines = [json.loads(one) for one in capsys.readouterr().out.splitlines()]
        emitted = [one for one in lines if "_aws" in one]
        return [
            {name: value for name, value in one.items() if name not in {"_aws", "service"}}
            for one in emitted
        ]

    return read


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [{**vars(one), "level": one.levelname} for one in caplog.records]


def secret(
    arn: str = "calm",
    *,
    rotation_enabled: bool = True,
    next_rotation: datetime | None = None,
    last_changed: datetime | None = None,
    current_version: str | None = None,
) -> AttachedSecret:
    return AttachedSecret(
        arn,
        f"{arn}'s name",
        rotation_enabled,
        next_rotation,
        last_changed=last_changed,
        current_version=current_version,
    )


def an_hour(of_age: AttachedSecret | None = None, not_of: AttachedSecret | None = None) -> datetime:
    """Return an hour in which one secret's age is reported, or one in which another's is not."""
    hours = (NOW + n * timedelta(hours=1) for n in range(23))
    return next(
        hour
        for hour in hours
        if (of_age is None or hourly.is_hour_of_age(of_age, hour))
        and (not_of is None or not hourly.is_hour_of_age(not_of, hour))
    )


def run(begun: datetime, *secrets: AttachedSecret, port: FakeSecrets | None = None) -> FakeSecrets:
    port = port or FakeSecrets()
    freshness_report.report(Listing(secrets, None), port, begun)
    return port


class TestASecret:
    def test_has_its_age_emitted_in_its_hour(
        self, metrics: Metrics, caplog: pytest.LogCaptureFixture
    ) -> None:
        run(an_hour(of_age=secret()), secret())
        first, totals = metrics()
        assert first == {"KeyAgeDays": [2.346], "secret": "calm's name"}
        assert "secret" not in totals
        assert [one["message"] for one in lines(caplog)] == ["watch done"]

    def test_has_nothing_emitted_in_another(self, metrics: Metrics) -> None:
        run(an_hour(not_of=secret()), secret())
        assert len(metrics()) == 1

    def test_that_is_overdue_says_so_every_hour(
        self, metrics: Metrics, caplog: pytest.LogCaptureFixture
    ) -> None:
        late = secret(next_rotation=NOW - SPAN)
        run(an_hour(not_of=late), late)
        assert metrics()[0] == {"DaysOverdue": [2.346], "secret": "calm's name"}
        told = lines(caplog)[0]
        assert (told["level"], told["message"]) == ("WARNING", "secret needs attention")
        assert (told["secret"], told["key_age_days"]) == ("calm's name", 2.346)
        assert (told["days_overdue"], told["rotation_disabled"]) == (2.346, False)
        assert not {"reason", "error"} & told.keys()

    def test_has_both_in_its_hour(self, metrics: Metrics) -> None:
        late = secret(next_rotation=NOW - SPAN)
        run(an_hour(of_age=late), late)
        both = {"DaysOverdue": [2.346], "KeyAgeDays": [2.346], "secret": "calm's name"}
        assert metrics()[0] == both

    def test_that_is_switched_off_needs_attention(self, caplog: pytest.LogCaptureFixture) -> None:
        run(NOW, secret(rotation_enabled=False))
        assert lines(caplog)[0]["rotation_disabled"] is True

    def test_that_can_not_be_read_is_told_with_its_reason(
        self, metrics: Metrics, caplog: pytest.LogCaptureFixture
    ) -> None:
        port = FakeSecrets({"calm": SecretsManagerDenied("no.")})
        run(an_hour(of_age=secret()), secret(), port=port)
        (totals,) = metrics()
        assert totals["WatchFailures"] == [1]
        told = lines(caplog)[0]
        assert (told["level"], told["reason"]) == ("WARNING", "SecretsManagerDenied")
        assert told["error"].startswith("no. The watch changes nothing.")
        assert told["key_age_days"] is None

    def test_for_which_no_time_is_left_is_told_with_the_others(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        late: dict[str, RotationError] = {one: OutOfTime("1 s is left.") for one in ("a", "b")}
        run(NOW, secret("a"), secret("b"), secret("c"), port=FakeSecrets(late))
        told, done = lines(caplog)
        assert told["message"] == "not reached: their keys' ages were not read"
        assert (told["level"], told["number"]) == ("WARNING", 2)
        assert sorted(told["secrets"]) == ["a's name", "b's name"]
        assert done["not_reached"] == 2

    def test_that_is_overdue_is_told_though_its_age_was_not_reached(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        late = secret(next_rotation=NOW - SPAN)
        run(NOW, late, port=FakeSecrets({"calm": OutOfTime("1 s is left.")}))
        assert lines(caplog)[0]["reason"] == "OutOfTime"


class TestTheTotals:
    def test_are_metrics_and_a_line(
        self, metrics: Metrics, caplog: pytest.LogCaptureFixture
    ) -> None:
        off, late = secret("off", rotation_enabled=False), secret("b", next_rotation=NOW - SPAN)
        run(NOW, secret(), off, late)
        assert metrics()[-1] == {
            "SecretsWatched": [3],
            "MostDaysOverdue": [2.346],
            "RotationsDisabled": [1],
            "WatchFailures": [0],
            "OldestKeyAgeDays": [2.346],
        }
        told = lines(caplog)[-1]
        expected = {
            "message": "watch done",
            "level": "INFO",
            "watched": 3,
            "oldest_key_age_days": 2.346,
            "most_days_overdue": 2.346,
            "rotations_disabled": 1,
            "failures": 0,
            "not_reached": 0,
        }
        assert expected.items() <= told.items()

    def test_have_no_age_when_none_is_known(
        self, metrics: Metrics, caplog: pytest.LogCaptureFixture
    ) -> None:
        run(NOW)
        assert "OldestKeyAgeDays" not in metrics()[-1]
        assert lines(caplog)[-1]["oldest_key_age_days"] is None

    def test_of_a_part_of_the_list_are_no_metrics(
        self, metrics: Metrics, caplog: pytest.LogCaptureFixture
    ) -> None:
        failure = SecretsManagerUnreachable("ListSecrets got no answer.")
        listing = Listing((secret(),), failure)
        with pytest.raises(SecretsManagerUnreachable):
            freshness_report.report(listing, FakeSecrets(), an_hour(not_of=secret()))
        assert metrics() == []
        (told,) = lines(caplog)
        assert (told["level"], told["message"]) == ("ERROR", "watch failed")
        assert (told["watched"], told["failures"]) == (1, 0)


class TestManySecrets:
    def test_are_asked_in_turn_and_all_of_a_few(self) -> None:
        few = [secret(f"s{n}", last_changed=NOW - DAY, current_version="v") for n in range(100)]
        asked = run(NOW, *few).asked
        assert asked == [one.arn for one in hourly.in_turn(few, NOW)]

    def test_are_asked_for_an_age_in_their_hour_or_when_the_list_does_not_tell(self) -> None:
        told = [secret(f"s{n}", last_changed=NOW - DAY, current_version="v") for n in range(100)]
        many = [*told, secret("untold")]
        asked = run(NOW, *many).asked
        its_hour = {one.arn for one in many if hourly.is_hour_of_age(one, NOW)}
        assert 0 < len(its_hour) < 100
        assert set(asked) == its_hour | {"untold"}

    def test_whose_age_was_not_read_count_with_what_is_certain(self, metrics: Metrics) -> None:
        changed = NOW - 400 * DAY
        run(
            NOW,
            *[secret(f"s{n}", last_changed=changed, current_version="v") for n in range(101)],
        )
        assert metrics()[-1]["OldestKeyAgeDays"] == [400]
