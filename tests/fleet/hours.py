"""Runs of the real hourly handler on an account in virtual time, and what they cost."""

import logging
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Any
from unittest.mock import patch

os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")

from rotation import hourly_handler, telemetry
from rotation.aws_api.task_definitions import KnownDefinitions
from rotation.retirement import freshness_report
from rotation.retirement.lists import ClusterLists
from tests.fleet.account import CLUSTER, FUNCTION, Account, Ecs, Lambda, Secret, SecretsManager

LIMIT_SECONDS = 900
MONTH = timedelta(days=30)
HOUR = timedelta(hours=1)
_SETTLED = timedelta(hours=7)


@dataclass(frozen=True)
class Run:
    """One invocation: its calls, its time and the metrics that it wrote."""

    calls: Counter[str]
    seconds: float
    metrics: Counter[str]
    values: dict[str, float]


@dataclass
class Fleet:
    """An account, with a function that stays warm."""

    account: Account
    runs: list[Run] = field(default_factory=list)

    def hour(self) -> Run:
        """Run as the schedule does; an hour later it is the next one's turn."""
        began = self.account.now
        self.runs.append(self._invoke({"detail-type": "Scheduled Event", "time": f"{began}"}))
        self.account.now = began + HOUR
        return self.runs[-1]

    def event(self, secret: Secret) -> Run:
        """Rotate a secret, and run for the event of its promotion."""
        self.rotate(secret)
        self.account.now += timedelta(seconds=2)
        detail = {"labelUpdated": "AWSCURRENT"}
        told = {"detail-type": "Secret Label Updated", "detail": detail, "resources": [secret.arn]}
        return self._invoke(told)

    def rotate(self, secret: Secret) -> None:
        secret.rotated, secret.has_old_key = self.account.now, True

    def _invoke(self, event: dict[str, Any]) -> Run:
        account, metrics, values = self.account, Counter[str](), dict[str, float]()
        began, account.calls = account.now, Counter()

        def emit(written: dict[str, float], **_: str) -> None:
            metrics.update(written.keys())
            values.update(written)

        with patch.object(telemetry, "emit", emit):
            hourly_handler.lambda_handler(event, _Context(account, began))  # type: ignore[arg-type]
        seconds = (account.now - began).total_seconds()
        return Run(account.calls, seconds, metrics, values)


@dataclass
class _Context:
    account: Account
    began: datetime
    aws_request_id: str = "fleet"

    def get_remaining_time_in_millis(self) -> int:
        gone = (self.account.now - self.began).total_seconds()
        return int((LIMIT_SECONDS - gone) * 1000)


@contextmanager
def fleet(account: Account) -> Iterator[Fleet]:
    """Put the account in the place of AWS, and its clock in the place of the machine's."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return account.now.astimezone(tz)

    settings = {"ROTATION_FUNCTION_ARN": FUNCTION, "CONSUMER_CLUSTERS": CLUSTER}
    ecs = Ecs(account)
    replaced: dict[str, Any] = {
        "_secrets_client": SecretsManager(account),
        "_ecs_client": ecs,
        "_rolling_client": ecs,
        "_lambda_client": lambda: Lambda(account),
        "_definitions": KnownDefinitions(),
        "_listed_for_events": ClusterLists(),
        "datetime": Clock,
    }
    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, settings))
        stack.enter_context(patch.multiple(hourly_handler, **replaced))
        stack.enter_context(patch.object(freshness_report, "datetime", Clock))
        stack.callback(telemetry.logger.setLevel, logging.INFO)
        telemetry.logger.setLevel(logging.CRITICAL)
        yield Fleet(account)


def a_month(of: Fleet, hours: int) -> Iterator[Run]:
    """Run by the hour while every secret rotates once a month, spread evenly."""
    account, every = of.account, list(of.account.secrets.values())
    for n, one in enumerate(every):
        one.rotated = account.now - MONTH * (n + 0.5) / len(every)
        one.has_old_key = account.now - one.rotated < _SETTLED
    for _ in range(hours):
        for one in every:
            if account.now - one.rotated >= MONTH:
                of.rotate(one)
        yield of.hour()


def all_at_once(of: Fleet, hours: int) -> Iterator[Run]:
    """Run by the hour after all secrets rotated together."""
    for one in of.account.secrets.values():
        of.rotate(one)
    of.account.now += HOUR / 2
    for _ in range(hours):
        yield of.hour()


def longest_gap_hours(times: Iterator[list[datetime]]) -> float:
    """Return the longest time between two of a secret's, in hours."""
    gaps = (later - earlier for one in times for earlier, later in pairwise(one))
    return max(gaps, default=timedelta()) / HOUR
